using System.Net;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Evidence.Server.Live;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes.Live;

/// <summary>What each state of a connection is held to mean: a hit and what comes near it.</summary>
public sealed class ConnectionRulesTests
{
    private static readonly RunningProcess Master = new() { Pid = 10, Parent = 1, Name = "uwsgi", Numbers = [10], Sockets = [] };
    private static readonly RunningProcess First = new() { Pid = 11, Parent = 10, Name = "uwsgi", Numbers = [11], Sockets = [] };
    private static readonly RunningProcess Second = new() { Pid = 12, Parent = 10, Name = "uwsgi", Numbers = [12, 2], Sockets = [] };

    private static ClientConnection Connection(Func<KernelSocket, KernelSocket>? change = null, params RunningProcess[] holders)
    {
        var socket = new KernelSocket
        {
            Inode = 99, Local = IPEndPoint.Parse("10.0.0.5:40000"), Remote = IPEndPoint.Parse("10.0.0.9:3306"), State = "ESTABLISHED", Timer = SocketTimer.KeepAlive,
            Idle = TimeSpan.FromSeconds(10), SinceReceived = TimeSpan.FromSeconds(10), Namespace = "net:[1]",
        };
        return new ClientConnection { Socket = change?.Invoke(socket) ?? socket, Lasts = true, Holders = [.. (holders.Length == 0 ? [First] : holders).Select(static p => new Holder(p, [5]))] };
    }

    private static Inspection Of(params ClientConnection[] connections) => new()
    {
        Connections = connections, Waiting = [], NotSeen = [], Missing = [],
        Processes = new[] { Master, First, Second }.Concat(connections.SelectMany(static c => c.Holders.Select(static h => h.Process))).DistinctBy(static p => p.Pid).ToDictionary(static p => p.Pid),
    };

    private static IReadOnlyList<Hazard> Judge(params ClientConnection[] connections) => new ConnectionRules(Of(connections), null, 28_232).Judge();

    private static IReadOnlyList<Hazard> JudgeWith(ServerView server, params ClientConnection[] connections) => new ConnectionRules(Of(connections), server, 28_232).Judge();

    private static ServerView Server(string waitTimeout = "60", string[]? notSeen = null, bool keepsPorts = true, params Sighting[] sessions) => new(new ServerState
    {
        Name = "ops@db1:3306", Version = "8.4.0", IsMariaDb = false, NotSeen = notSeen ?? [], Sightings = sessions,
        Facts = [new Fact(FactKind.Variable, "wait_timeout", waitTimeout, null, "server:wait_timeout")],
    }, new ServerAddress { Host = "db1" }, IPEndPoint.Parse("10.0.0.9:3306"), keepsPorts);

    private static Sighting Session(double idle, int? pid = 11, int port = 40000) => new()
    {
        Sign = Sign.SessionSeen, Origin = Origin.Server, Source = "server:processlist", Text = "", ThreadId = 77, User = "app", ClientHost = "10.0.0.5", ClientPort = port, Idle = TimeSpan.FromSeconds(idle), Pid = pid,
    };

    [Fact]
    public void A_quiet_connection_of_one_process_is_no_hazard() => Assert.Empty(Judge(Connection()));

    [Theory]
    [InlineData(0, "standard input")]
    [InlineData(1, "standard output")]
    [InlineData(2, "standard error")]
    public void A_standard_descriptor_is_one(int descriptor, string name)
    {
        Hazard hazard = Assert.Single(Judge(Connection() with { Holders = [new Holder(First, [descriptor])] }));
        Assert.Equal(("stray-bytes", $"/proc/11/fd/{descriptor}"), (hazard.Cause, hazard.Source));
        Assert.Contains($"descriptor {descriptor} ({name}) of uwsgi[11]", hazard.Text);
    }

    [Fact]
    public void Descriptor_3_is_none() => Assert.Empty(Judge(Connection() with { Holders = [new Holder(First, [3])] }));

    [Fact]
    public void A_shared_connection_names_the_parent_that_has_closed_its_own()
    {
        Hazard hazard = Assert.Single(Judge(Connection(null, First, Second)));
        Assert.Equal("shared-after-fork", hazard.Cause);
        Assert.Contains("open in 2 processes: uwsgi[11], uwsgi[12]; all descend from uwsgi[10]", hazard.Text);
    }

    [Fact]
    public void A_shared_connection_names_the_parent_that_still_has_it() => Assert.Contains("uwsgi[10] is the parent", Assert.Single(Judge(Connection(null, First, Master))).Text);

    [Fact]
    public void One_family_with_many_connections_is_one_hazard() => Assert.Contains("(and 1 more of this family's)", Assert.Single(Judge(Connection(null, First, Second), Connection(static s => s with { Inode = 100 }, First, Second))).Text);

    [Fact]
    public void A_connection_left_to_another_program_is_told_as_such()
    {
        var child = new RunningProcess { Pid = 13, Parent = 11, Name = "sleep" };
        Hazard hazard = Assert.Single(Judge(Connection(null, First, child)));
        Assert.Contains("was passed on to another program: uwsgi[11], sleep[13]", hazard.Text);
        Assert.Contains("FD_CLOEXEC", hazard.Fix);
    }

    [Theory]
    [InlineData(4031, "wait-timeout")]
    [InlineData(1927, "killed")]
    [InlineData(1053, "server-restart")]
    public void The_servers_last_word_decides_why_it_has_closed(int code, string cause)
    {
        Hazard hazard = Assert.Single(Judge(Connection(static s => s with { State = "CLOSE-WAIT", Unread = 149 }) with { Waiting = new ServerWord(code, "because") }));
        Assert.Equal(cause, hazard.Cause);
        Assert.Contains($"{code} because", hazard.Text);
    }

