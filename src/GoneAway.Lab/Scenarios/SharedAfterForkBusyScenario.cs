namespace GoneAway.Lab.Scenarios;

/// <summary>Four forked processes query on one inherited connection at the same time. Processes and threads look the same on the wire.</summary>
public sealed class SharedAfterForkBusyScenario : Scenario
{
    public override string Name => "shared-after-fork-busy";
    public override string Cause => "shared-after-fork";
    public override string Description => "Four forked processes query on one inherited connection at the same time. Processes and threads look the same on the wire.";
    public override IReadOnlyList<string> AlsoAcceptable => ["shared-between-threads"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect(read_timeout=3)
            run(c, 'SELECT 1')
            for n in range(4):
                if os.fork() == 0:
                    for i in range(20):
                        try:
                            run(c, 'SELECT %d, SLEEP(0.01)' % n)
                        except BaseException as e:
                            say(n, repr(e)[:100])
                            break
                    os._exit(0)
            for _ in range(4):
                os.wait()
            os._exit(0)
            """, 30);
    }
}
