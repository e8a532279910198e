namespace GoneAway.Lab.Scenarios;

/// <summary>A statement takes longer than the timeout server of HAProxy (2 s).</summary>
public sealed class ProxyQueryTimeoutScenario : Scenario
{
    public override string Name => "proxy-query-timeout";
    public override string Cause => "proxy-query-timeout";
    public override string Description => "A statement takes longer than the timeout server of HAProxy (2 s).";
    public override Cure Cure => new() { Backends = ["127.0.0.1:3307"] };
    public override bool OnWire => false;
    public override IReadOnlyList<string> AlsoAcceptable => ["proxy-idle-timeout"];
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        run.StartHaproxy(3306, "3307", seconds: 2);
        run.StartCapture();
        run.Python("""
            c = connect_soon()
            say('a statement of 6 s')
            try:
                run(c, 'SELECT SLEEP(6)')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
