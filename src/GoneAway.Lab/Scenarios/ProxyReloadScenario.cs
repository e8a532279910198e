using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>HAProxy is told to stop as a reload does, with hard-stop-after 1s, while a statement runs.</summary>
public sealed class ProxyReloadScenario : Scenario
{
    public override string Name => "proxy-reload";
    public override string Cause => "proxy-reload";
    public override string Description => "HAProxy is told to stop as a reload does, with hard-stop-after 1s, while a statement runs.";
    public override bool OnWire => false;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        Program proxy = run.StartHaproxy(3306, "3307", seconds: 60, global: "hard-stop-after 1s");
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect_soon()
            say('busy')
            try:
                run(c, 'SELECT SLEEP(20)')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("busy", TimeSpan.FromSeconds(20));
        proxy.Signal("USR1");
        run.Finish(client);
    }
}
