using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The server is killed (SIGKILL) under four sessions, two of them in the middle of a statement, and started again.</summary>
public sealed class ServerCrashScenario : Scenario
{
    public override string Name => "server-crash";
    public override string Cause => "server-crash";
    public override string Description => "The server is killed (SIGKILL) under four sessions, two of them in the middle of a statement, and started again. MariaDB's orderly end looks like a crash on the wire, so either may be named; a connect in between is refused (not-listening).";

    public override IReadOnlyList<string> AlsoAcceptable => ["server-restart", "server-crash", "not-listening"];

    public override IReadOnlyList<string> AlsoAcceptableOnMySql => ["not-listening"];
    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        DatabaseServer server = run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            cs = [connect() for _ in range(4)]
            for c in cs:
                run(c, 'SELECT 1')
            def busy(c):
                try:
                    run(c, 'SELECT SLEEP(20)')
                except Exception as e:
                    say(repr(e))
            ts = [threading.Thread(target=busy, args=(c,)) for c in cs[:2]]
            for t in ts: t.start()
            time.sleep(0.5)
            say('connected')
            for t in ts: t.join()
            for i in range(100):
                try:
                    connect().close()
                    say('again')
                    break
                except Exception as e:
                    say(repr(e)) if i == 0 else None
                    time.sleep(0.1)
            """);
        client.WaitForOutput("connected", TimeSpan.FromSeconds(20));
        server.Kill();
        server.Dispose();
        run.StartServer();
        run.Finish(client);
    }
}
