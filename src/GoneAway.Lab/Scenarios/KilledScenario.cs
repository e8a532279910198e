namespace GoneAway.Lab.Scenarios;

/// <summary>A second connection kills the first one in the middle of a query.</summary>
public sealed class KilledScenario : Scenario
{
    public override string Name => "killed";
    public override string Cause => "killed";
    public override string Description => "A second connection kills the first one in the middle of a query.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect()
            k = connect(program_name='pt-kill')
            def killer():
                time.sleep(1)
                run(k, 'KILL %d' % c.thread_id())
            t = threading.Thread(target=killer)
            t.start()
            try:
                run(c, 'SELECT SLEEP(10)')
            except Exception as e:
                say(repr(e))
            t.join()
            k.close()
            """, 30);
    }
}
