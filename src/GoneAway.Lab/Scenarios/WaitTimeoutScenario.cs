namespace GoneAway.Lab.Scenarios;

/// <summary>A client stays idle for longer than wait_timeout (2 s), as a worker does between its first and last query.</summary>
public sealed class WaitTimeoutScenario : Scenario
{
    public override string Name => "wait-timeout";
    public override string Cause => "wait-timeout";
    public override string Description => "A client stays idle for longer than wait_timeout (2 s), as a worker does between its first and last query.";
    public override Cure Cure => new();

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--wait-timeout=2");
        run.StartCapture();
        run.Python("""
            c = connect()
            say(run(c, "SHOW VARIABLES LIKE 'wait_timeout'"))
            time.sleep(3.5)
            try:
                run(c, 'SELECT 1')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
