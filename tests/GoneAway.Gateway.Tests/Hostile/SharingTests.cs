using System.Diagnostics;
using System.Net;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Commands that come before the last one is answered: two writers, or a client that sends ahead.</summary>
[Collection(HostileServers.Name)]
public sealed class SharingTests(HostileServer mariaDb)
{
    private sealed class TwoHolders : ISocketHolders
    {
        public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) => [new(4711, "uwsgi"), new(4712, "uwsgi")];
    }

    private sealed class OneHolder : ISocketHolders
    {
        public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) => [new(4711, "java")];
    }

    /// <summary>Several hold each client's socket; a process is born all the time; one of them does not read, as far as the kernel tells.</summary>
    private sealed class Forked : ISocketHolders
    {
        private long births;

        /// <summary>The port of the client that has not read its answer; 0: none.</summary>
        public volatile int Slow;

        public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) => [new(4711, "uwsgi"), new(4712, "uwsgi")];

        public IReadOnlySet<ulong> Several() => new HashSet<ulong> { 7 };

        public SocketLook? Look(IPEndPoint client, IPEndPoint gateway) => new(7, client.Port == Slow ? 1 : 0);

        public long Births() => Interlocked.Increment(ref births);
    }

    [ServerFact(Flavour.MariaDb)]
    public void An_answer_that_another_process_may_read_is_not_complete_before_its_own_has_read_it()
    {
        var holders = new Forked();
        using var gateway = new HostileGateway(mariaDb.Server!, holders: holders);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        UnfinishedTests.KnowShared(gateway, client);
        holders.Slow = ((IPEndPoint)client.Socket.LocalEndPoint!).Port;
        client.Send(RawClient.Query("SELECT 'of the first'"));
        // All but the last byte of the EOF at the end.
        Assert.Equal([1], client.Read()!);
        client.Read();
        client.Read();
        Assert.Equal("of the first", System.Text.Encoding.ASCII.GetString(client.Read()!.AsSpan(1)));
        byte[] rest = new byte[16];
        int count = 0;
        while (count < 8)
            count += client.Socket.Receive(rest.AsSpan(count));
        client.Send(RawClient.Query("SELECT 'of the second'"));
        // The first has its last byte now, the second is told.
        Assert.Equal(1, client.Socket.Receive(rest.AsSpan(0, 1)));
        Assert.StartsWith("1156 2 processes hold this connection's socket (uwsgi[4711], uwsgi[4712])", client.Answer(), StringComparison.Ordinal);
        Assert.Empty(client.ReadAll());
        Assert.Contains("the earlier one was answered", gateway.Incident("shared-after-fork").Text, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void One_process_of_several_that_hold_a_socket_uses_it_as_ever()
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new Forked());
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        for (int i = 0; i < 50; i++)
            Assert.Equal($"{i}", client.Ask($"SELECT {i}"));
        client.Send([.. RawClient.Framed(0, [CommandCode.Quit])]);
        Assert.Empty(client.ReadAll());
        Assert.DoesNotContain(gateway.Events, static one => one.Kind == EventKind.Incident);
        gateway.AssertUnharmed();
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_second_writers_command_gets_no_row_and_both_are_told_why(bool atOnce)
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new TwoHolders());
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        byte[] first = RawClient.Query("SELECT SLEEP(5)"), second = RawClient.Query("SELECT 'of the other'");
        if (atOnce)
            client.Send([.. first, .. second]);
        else
        {
            client.Send(first);
            Assert.True(Poll.Until(() => Runs(mariaDb.Server!.Port, "SELECT SLEEP(5)"), TimeSpan.FromSeconds(20)));
            client.Send(second);
        }
        for (int i = 0; i < 2; i++)
        {
            string answer = client.Answer();
            // SLEEP might be in a statement that writes: only what was not sent is known to have changed nothing.
            Assert.StartsWith((atOnce ? "1156" : "1105") + " 2 processes hold this connection's socket (uwsgi[4711], uwsgi[4712])", answer, StringComparison.Ordinal);
        }
        Assert.Empty(client.ReadAll());
        gateway.Incident("shared-after-fork");
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_write_in_flight_is_told_as_of_unknown_outcome()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port, library: "libmariadb");
        client.Send(RawClient.Query("INSERT INTO shop.t SELECT SLEEP(1)"));
        Assert.True(Poll.Until(() => Runs(mariaDb.Server!.Port, "INSERT%SLEEP%"), TimeSpan.FromSeconds(20)));
        client.Send(RawClient.Query("SELECT 2"));
        string answer = client.Answer();
        Assert.StartsWith("1105 Two threads or processes", answer, StringComparison.Ordinal);
        Assert.Contains("open a connection in each process", answer, StringComparison.Ordinal);
        gateway.Incident("shared-between-threads");
        gateway.AssertUnharmed();
    }

    /// <summary>The server has the statement.</summary>
    private static bool Runs(int port, string pattern)
    {
        using Application looker = Application.ConnectAsync(port, "app", HostileGateway.Password).GetAwaiter().GetResult();
        return looker.AskAsync($"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '{pattern}'").GetAwaiter().GetResult() == "1";
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("MariaDB Connector/J")]
    [InlineData("MariaDB Connector/Node")]
    [InlineData("something that nobody knows")]
    public void A_client_that_sends_ahead_gets_all_its_answers_in_order(string library)
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new OneHolder());
        using RawClient client = RawClient.LoggedIn(gateway.Port, library: library);
        var all = new List<byte>();
        for (int i = 0; i < 200; i++)
            all.AddRange(RawClient.Query($"SELECT {i}"));
        client.Send(all.ToArray());
        for (int i = 0; i < 200; i++)
            Assert.Equal($"{i}", client.Answer());
        client.Send(RawClient.Query("SELECT SLEEP(0.2)"));
        client.Send(RawClient.Query("SELECT 'ahead'"));
        Assert.Equal("0", client.Answer());
        Assert.Equal("ahead", client.Answer());
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_statement_is_prepared_executed_and_closed_in_one_go()
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new TwoHolders());
        using RawClient client = RawClient.LoggedIn(gateway.Port, library: "libmariadb");
        byte[] prepare = RawClient.Framed(0, [CommandCode.StmtPrepare, .. "SELECT 42"u8]);
        byte[] execute = RawClient.Framed(0, [CommandCode.StmtExecute, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0, 0]);
        for (int i = 0; i < 50; i++)
        {
            client.Send([.. prepare, .. execute]);
            byte[] ok = client.Read()!;
            Assert.Equal(0, ok[0]);
            // One column, and the EOF behind it.
            client.Read();
            client.Read();
            Assert.Equal([1], client.Read()!);
            client.Read();
            Assert.Equal(0xFE, client.Read()![0]);
            byte[] row = client.Read()!;
            Assert.Equal(42, row[2]);
            Assert.Equal(0xFE, client.Read()![0]);
            // A close has no answer: the next command may stand behind it.
            client.Send([.. RawClient.Framed(0, [CommandCode.StmtClose, .. ok.AsSpan(1, 4)]), .. RawClient.Query("SELECT 7")]);
            Assert.Equal("7", client.Answer());
        }
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Processes_that_forked_never_get_each_others_rows()
    {
        const string Script = """
            import MySQLdb, os, sys
            c = MySQLdb.connect(host='127.0.0.1', port=int(sys.argv[1]), user='app', passwd=sys.argv[2])
            pids = []
            for w in range(4):
                pid = os.fork()
                if pid == 0:
                    wrong = 0
                    try:
                        for i in range(200):
                            k = c.cursor()
                            k.execute("SELECT %d, SLEEP(0.02)" % (w * 1000 + i))
                            if k.fetchone()[0] != w * 1000 + i: wrong = 1
                    except Exception as e:
                        print(w, e, flush=True)
                    os._exit(wrong)
                pids.append(pid)
            sys.exit(sum(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in pids))
            """;
        using var gateway = new HostileGateway(mariaDb.Server!);
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Script, $"{gateway.Port}", HostileGateway.Password]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (said.Contains("ModuleNotFoundError", StringComparison.Ordinal))
            return;
        Assert.True(process.ExitCode == 0, $"{process.ExitCode} {said}");
        gateway.Incident("shared-between-threads");
        Assert.Contains("open a connection in each process", said, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }
}
