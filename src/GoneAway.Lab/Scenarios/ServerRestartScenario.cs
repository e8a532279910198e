using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The server is stopped in order (SIGTERM) under three sessions, and started again.</summary>
public sealed class ServerRestartScenario : Scenario
{
    public override string Name => "server-restart";
    public override string Cause => "server-restart";
    public override string Description => "The server is stopped in order (SIGTERM) under three sessions, and started again. MariaDB's orderly end looks like a crash on the wire, so either may be named; a connect in between is refused (not-listening).";

    public override IReadOnlyList<string> AlsoAcceptable => ["server-restart", "server-crash", "not-listening"];

    public override IReadOnlyList<string> AlsoAcceptableOnMySql => ["not-listening"];
    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        DatabaseServer server = run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            cs = [connect() for _ in range(3)]
            for c in cs:
                run(c, 'SELECT 1')
            def busy():
                try:
                    run(cs[0], 'SELECT SLEEP(20)')
                except Exception as e:
                    say(repr(e))
            t = threading.Thread(target=busy)
            t.start()
            time.sleep(0.5)
            say('connected')
            t.join()
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
        server.Stop();
        server.Dispose();
        run.StartServer();
        run.Finish(client);
    }
}
