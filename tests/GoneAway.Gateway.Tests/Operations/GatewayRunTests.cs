using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Operations;

public sealed class GatewayRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-run").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_gateway_starts_answers_probes_drains_and_stops()
    {
        Running gateway = Start("one", Options());
        using Socket client = Connect("a.sock");
        Assert.Equal("one", Read(client));
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri($"http://{gateway.Options.Operation.Http}/readyz")));
        gateway.Commands.Writer.TryWrite(HostCommand.Drain);
        await gateway.LogsAsync("draining");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri($"http://{gateway.Options.Operation.Http}/readyz"))).StatusCode);
        Assert.Throws<SocketException>(() => Connect("a.sock"));
        gateway.Core.Ended.SetResult();
        Assert.Equal(0, await gateway.Done);
        Assert.Contains("drained: all clients have ended", gateway.Log, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_second_request_to_stop_cuts_the_rest_off()
    {
        Running gateway = Start("one", Options());
        using Socket client = Connect("a.sock");
        Assert.Equal("one", Read(client));
        gateway.Commands.Writer.TryWrite(HostCommand.Drain);
        await gateway.LogsAsync("draining");
        gateway.Commands.Writer.TryWrite(HostCommand.Stop);
        Assert.Equal(0, await gateway.Done);
        Assert.Equal("", Read(client));
    }

    [Fact]
    public async Task A_reload_moves_what_is_listened_on_and_keeps_the_old_options_when_the_new_are_wrong()
    {
        Running gateway = Start("one", Options());
        gateway.Next = (null, ["goneaway.yaml:3:1: error: unknown key"]);
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("reload-refused: goneaway.yaml:3:1");
        Assert.Empty(gateway.Core.Reloaded);
        Connect("a.sock").Dispose();
        gateway.Next = (gateway.Options with { Listen = ["unix:" + Path.Combine(folder, "b.sock")], Operation = gateway.Options.Operation with { JsonLog = true } }, []);
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("waiting for the next start: json_log");
        Assert.Single(gateway.Core.Reloaded);
        Connect("b.sock").Dispose();
        Assert.Throws<SocketException>(() => Connect("a.sock"));
        await gateway.StopAsync();
    }

    [Fact]
    public async Task A_reload_that_meets_a_file_that_is_wrong_changes_nothing_and_leaves_nothing_open()
    {
        Running gateway = Start("one", Options());
        gateway.Core.Refuses = new InvalidDataException("cert.pem: the key does not fit");
        gateway.Next = (gateway.Options with { Listen = ["unix:" + Path.Combine(folder, "b.sock")] }, []);
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("reload-refused: cert.pem");
        Connect("a.sock").Dispose();
        Assert.Throws<SocketException>(() => Connect("b.sock"));
        gateway.Core.Refuses = null;
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("new options are in force");
        Connect("b.sock").Dispose();
        await gateway.StopAsync();
    }

    [Fact]
    public async Task A_new_process_takes_over_and_no_connect_is_refused()
    {
        GatewayOptions options = Options();
        Running old = Start("old", options);
        using Socket before = Connect("a.sock");
        Assert.Equal("old", Read(before));
        using var enough = new CancellationTokenSource();
        // Connects all the time, on both kinds of sockets: each must be answered by one of the two.
        Task<HashSet<string>> knocking = Task.Run(() =>
        {
            var seen = new HashSet<string>();
            while (!enough.IsCancellationRequested)
                foreach (string name in options.Listen)
                {
                    using Socket one = Connect(name);
                    seen.Add(Read(one));
                }
            return seen;
        });
        Running successor = Start("new", options);
        await successor.LogsAsync("took-over");
        await old.LogsAsync("draining");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        old.Core.Ended.SetResult();
        Assert.Equal(0, await old.Done);
        using Socket after = Connect("a.sock");
        Assert.Equal("new", Read(after));
        await enough.CancelAsync();
        Assert.Subset(new HashSet<string> { "old", "new" }, await knocking);
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri($"http://{options.Operation.Http}/readyz")));
        // And once more: the successor can be replaced too.
        Running third = Start("third", options);
        await third.LogsAsync("took-over");
        await successor.LogsAsync("handed-over");
        successor.Core.Ended.SetResult();
        Assert.Equal(0, await successor.Done);
        await third.StopAsync();
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_successor_that_cannot_start_leaves_the_old_one_as_it_was()
    {
        GatewayOptions options = Options();
        Running old = Start("old", options);
        Running failing = Start("new", options with { Listen = [.. options.Listen, "203.0.113.1:1"] });
        Assert.Equal(1, await failing.Done);
        Assert.Contains("not-started: 203.0.113.1:1: ", failing.Log, StringComparison.Ordinal);
        foreach (string name in options.Listen)
        {
            using Socket client = Connect(name);
            Assert.Equal("old", Read(client));
        }
        await old.StopAsync();
    }

    [Fact]
    public async Task A_process_that_drains_gives_nothing_and_its_successor_starts_by_itself()
    {
        GatewayOptions options = Options() with { Operation = Options().Operation with { Http = null } };
        Running old = Start("old", options);
        using Socket before = Connect("a.sock");
        Assert.Equal("old", Read(before));
        old.Commands.Writer.TryWrite(HostCommand.Drain);
        await old.LogsAsync("draining");
        Running successor = Start("new", options);
        await successor.LogsAsync("started: listening on");
        foreach (string name in options.Listen)
        {
            using Socket client = Connect(name);
            Assert.Equal("new", Read(client));
        }
        old.Core.Ended.SetResult();
        Assert.Equal(0, await old.Done);
        using Socket after = Connect("a.sock");
        Assert.Equal("new", Read(after));
        await successor.StopAsync();
    }

    [Fact]
    public async Task A_process_that_drains_while_its_successor_starts_leaves_it_the_sockets()
    {
        GatewayOptions options = Options();
        Running old = Start("old", options);
        using (HandoverClient successor = HandoverClient.Take(options.Operation.HandoverSocket!)!)
        {
            old.Commands.Writer.TryWrite(HostCommand.Drain);
            await old.LogsAsync("draining");
            old.Core.Ended.SetResult();
            Assert.Equal(0, await old.Done);
            // The sockets that were given still take connects, the Unix one by its file.
            foreach (string name in options.Listen)
                using (Connect(name))
                {
                    using Socket accepted = successor.Sockets.First(one => one.Name == name).Socket.Accept();
                    Assert.True(accepted.Connected);
                }
            foreach (ListeningSocket one in successor.Sockets)
                one.Socket.Dispose();
        }
    }

    [Fact]
    public async Task A_reload_that_cannot_listen_somewhere_leaves_nothing_open()
    {
        Running gateway = Start("one", Options());
        string free = $"127.0.0.1:{FreePort()}";
        gateway.Next = (gateway.Options with { Listen = [free, "unix:" + Path.Combine(folder, "missing", "x.sock")] }, []);
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("reload-refused: unix:");
        Assert.Throws<SocketException>(() => Connect(free));
        gateway.Next = (gateway.Options with { Listen = [free] }, []);
        gateway.Commands.Writer.TryWrite(HostCommand.Reload);
        await gateway.LogsAsync("new options are in force");
        Connect(free).Dispose();
        await gateway.StopAsync();
    }

    [Fact]
    public async Task Being_replaced_needs_a_socket_for_it()
    {
        Running gateway = Start("one", Options() with { Operation = new OperationOptions() });
        gateway.Commands.Writer.TryWrite(HostCommand.Replace);
        await gateway.LogsAsync("replace-refused: operation.handover_socket");
        await gateway.StopAsync();
    }

    private GatewayOptions Options() => new()
    {
        Listen = ["unix:" + Path.Combine(folder, "a.sock"), $"127.0.0.1:{FreePort()}"],
        Backends = [new BackendOptions { Address = "127.0.0.1:3306" }],
        Operation = new OperationOptions { Http = $"127.0.0.1:{FreePort()}", HandoverSocket = Path.Combine(folder, "handover.sock"), LogRate = 1000, HandoverTimeout = TimeSpan.Zero },
    };

    private Socket Connect(string name)
    {
        bool tcp = name.StartsWith("127.", StringComparison.Ordinal);
        var socket = new Socket(tcp ? AddressFamily.InterNetwork : AddressFamily.Unix, SocketType.Stream, tcp ? ProtocolType.Tcp : ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        try
        {
            socket.Connect(tcp ? IPEndPoint.Parse(name) : new UnixDomainSocketEndPoint(Path.Combine(folder, name.Replace("unix:", "", StringComparison.Ordinal))));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Read(Socket socket)
    {
        byte[] bytes = new byte[100];
        return Encoding.ASCII.GetString(bytes, 0, socket.Receive(bytes));
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static Running Start(string name, GatewayOptions options)
    {
        var gateway = new Running(name, options);
        if (!gateway.Done.IsCompleted)
            Assert.True(Poll.Until(() => gateway.Log.Contains("listening on", StringComparison.Ordinal) || gateway.Done.IsCompleted, TimeSpan.FromSeconds(20)), gateway.Log);
        return gateway;
    }

    private sealed class Running
    {
        private readonly LogStream log = new();

        public Running(string name, GatewayOptions options)
        {
            (Options, Core) = (options, new FakeCore(name));
            Done = Task.Run(() => GatewayHost.RunAsync(options, new HostSurroundings
            {
                Commands = Commands.Reader,
                Reread = () => Next,
                StartSuccessor = static () => { },
                Log = log,
                Core = (_, _) => Core,
            }));
        }

        public GatewayOptions Options { get; }
        public FakeCore Core { get; }
        public Channel<HostCommand> Commands { get; } = Channel.CreateUnbounded<HostCommand>();
        public (GatewayOptions? Options, IReadOnlyList<string> Errors) Next { get; set; }
        public Task<int> Done { get; }
        public string Log => log.Text;

        public Task LogsAsync(string words) => Task.Run(() => Assert.True(Poll.Until(() => Log.Contains(words, StringComparison.Ordinal), TimeSpan.FromSeconds(20)), $"no '{words}' in:\n{Log}"));

        public async Task StopAsync()
        {
            Commands.Writer.TryWrite(HostCommand.Stop);
            Assert.Equal(0, await Done);
        }
    }
}
