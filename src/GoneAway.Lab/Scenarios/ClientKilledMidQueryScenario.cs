using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A client process is killed in the middle of a query.</summary>
public sealed class ClientKilledMidQueryScenario : Scenario
{
    public override string Name => "client-killed-mid-query";
    public override string Cause => "client-vanished";
    public override string Description => "A client process is killed in the middle of a query.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect()
            def die():
                time.sleep(1.45)
                os.kill(os.getpid(), 9)
            threading.Thread(target=die).start()
            run(c, 'SELECT SLEEP(8)')
            """);
        run.Finish(client);
    }
}
