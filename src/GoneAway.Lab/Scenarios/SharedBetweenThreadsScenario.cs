namespace GoneAway.Lab.Scenarios;

/// <summary>Two threads query on one connection at the same time. Threads and processes look the same on the wire.</summary>
public sealed class SharedBetweenThreadsScenario : Scenario
{
    public override string Name => "shared-between-threads";
    public override string Cause => "shared-between-threads";
    public override string Description => "Two threads query on one connection at the same time. Threads and processes look the same on the wire.";
    public override IReadOnlyList<string> AlsoAcceptable => ["shared-after-fork"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect(read_timeout=3)
            def work(n):
                for i in range(20):
                    try:
                        run(c, 'SELECT %d, SLEEP(0.01)' % n)
                    except BaseException as e:
                        say(n, repr(e)[:100])
                        return
            ts = [threading.Thread(target=work, args=(n,)) for n in range(2)]
            for t in ts: t.start()
            for t in ts: t.join()
            os._exit(0)
            """, 30);
    }
}
