using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using GoneAway.Capture;
using GoneAway.Gateway;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Incidents;
using GoneAway.Lab.Parts;
using GoneAway.Model;

namespace GoneAway.Lab.Tests.Incidents;

/// <summary>A connection to a server, told by the gateway while it lives, has the timeline that a capture of the same packets has.</summary>
/// <remarks>
/// Left out, for one of the two cannot know them. The gateway keeps no packets, so it has no packet numbers, TTLs, IP ids, TCP options, windows,
/// nor the first bytes of each side. It counts the clients' statements, not its own (session tracking, pings, SET on a switch): Commands, the
/// largest packet and the last answered command differ where those came last. It keeps no text of answered statements. Its times are the event
/// loop's milliseconds: idle times are compared to half a second.
/// </remarks>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SameTimelineTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private const string Prelude = """
        import os, sys, time, pymysql
        def connect(port):
            return pymysql.connect(host='127.0.0.1', port=int(port), user='app', password='secret', database='shop', autocommit=True, program_name='lab')
        def run(c, sql):
            with c.cursor() as cur:
                cur.execute(sql)
                return cur.fetchall()
        def attempt(c, sql):
            try:
                run(c, sql)
            except Exception as e:
                print('told', *e.args, flush=True)
        gateway, server = sys.argv[1], sys.argv[2]
        c = connect(gateway)
        run(c, 'CREATE TABLE IF NOT EXISTS t (a INT)')

        """;

    [GatewayTheory]
    [InlineData(Flavour.MariaDb)]
    [InlineData(Flavour.MySql)]
    public async Task However_a_session_ends_both_tell_the_same(Flavour flavour)
    {
        if (LocalServer.Missing(flavour) is not null)
            return;
        string folder = Directory.CreateTempSubdirectory("goneaway-same-").FullName;
        try
        {
            string file = Path.Combine(folder, "capture.pcap");
            var told = new Recording();
            int database;
            using (LocalServer server = LocalServer.Start(flavour, "CREATE DATABASE shop;\nCREATE USER app@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO app@'%';\n"))
            {
                database = server.Port;
                using Process capture = Tcpdump(file, server.Port);
                int port = FreePort();
                var commands = Channel.CreateUnbounded<HostCommand>();
                Task<int> gateway = GatewayHost.RunAsync(Options(folder, port, server.Port), new HostSurroundings { Commands = commands.Reader, Reread = static () => (null, []), StartSuccessor = static () => { }, Log = Stream.Null, Judge = told });
                Run(port, server.Port, """
                    run(c, 'SET SESSION wait_timeout=2')
                    run(c, 'BEGIN')
                    run(c, 'INSERT INTO t VALUES (1)')
                    time.sleep(4)
                    attempt(c, 'INSERT INTO t VALUES (2)')
                    """);
                Run(port, server.Port, """
                    import threading
                    run(c, 'CREATE TEMPORARY TABLE tt (a INT)')
                    thread = run(c, 'SELECT CONNECTION_ID()')[0][0]
                    k = connect(server)
                    threading.Timer(1, lambda: run(k, 'KILL %d' % thread)).start()
                    attempt(c, 'INSERT INTO t SELECT SLEEP(20)')
                    time.sleep(0.3)
                    attempt(c, 'SELECT 1')
                    """);
                Run(port, server.Port, """
                    run(c, 'CREATE TEMPORARY TABLE tt (a INT)')
                    thread = run(c, 'SELECT CONNECTION_ID()')[0][0]
                    run(connect(server), 'KILL %d' % thread)
                    time.sleep(0.5)
                    attempt(c, 'SELECT 1')
                    """);
                Run(port, server.Port, """
                    run(c, 'SELECT 1')
                    c.close()
                    """);
                using Process last = Start(port, server.Port, """
                    import threading
                    t = connect(gateway)
                    run(t, 'BEGIN')
                    run(t, 'INSERT INTO t VALUES (3)')
                    w = threading.Thread(target=attempt, args=(c, 'INSERT INTO t SELECT SLEEP(30)'))
                    w.start()
                    time.sleep(1)
                    print('ready', flush=True)
                    w.join()
                    attempt(t, 'INSERT INTO t VALUES (4)')
                    """);
                Assert.Equal("ready", await last.StandardOutput.ReadLineAsync());
                Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(server.Socket)!, "pid")))).Kill();
                Assert.True(last.WaitForExit(Soon));
                Poll.Until(() => told.Timelines.Count >= 5, Soon);
                commands.Writer.TryWrite(HostCommand.Drain);
                await gateway.WaitAsync(Soon);
                Stop(capture, file);
            }
            var seen = new Recording();
            await using (FileStream stream = File.OpenRead(file))
                new CaptureAnalyzer("capture", seen) { Ports = new HashSet<int> { database } }.Analyze(stream);
            Compare(told.Timelines, seen.Timelines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(IReadOnlyList<Timeline> told, IReadOnlyList<Timeline> seen)
    {
        Assert.True(told.Count(static t => t.Identity.ThreadId is not null && t.Ending?.By == Side.Server) >= 5, $"{told.Count} timelines");
        foreach (Timeline live in told.Where(static t => t.Ending?.By == Side.Server))
        {
            Timeline packets = Assert.Single(seen, s => s.Identity.ThreadId == live.Identity.ThreadId);
            Assert.Equal(Words(packets), Words(live));
            Assert.True((packets.Ending!.IdleBefore - live.Ending!.IdleBefore).Duration() < TimeSpan.FromSeconds(0.5), $"{packets.Ending.IdleBefore} and {live.Ending.IdleBefore}");
        }
        // A clean end is none that the gateway tells of.
        Timeline[] clean = [.. seen.Where(static s => s.Ending is { IsClean: true })];
        Assert.DoesNotContain(told, t => clean.Any(c => c.Identity.ThreadId == t.Identity.ThreadId));
    }

    /// <summary>All that both can know, as text, so that a difference shows where it is.</summary>
    private static string Words(Timeline t) => string.Join("\n",
    [
        $"{t.Client} {t.Server} {t.Stage}",
        $"version {t.Identity.ServerVersion} mariadb {t.Identity.IsMariaDb} thread {t.Identity.ThreadId} user {t.Identity.User} schema {t.Identity.Schema} program {t.Identity.Program} interactive {t.Identity.Interactive} tls {t.Identity.UsesTls} compressed {t.Identity.Compressed}",
        $"pending {t.Work.Pending?.Name} {t.Work.Pending?.Code} {t.Work.Pending?.Length} {t.Work.Pending?.Text} rows {t.Work.Pending?.Rows} bytes {t.Work.Pending?.ResponseBytes} inside {t.Work.InsideResult}",
        $"transaction {t.Work.InTransaction} autocommit {t.Work.StatusFlags & 2}",
        $"settings {string.Join(" ", t.Work.Settings.Where(static s => s.Key == "wait_timeout").Select(static s => s.Key + "=" + s.Value.Value))}",
        $"end {t.Ending?.By} {t.Ending?.Kind} clean {t.Ending?.IsClean} alert {t.Ending?.Alert}",
        $"errors {string.Join("; ", t.Errors.Select(static e => $"{e.Code} {e.SqlState} {e.Message} unsolicited {e.Unsolicited} sequence {e.Sequence} length {e.Length}"))}",
        $"violations {t.Violations.Count} gaps {t.HasGaps}",
    ]);

    private static GatewayOptions Options(string folder, int port, int server)
    {
        string password = Path.Combine(folder, "password");
        File.WriteAllText(password, "secret");
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new GatewayOptions
        {
            Listen = [$"127.0.0.1:{port}"],
            Backends = [new BackendOptions { Address = $"127.0.0.1:{server}", Tls = BackendTls.Disabled }],
            Accounts = new AccountOptions { Entries = [new AccountEntry { User = "app", PasswordFile = password }] },
            Clients = new ClientOptions { StateFolder = folder },
        };
    }

    private static void Run(int gateway, int server, string script)
    {
        using Process client = Start(gateway, server, script);
        Assert.True(client.WaitForExit(Soon));
    }

    private static Process Start(int gateway, int server, string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["-c", Prelude + script, $"{gateway}", $"{server}"])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static Process Tcpdump(string file, int port)
    {
        var start = new ProcessStartInfo("tcpdump") { RedirectStandardError = true };
        foreach (string argument in (string[])["--immediate-mode", "-B", "16384", "-i", "lo", "-Z", "root", "-U", "-s", "70000", "-w", file, $"tcp port {port}"])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        while (process.StandardError.ReadLine() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
            continue;
        return process;
    }

    private static void Stop(Process capture, string file)
    {
        long size = -1;
        int same = 0;
        Poll.Until(() =>
        {
            long now = new FileInfo(file).Length;
            same = now == size ? same + 1 : 0;
            size = now;
            return same > 20;
        }, Soon);
        using Process stop = Process.Start("kill", ["-INT", $"{capture.Id}"]);
        Assert.True(capture.WaitForExit(Soon));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Keeps what it is told, and judges nothing.</summary>
    private sealed class Recording : IIncidentJudge
    {
        private readonly List<Timeline> timelines = [];

        public IReadOnlyList<Timeline> Timelines
        {
            get
            {
                lock (timelines)
                    return [.. timelines];
            }
        }

        public void OnConnection(Timeline timeline, EndingSummary? ending, ConnectAttempt? attempt)
        {
            lock (timelines)
                timelines.Add(timeline);
        }

        public void OnKill(KillSeen kill) { }
        public void OnAttempt(ConnectAttempt attempt) { }
        public Verdict NameCause(Timeline timeline, IReadOnlyList<Fact> facts) => new(null, Grade.Unknown, "");
        public bool Examine(Timeline timeline, IReadOnlyList<Fact> facts, string id, Action<Incident> tell) => false;
        public void Complete() { }
    }
}
