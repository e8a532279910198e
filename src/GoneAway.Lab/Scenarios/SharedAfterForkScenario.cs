namespace GoneAway.Lab.Scenarios;

/// <summary>A process forks after it has connected; the child ends, and its driver says goodbye on the shared connection.</summary>
public sealed class SharedAfterForkScenario : Scenario
{
    public override string Name => "shared-after-fork";
    public override string Cause => "shared-after-fork";
    public override string Description => "A process forks after it has connected; the child ends, and its driver says goodbye on the shared connection.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SELECT 1')
            pid = os.fork()
            if pid == 0:
                c.close()
                os._exit(0)
            os.waitpid(pid, 0)
            time.sleep(0.5)
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            os._exit(0)
            """, 30);
    }
}
