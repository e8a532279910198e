using System.Collections.Concurrent;
using System.Net;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Lab.Parts;
using GoneAway.TestKit;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>A gateway's core on a port of its own, with what it says.</summary>
internal sealed class RunningGateway : IGatewayEvents, IAsyncDisposable
{
    public const string User = "app";
    public const string Password = "secret";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<ListeningSocket> sockets;

    public RunningGateway(GatewayOptions options, NameLookup? lookup = null)
    {
        options = options with { Listen = ["127.0.0.1:0"] };
        sockets = ListeningSockets.Open(options.Listen, []);
        Port = ((IPEndPoint)sockets[0].Socket.LocalEndPoint!).Port;
        Options = options;
        Core = new GatewayCore(options, this);
        if (lookup is not null)
            Core.Lookup = lookup;
        Core.Start(sockets);
    }

    public int Port { get; }
    public GatewayOptions Options { get; }
    public GatewayCore Core { get; }
    public ConcurrentQueue<GatewayEvent> Events { get; } = new();
    public IReadOnlyList<BackendStatus> Backends => Core.Status.Backends;

    /// <summary>Checks by an account twice a second, and what comes back soon has its full share.</summary>
    public static GatewayOptions Checked(params LocalServer[] servers) => Plain(servers) with
    {
        Health = new HealthOptions { User = "monitor", Interval = TimeSpan.FromMilliseconds(200), Timeout = TimeSpan.FromSeconds(1), RampUp = TimeSpan.Zero },
    };

    /// <summary>Backends, the account of the tests, and nothing else.</summary>
    public static GatewayOptions Plain(params LocalServer[] servers) => new()
    {
        Backends = [.. servers.Select(static one => new BackendOptions { Address = $"127.0.0.1:{one.Port}", Tls = BackendTls.Disabled })],
        Accounts = new AccountOptions { Entries = [new AccountEntry { User = User, Hash = "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7" }] },
        Pool = new PoolOptions { Mode = PoolMode.Transaction },
        Operation = new OperationOptions { Threads = 2 },
    };

    /// <summary>A server that is played, and the account of a raw client.</summary>
    public static GatewayOptions Before(ScriptedServer server) => new()
    {
        Backends = [new BackendOptions { Address = $"127.0.0.1:{server.Port}", Tls = BackendTls.Disabled }],
        Accounts = new AccountOptions { Entries = [new AccountEntry { User = User, Hash = "*A4A35069F4AA982500245F3F0F3E15D537896B61" }] },
    };

    public void Reload(GatewayOptions options) => Core.Reload(options with { Listen = Options.Listen }, sockets);

    /// <param name="also">Capabilities beside the usual ones.</param>
    public Task<Application> ConnectAsync(ulong also = 0) => Application.ConnectAsync(Port, User, Password, capabilities: Application.Wanted | also);

    public void Await(Func<BackendStatus, bool> condition, int backend = 0) =>
        Assert.True(Poll.Until(() => condition(Backends[backend]), Patience), $"{Backends[backend]}\n{string.Join('\n', Events.Select(static one => one.Name + ": " + one.Text))}");

    public void Await(BackendState state, int backend = 0) => Await(one => one.State == state, backend);

    public void Note(GatewayEvent happened) => Events.Enqueue(happened);

    public async ValueTask DisposeAsync()
    {
        await Core.DisposeAsync();
        ListeningSockets.Close(sockets);
    }
}
