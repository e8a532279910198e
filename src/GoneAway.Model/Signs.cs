namespace GoneAway.Model;

/// <summary>What follows from a sign alone.</summary>
public static class Signs
{
    /// <summary>True when the sign itself says that a connection was lost, or could not be had.</summary>
    public static bool IsLoss(this Sign sign) => sign switch
    {
        Sign.GoneAway or Sign.LostDuringQuery or Sign.LostBeforeGreeting or Sign.LostDuringLogin => true,
        Sign.ConnectRefused or Sign.ConnectTimedOut or Sign.ConnectUnreachable or Sign.LocalSocketFailed or Sign.UnknownHost => true,
        Sign.NoSourcePort or Sign.NoDescriptorsInClient or Sign.ConnectForbidden => true,
        Sign.ConnectionReset or Sign.BrokenPipe or Sign.UnexpectedEof or Sign.ClientReadTimedOut or Sign.ClientCancelled => true,
        Sign.ServerSaid or Sign.PacketsOutOfOrder or Sign.MalformedPacket or Sign.CommandsOutOfSync or Sign.MixedUpResult => true,
        Sign.UsedConcurrently or Sign.HandleAlreadyClosed or Sign.StaleInPool or Sign.LongerThanWaitTimeout => true,
        Sign.StreamingInterrupted or Sign.PacketTooLargeInClient or Sign.SendFailed or Sign.GreetingNotMySql => true,
        Sign.TlsFailed or Sign.AuthPluginUnusable or Sign.ClientTooOld => true,
        Sign.AbortedReadError or Sign.AbortedReadTimeout or Sign.AbortedWriteError or Sign.AbortedWriteTimeout or Sign.AbortedPacketTooLarge => true,
        Sign.AbortedInactivity or Sign.AbortedKilled or Sign.AbortedUnauthenticated or Sign.AbortedInitConnect or Sign.AbortedOther => true,
        Sign.HandshakeTimedOut or Sign.BadHandshake or Sign.ServerPacketsOutOfOrder or Sign.HostBlockedLogged or Sign.TooManyConnectionsLogged or Sign.MemoryLimitExceeded => true,
        Sign.ProxyIdleClosed or Sign.ProxyQueryTimedOut or Sign.ProxyBackendLost or Sign.ProxyConnectFailed or Sign.ProxyQueueTimedOut => true,
        Sign.PoolExhausted => true,
        _ => false,
    };

    /// <summary>Something that ends many connections at once, whoever reports them.</summary>
    public static bool IsServerEnd(this Sign sign) => sign is Sign.ServerSignal or Sign.AssertionFailure or Sign.SemaphoreCrash or Sign.OomKill or Sign.UnitDied
        or Sign.UnitKilled or Sign.ShutdownRequested or Sign.CrashRecovery or Sign.OfflineModeOn or Sign.ProxyHardStopped or Sign.ProxyServerDown or Sign.ProxyNoServer
        or Sign.TextOnConnection;

    /// <summary>The phases that the sighting leaves open; all where it does not tell.</summary>
    public static Phases Phases(this Sign sign, Sighting sighting) => sign switch
    {
        Sign.GoneAway or Sign.SendFailed or Sign.BrokenPipe => Model.Phases.Idle | Model.Phases.Query,
        Sign.LostDuringQuery => Model.Phases.Session,
        Sign.LostBeforeGreeting or Sign.GreetingNotMySql => Model.Phases.Connect,
        Sign.ConnectRefused or Sign.ConnectTimedOut or Sign.ConnectUnreachable or Sign.LocalSocketFailed or Sign.UnknownHost => Model.Phases.Connect,
        Sign.NoSourcePort or Sign.NoDescriptorsInClient or Sign.ConnectForbidden or Sign.HostBlockedLogged => Model.Phases.Connect,
        Sign.LostDuringLogin or Sign.HandshakeTimedOut or Sign.BadHandshake or Sign.AuthPluginUnusable or Sign.ClientTooOld => Model.Phases.Login,
        Sign.AbortedUnauthenticated => Model.Phases.Connect | Model.Phases.Login,
        Sign.AbortedReadTimeout or Sign.AbortedReadError or Sign.AbortedKilled => Model.Phases.Session,
        Sign.AbortedWriteError or Sign.AbortedWriteTimeout => Model.Phases.Query | Model.Phases.Fetch,
        Sign.AbortedPacketTooLarge or Sign.PacketTooLargeInClient => Model.Phases.Query,
        Sign.AbortedInactivity or Sign.LongerThanWaitTimeout or Sign.StaleInPool => Model.Phases.Idle,
        Sign.StreamingInterrupted => Model.Phases.Fetch,
        Sign.MixedUpResult or Sign.UsedConcurrently or Sign.HandleAlreadyClosed or Sign.CommandsOutOfSync => Model.Phases.Session,
        Sign.ProxyIdleClosed => Model.Phases.Idle,
        Sign.ProxyQueryTimedOut => Model.Phases.Query,
        Sign.ProxyConnectFailed or Sign.ProxyQueueTimedOut => Model.Phases.Connect,
        Sign.ServerSaid => OfError(sighting.Code ?? 0),
        Sign.ProxySessionEnded => OfState(sighting.State),
        _ => Model.Phases.Any,
    };

    private static Phases OfError(int code) => code switch
    {
        1040 or 1129 or 1130 or 1203 or 1226 or 3032 or 1041 or 1135 => Model.Phases.Connect | Model.Phases.Login,
        1043 or 1045 or 1044 or 1049 or 1251 or 1524 or 1698 or 3118 or 3159 or 3955 or 2059 => Model.Phases.Connect | Model.Phases.Login,
        4031 => Model.Phases.Idle,
        1153 or 1160 or 1161 or 1317 or 3024 or 1969 or 1205 or 1213 or 1290 or 1836 => Model.Phases.Query | Model.Phases.Fetch,
        1927 or 3169 or 1053 => Model.Phases.Session,
        _ => Model.Phases.Any,
    };

    private static Phases OfState(string? state) => state is { Length: >= 2 }
        ? state[1] switch
        {
            'C' or 'Q' => Model.Phases.Connect,
            'D' or 'L' => Model.Phases.Session,
            _ => Model.Phases.Any,
        }
        : Model.Phases.Any;
}