    [Fact]
    public void A_connection_that_is_just_being_closed_is_left_alone() => Assert.Empty(Judge(Connection(static s => s with { State = "CLOSE-WAIT" }) with { Lasts = false }));

    [Fact]
    public void Unread_bytes_are_an_answer_that_nobody_took()
    {
        Assert.Equal("commands-out-of-sync", Assert.Single(Judge(Connection(static s => s with { Unread = 269 }))).Cause);
        Assert.Equal("slow-reader", Assert.Single(Judge(Connection(static s => s with { Unread = 2_000_000 }))).Cause);
        Assert.Empty(Judge(Connection(static s => s with { Unread = 269 }) with { Lasts = false }));
    }

    [Fact]
    public void Retransmissions_are_a_path_that_is_gone()
    {
        Assert.Equal("network-loss", Assert.Single(Judge(Connection(static s => s with { Timer = SocketTimer.Retransmission, Retransmits = 4, Unsent = 40 }))).Cause);
        Assert.Empty(Judge(Connection(static s => s with { Timer = SocketTimer.Retransmission, Retransmits = 1, Unsent = 40 })));
    }

    [Theory]
    [InlineData("10.0.0.9:3306", 1)]
    [InlineData("127.0.0.1:3306", 0)]
    [InlineData("10.0.0.5:3306", 0)]
    public void Keep_alive_matters_on_the_way_to_another_host(string remote, int hazards) =>
        Assert.Equal(hazards, Judge(Connection(s => s with { Timer = SocketTimer.Off, Remote = IPEndPoint.Parse(remote) })).Count);

    [Theory]
    [InlineData(50, 1)]
    [InlineData(47, 0)]
    public void Idle_near_wait_timeout_by_the_servers_own_count(double idle, int hazards)
    {
        IReadOnlyList<Hazard> found = JudgeWith(Server(sessions: Session(idle)), Connection());
        Assert.Equal(hazards, found.Count);
        if (hazards > 0)
            Assert.Contains("thread 77 has been idle for 50.0 s, and wait_timeout is 60 s", found[0].Text);
    }

    [Fact]
    public void A_connection_that_somebody_else_opened_came_by_a_fork()
    {
        Hazard hazard = Assert.Single(JudgeWith(Server(sessions: Session(1, pid: 10)), Connection()));
        Assert.Equal("shared-after-fork", hazard.Cause);
        Assert.Contains("uwsgi[11] has a connection that uwsgi[10] opened (session 77, _pid 10)", hazard.Text);
        // In its container the process has another number.
        Assert.Empty(JudgeWith(Server(sessions: Session(1, pid: 2)), Connection(null, Second)));
    }

    [Fact]
    public void A_connection_that_the_server_has_forgotten()
    {
        Hazard hazard = Assert.Single(JudgeWith(Server(sessions: Session(1, port: 40001)), Connection()));
        Assert.Contains("has no session of it", hazard.Text);
        Assert.Empty(JudgeWith(Server(notSeen: ["7 of 9 sessions (needs PROCESS)"]), Connection()));
        Assert.Empty(JudgeWith(Server(keepsPorts: false), Connection()));
        Assert.Empty(JudgeWith(Server(), Connection(static s => s with { Idle = TimeSpan.FromSeconds(1) })));
        Assert.Empty(JudgeWith(Server(), Connection(static s => s with { Remote = IPEndPoint.Parse("10.0.0.8:3306") })));
    }

    [Fact]
    public void Source_ports_run_out()
    {
        KernelSocket[] waiting = [.. Enumerable.Range(0, 700).Select(static i => new KernelSocket { Inode = 0, State = "TIME-WAIT", Local = new IPEndPoint(IPAddress.Loopback, 10000 + i), Remote = IPEndPoint.Parse("10.0.0.9:3306") })];
        Assert.Equal("source-ports-exhausted", Assert.Single(new ConnectionRules(Of() with { Waiting = waiting }, null, 1000).Judge()).Cause);
        Assert.Empty(new ConnectionRules(Of() with { Waiting = waiting }, null, 28_232).Judge());
    }

    [Fact]
    public void The_other_end_of_a_connection_on_this_host_is_no_client()
    {
        KernelSocket listener = new() { Inode = 1, State = "LISTEN", Local = IPEndPoint.Parse("0.0.0.0:3306"), Remote = IPEndPoint.Parse("0.0.0.0:0") };
        KernelSocket client = new() { Inode = 2, State = "ESTABLISHED", Local = IPEndPoint.Parse("127.0.0.1:33060"), Remote = IPEndPoint.Parse("127.0.0.1:3306") };
        KernelSocket server = new() { Inode = 3, State = "ESTABLISHED", Local = client.Remote, Remote = client.Local };
        Snapshot snapshot = Snapshot.Joined(new Targets(), [], [listener, client, server], []);
        Assert.Equal(2u, Assert.Single(snapshot.Connections).Socket.Inode);
    }

    [Fact]
    public void A_server_on_another_port_is_known_by_its_program()
    {
        KernelSocket listener = new() { Inode = 1, State = "LISTEN", Local = IPEndPoint.Parse("0.0.0.0:4406"), Remote = IPEndPoint.Parse("0.0.0.0:0") };
        KernelSocket client = new() { Inode = 2, State = "ESTABLISHED", Local = IPEndPoint.Parse("127.0.0.1:50000"), Remote = IPEndPoint.Parse("127.0.0.1:4406") };
        RunningProcess mysqld = new() { Pid = 5, Name = "mysqld", Sockets = [(20, 1)] };
        Assert.Single(Snapshot.Joined(new Targets(), [mysqld], [listener, client], []).Connections);
        Assert.Empty(Snapshot.Joined(new Targets(), [mysqld with { Name = "nginx" }], [listener, client], []).Connections);
    }
}
