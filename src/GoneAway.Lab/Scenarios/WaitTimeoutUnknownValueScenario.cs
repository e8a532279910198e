namespace GoneAway.Lab.Scenarios;

/// <summary>The same, but nothing in the capture tells the value of wait_timeout.</summary>
public sealed class WaitTimeoutUnknownValueScenario : Scenario
{
    public override string Name => "wait-timeout-unknown-value";
    public override string Cause => "wait-timeout";
    public override string Description => "The same, but nothing in the capture tells the value of wait_timeout.";
    public override Cure Cure => new();

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--wait-timeout=2");
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SELECT 1')
            time.sleep(3.5)
            try:
                run(c, 'SELECT 1')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
