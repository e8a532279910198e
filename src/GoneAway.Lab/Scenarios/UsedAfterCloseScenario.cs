using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A proxy is stopped under an idle connection, and the application uses the connection two seconds later. Why it was closed is not to be seen.</summary>
public sealed class UsedAfterCloseScenario : Scenario
{
    public override string Name => "used-after-close";
    public override string Cause => "used-after-close";
    public override string Description => "A proxy is stopped under an idle connection, and the application uses the connection two seconds later. Why it was closed is not to be seen.";
    public override IReadOnlyList<string> AlsoAcceptable => ["killed", "proxy-idle-timeout"];
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        Program proxy = run.StartHaproxy(3306, "3307", seconds: 50);
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect_soon()
            run(c, 'SELECT 1')
            time.sleep(0.37)
            say('idle')
            time.sleep(2)
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("idle", TimeSpan.FromSeconds(20));
        proxy.Signal("TERM");
        run.Finish(client);
    }
}
