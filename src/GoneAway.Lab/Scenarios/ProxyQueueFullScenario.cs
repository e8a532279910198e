namespace GoneAway.Lab.Scenarios;

/// <summary>HAProxy lets one session through to its server; a second client waits in the queue until timeout queue.</summary>
public sealed class ProxyQueueFullScenario : Scenario
{
    public override string Name => "proxy-queue-full";
    public override string Cause => "proxy-queue-full";
    public override string Description => "HAProxy lets one session through to its server; a second client waits in the queue until timeout queue.";
    public override Cure Cure => new() { Backends = ["127.0.0.1:3307"] };
    public override bool OnWire => false;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        run.StartHaproxy(3306, "3307 maxconn 1", seconds: 60, listen: "timeout queue 1s");
        run.StartCapture();
        run.Python("""
            c = connect_soon()
            run(c, 'SELECT 1')
            say('the first holds the only slot')
            try:
                connect()
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
