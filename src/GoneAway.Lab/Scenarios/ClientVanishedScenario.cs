namespace GoneAway.Lab.Scenarios;

/// <summary>A client process ends without closing its connection.</summary>
public sealed class ClientVanishedScenario : Scenario
{
    public override string Name => "client-vanished";
    public override string Cause => "client-vanished";
    public override string Description => "A client process ends without closing its connection.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SELECT 1')
            time.sleep(0.4)
            os._exit(1)
            """, 30);
    }
}
