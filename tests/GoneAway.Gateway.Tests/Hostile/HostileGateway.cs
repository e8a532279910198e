using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Operations;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>A running core before a real MariaDB, and a client at work whom nobody may disturb.</summary>
internal sealed class HostileGateway : IGatewayEvents, IDisposable
{
    public const string Password = "hostile secret 4711";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string passwordFile = Path.GetTempFileName();
    private readonly List<ListeningSocket> sockets;
    private readonly GatewayCore core;
    private readonly Thread worker;
    private readonly CancellationTokenSource stop = new();
    private volatile string? harm;
    private long worked;

    public HostileGateway(LocalServer server, Func<GatewayOptions, GatewayOptions>? change = null, ISocketHolders? holders = null)
    {
        File.WriteAllText(passwordFile, Password);
        var options = new GatewayOptions
        {
            Listen = ["127.0.0.1:0"],
            Backends = [BackendOptions.At($"127.0.0.1:{server.Port}")],
            Accounts = new AccountOptions { Entries = [new AccountEntry { User = "app", PasswordFile = passwordFile }] },
            Clients = new ClientOptions { HandshakeTimeout = TimeSpan.FromSeconds(30), LocalInfile = true },
        };
        core = new GatewayCore(change?.Invoke(options) ?? options, this) { Holders = holders };
        sockets = ListeningSockets.Open(["127.0.0.1:0"], []);
        Port = ((IPEndPoint)sockets[0].Socket.LocalEndPoint!).Port;
        core.Start(sockets);
        using (RawClient.LoggedIn(Port))
        {
            // The server behind has answered; from here on a login does not wait for that.
        }
        worker = new Thread(Work) { IsBackground = true };
        worker.Start();
    }

    public int Port { get; }
    public ConcurrentQueue<GatewayEvent> Events { get; } = new();
    public GatewayCore Core => core;

    public void Note(GatewayEvent happened) => Events.Enqueue(happened);

    /// <summary>All that was noted, as a log would have it.</summary>
    public string Log => string.Join('\n', Events.Select(static one => one.ToString()));

    /// <summary>An incident of this name has come, or comes within the time that a busy machine may need.</summary>
    public GatewayEvent Incident(string name)
    {
        GatewayEvent? found = null;
        Assert.True(Poll.Until(() => (found = Events.FirstOrDefault(one => one.Kind == EventKind.Incident && one.Name == name)) is not null, Patience), $"no incident {name}; noted:\n{Log}");
        return found!;
    }

    public GatewayCounters Counters
    {
        get
        {
            var sum = new GatewayCounters();
            core.Status.Count(sum);
            return sum;
        }
    }

    /// <summary>The client at work gets its answers, before and after now.</summary>
    public void AssertUnharmed()
    {
        long before = Volatile.Read(ref worked);
        Assert.True(Poll.Until(() => harm is not null || Volatile.Read(ref worked) >= before + 3, Patience), "the client at work gets no answer any more");
        Assert.Null(harm);
        Assert.DoesNotContain(Events, static one => one is { Kind: EventKind.Operation, Name: "fault" });
    }

    public void Dispose()
    {
        stop.Cancel();
        worker.Join();
        core.DisposeAsync().AsTask().Wait();
        ListeningSockets.Close(sockets);
        File.Delete(passwordFile);
        stop.Dispose();
    }

    private void Work()
    {
        try
        {
            using RawClient client = RawClient.LoggedIn(Port);
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                string answer = client.Ask($"SELECT {i}");
                if (answer != $"{i}")
                {
                    harm = $"SELECT {i} was answered with {answer}";
                    return;
                }
                Interlocked.Increment(ref worked);
                stop.Token.WaitHandle.WaitOne(5);
            }
        }
        catch (Exception error) when (error is SocketException or IOException or Xunit.Sdk.XunitException)
        {
            harm = error.ToString();
        }
    }
}

/// <summary>One MariaDB for all of these tests.</summary>
public sealed class HostileServer : IDisposable
{
    public HostileServer()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is null)
            Server = LocalServer.Start(Flavour.MariaDb, $"""
                CREATE USER app@'%' IDENTIFIED BY '{HostileGateway.Password}';
                CREATE DATABASE shop;
                CREATE TABLE shop.t (a VARCHAR(200));
                GRANT ALL ON shop.* TO app@'%';
                """.ReplaceLineEndings("\n"), "--local-infile=1");
    }

    public LocalServer? Server { get; }

    public void Dispose() => Server?.Dispose();
}

[CollectionDefinition(Name)]
public sealed class HostileServers : ICollectionFixture<HostileServer>
{
    public const string Name = "hostile";
}
