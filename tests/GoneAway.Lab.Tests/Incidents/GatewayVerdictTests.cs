using GoneAway.Lab.Parts;
using GoneAway.Model;
using LabProgram = GoneAway.Lab.Parts.Program;

namespace GoneAway.Lab.Tests.Incidents;

/// <summary>What the gateway's log says of a loss, beside what <c>explain</c> says of a capture of the same connection.</summary>
public sealed class GatewayVerdictTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [GatewayTheory]
    [InlineData(Flavour.MariaDb, "wait-timeout")]
    [InlineData(Flavour.MySql, "wait-timeout")]
    public void An_idle_transaction_that_wait_timeout_ends_is_named_in_the_error_and_in_the_log(Flavour flavour, string cause)
    {
        if (flavour == Flavour.MySql && Distribution.FindMySql(out _) is null)
            return;
        using var stage = new GatewayStage(flavour);
        LabProgram client = stage.Python("""
            c = connect()
            run(c, 'SET SESSION wait_timeout=2')
            run(c, 'CREATE TABLE IF NOT EXISTS t (a INT)')
            run(c, 'BEGIN')
            run(c, 'INSERT INTO t VALUES (1)')
            time.sleep(4)
            attempt(c, 'INSERT INTO t VALUES (2)')
            """);
        client.WaitForOutput("told", Soon);
        Assert.True(client.Output.Contains($"cause: {cause} (", StringComparison.Ordinal), client.Output + stage.Log);
        Same(stage, cause);
    }

    [GatewayFact]
    public void A_KILL_through_the_gateway_is_named()
    {
        using var stage = new GatewayStage(Flavour.MariaDb);
        LabProgram client = stage.Python("""
            c = connect()
            run(c, 'CREATE TEMPORARY TABLE t (a INT)')
            thread = run(c, 'SELECT CONNECTION_ID()')[0][0]
            k = connect()
            run(k, 'KILL %d' % thread)
            time.sleep(0.5)
            attempt(c, 'SELECT 1')
            """);
        // As without a gateway: who is killed is cut off.
        client.WaitForOutput("told 2013", Soon);
        Same(stage, "killed");
    }

    [GatewayFact]
    public void A_KILL_in_the_middle_of_a_statement_is_named()
    {
        using var stage = new GatewayStage(Flavour.MariaDb);
        LabProgram client = stage.Python("""
            import threading
            c = connect()
            run(c, 'CREATE TEMPORARY TABLE t (a INT)')
            thread = run(c, 'SELECT CONNECTION_ID()')[0][0]
            k = connect(port=3306)
            threading.Timer(1, lambda: run(k, 'KILL %d' % thread)).start()
            attempt(c, 'INSERT INTO t SELECT SLEEP(20)')
            attempt(c, 'SELECT 1')
            """);
        client.WaitForOutput("told", Soon);
        Same(stage, "killed");
    }

    [GatewayFact]
    public void A_server_that_is_killed_is_told_with_all_that_it_took_along()
    {
        using var stage = new GatewayStage(Flavour.MariaDb);
        LabProgram client = Busy(stage);
        client.WaitForOutput("ready", Soon);
        stage.Server.Kill();
        client.WaitForOutput("told", Soon);
        stage.Broken();
        stage.Restart(Flavour.MariaDb);
        stage.Python("run(connect(), 'SELECT 1')");
        Assert.Contains("Outcome unknown", client.Output, StringComparison.Ordinal);
        Same(stage, "server-crash", "server-restart");
    }

    [GatewayFact]
    public void A_server_that_is_restarted_is_told_once_for_all_connections_that_nobody_missed()
    {
        using var stage = new GatewayStage(Flavour.MariaDb);
        LabProgram client = Busy(stage);
        client.WaitForOutput("ready", Soon);
        stage.Server.Stop();
        client.WaitForOutput("told", Soon);
        stage.Broken();
        stage.Restart(Flavour.MariaDb);
        stage.Python("run(connect(), 'SELECT 1')");
        Same(stage, "server-restart", "server-crash");
    }

    /// <summary>Five idle connections, one of them in a transaction, and one in the middle of a write.</summary>
    private static LabProgram Busy(GatewayStage stage) => stage.Python("""
        import threading
        idle = [connect() for _ in range(4)]
        for c in idle:
            run(c, 'SELECT 1')
        t = connect()
        run(t, 'CREATE TABLE IF NOT EXISTS t (a INT)')
        run(t, 'BEGIN')
        run(t, 'INSERT INTO t VALUES (1)')
        w = connect()
        thread = threading.Thread(target=attempt, args=(w, 'INSERT INTO t SELECT SLEEP(20)'))
        thread.start()
        time.sleep(1.85) # near a whole number of seconds, as timers are
        until_broken()
        thread.join()
        attempt(t, 'INSERT INTO t VALUES (2)')
        """);

    /// <summary>Every loss in the log has the name that its capture is given, and one of those that are right.</summary>
    private static void Same(GatewayStage stage, params string[] right)
    {
        (IReadOnlyList<LoggedIncident> logged, IReadOnlyList<Incident> explained) = stage.Finish();
        string all = string.Join("\n", logged) + "\n" + string.Join("\n", explained.Select(static i => $"{i.Party.ThreadId} {i.Verdict.Cause} {i.Verdict.Grade} {i.Verdict.Summary}")) + "\n" + stage.Log;
        LoggedIncident[] server = [.. logged.Where(static l => l.ServerThread != 0)];
        Assert.True(server.Length > 0, all);
        foreach (LoggedIncident one in server)
        {
            Incident? same = explained.FirstOrDefault(i => i.Party.ThreadId == one.ServerThread);
            Assert.True(same is not null, $"thread {one.ServerThread} is not in the capture\n{all}");
            Assert.True(right.Contains(one.Name), all);
            // The gateway reads what it encrypts itself.
            if (same.Connection!.Identity.UsesTls)
                continue;
            // Where neither is sure, what the gateway knows of the server's settings may leave another of the same few.
            bool bothUnsure = one.Grade == Grade.Possible && same.Verdict.Grade == Grade.Possible && same.Alternatives.Any(a => a.Cause == one.Name);
            Assert.True(same.Verdict.Cause == one.Name || bothUnsure, all);
            Assert.True(one.Grade < Grade.Proven || same.Verdict.Grade == Grade.Proven, all);
        }
    }
}
