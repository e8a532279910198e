namespace GoneAway.Lab.Scenarios;

/// <summary>All scenarios, one line each.</summary>
public static class All
{
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new WaitTimeoutScenario(),
        new WaitTimeoutUnknownValueScenario(),
        new IdleTransactionTimeoutScenario(),
        new PacketTooLargeScenario(),
        new PacketSlightlyTooLargeScenario(),
        new SlowReaderScenario(),
        new SlowWriterScenario(),
        new KilledScenario(),
        new KilledWhileIdleScenario(),
        new ServerRestartScenario(),
        new ServerCrashScenario(),
        new ClientVanishedScenario(),
        new ClientKilledMidQueryScenario(),
        new ClientReadTimeoutScenario(),
        new StatementTimeoutScenario(),
        new TooManyConnectionsScenario(),
        new HostNotAllowedScenario(),
        new HostBlockedScenario(),
        new AuthPluginMismatchScenario(),
        new TlsMismatchScenario(),
        new OldClientScenario(),
        new HandshakeTimeoutScenario(),
        new NotListeningScenario(),
        new SharedAfterForkScenario(),
        new SharedAfterForkBusyScenario(),
        new SharedBetweenThreadsScenario(),
        new StrayBytesScenario(),
        new StrayNewlineScenario(),
        new NotMysqlTrafficScenario(),
        new ProxyIdleTimeoutScenario(),
        new ProxyProtocolHeaderScenario(),
        new WrongPortScenario(),
        new MeshServerFirstScenario(),
        new DnsLookupScenario(),
        new NatIdleTimeoutScenario(),
        new NetworkLossScenario(),
        new SynDroppedScenario(),
        new ResetInjectedScenario(),
        new CommandsOutOfSyncScenario(),
        new UsedAfterCloseScenario(),
    ];

    /// <summary>The scenario of that name, or null.</summary>
    public static Scenario? Find(string name) => Scenarios.FirstOrDefault(scenario => scenario.Name == name);
}
