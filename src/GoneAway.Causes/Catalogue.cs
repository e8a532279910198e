using GoneAway.Causes.Connect;
using GoneAway.Causes.Idle;
using GoneAway.Causes.InFlight;
using GoneAway.Causes.Path;
using GoneAway.Causes.Protocol;
using GoneAway.Causes.Server;

namespace GoneAway.Causes;

/// <summary>All causes, one line each. Where two fit equally well, the one listed first is reported first.</summary>
public static class Catalogue
{
    public static IReadOnlyList<Cause> All { get; } =
    [
        new StrayBytes(),
        new ProxyProtocolHeader(),
        new NotMySqlTraffic(),
        new WrongPort(),
        new SharedAfterFork(),
        new SharedBetweenThreads(),
        new CommandsOutOfSync(),
        new CorruptedPackets(),
        new TooManyConnections(),
        new HostBlocked(),
        new HostNotAllowed(),
        new OldClient(),
        new AuthPluginMismatch(),
        new TlsMismatch(),
        new HandshakeTimeout(),
        new DnsLookup(),
        new NotListening(),
        new OutOfDescriptors(),
        new OutOfThreads(),
        new SourcePortsExhausted(),
        new InitConnectFailed(),
        new ListenQueueOverflow(),
        new ConnectForbidden(),
        new PacketTooLarge(),
        new MemoryLimit(),
        new SlowReader(),
        new SlowWriter(),
        new StatementTimeout(),
        new ClientReadTimeout(),
        new ProxyQueryTimeout(),
        new ClientVanished(),
        new UsedAfterClose(),
        new Killed(),
        new IdleTransactionTimeout(),
        new WaitTimeout(),
        new ProxyIdleTimeout(),
        new NatIdleTimeout(),
        new ServerRestart(),
        new ServerOomKilled(),
        new TableCorruption(),
        new ServerCrash(),
        new ServerStalled(),
        new ServerNotReady(),
        new Failover(),
        new OfflineMode(),
        new ResetInjected(),
        new NetworkLoss(),
        new MtuBlackHole(),
        new ProxyBackendDown(),
        new ProxyReload(),
        new ProxyQueueFull(),
        new TunnelTargetRefused(),
        new MeshServerFirst(),
    ];

    /// <summary>The cause of that name, or null.</summary>
    public static Cause? Find(string name) => All.FirstOrDefault(cause => cause.Name == name);
}
