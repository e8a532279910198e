namespace GoneAway.Lab.Scenarios;

/// <summary>A client reads one row of a large result and then nothing for longer than net_write_timeout (2 s).</summary>
public sealed class SlowReaderScenario : Scenario
{
    public override string Name => "slow-reader";
    public override string Cause => "slow-reader";
    public override string Description => "A client reads one row of a large result and then nothing for longer than net_write_timeout (2 s).";
    public override Cure Cure => new();

    protected override void Act(LabRun run)
    {
        run.StartServer("--net-write-timeout=2");
        run.StartCapture();
        run.Python("""
            c = connect(cursorclass=pymysql.cursors.SSCursor, init_command=None)
            cur = c.cursor()
            cur.execute("SELECT seq, REPEAT('x', 20000) FROM seq_1_to_5000")
            say('first row', cur.fetchone()[0])
            time.sleep(6)
            n = 1
            try:
                while cur.fetchone():
                    n += 1
                say('rows', n)
            except Exception as e:
                say('after row', n, repr(e))
            os._exit(0)
            """, 30);
    }
}
