namespace GoneAway.Lab.Scenarios;

/// <summary>A client with read_timeout = 2 s runs a query of 6 s.</summary>
public sealed class ClientReadTimeoutScenario : Scenario
{
    public override string Name => "client-read-timeout";
    public override string Cause => "client-read-timeout";
    public override string Description => "A client with read_timeout = 2 s runs a query of 6 s.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect(read_timeout=2)
            try:
                run(c, 'SELECT SLEEP(6)')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
