namespace GoneAway.Lab.Scenarios;

/// <summary>A second connection kills the first one while it is idle.</summary>
public sealed class KilledWhileIdleScenario : Scenario
{
    public override string Name => "killed-while-idle";
    public override string Cause => "killed";
    public override string Description => "A second connection kills the first one while it is idle.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SELECT 1')
            k = connect(program_name='pt-kill')
            run(k, 'KILL %d' % c.thread_id())
            k.close()
            time.sleep(1)
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
