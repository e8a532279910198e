namespace GoneAway.Lab.Scenarios;

/// <summary>A client loads a file through LOAD DATA LOCAL from a pipe that stalls for longer than net_read_timeout (2 s).</summary>
public sealed class SlowWriterScenario : Scenario
{
    public override string Name => "slow-writer";
    public override string Cause => "slow-writer";
    public override string Description => "A client loads a file through LOAD DATA LOCAL from a pipe that stalls for longer than net_read_timeout (2 s).";

    protected override void Act(LabRun run)
    {
        run.StartServer("--net-read-timeout=2", "--local-infile=1");
        run.StartCapture();
        run.Python("""
            c = connect(local_infile=True)
            run(c, 'CREATE TABLE t (a INT)')
            path = os.environ['WORK'] + '/pipe'
            os.mkfifo(path)
            def feed():
                with open(path, 'w') as f:
                    f.write('1\n' * 20000)
                    f.flush()
                    time.sleep(5)
            threading.Thread(target=feed, daemon=True).start()
            try:
                run(c, "LOAD DATA LOCAL INFILE '" + path + "' INTO TABLE t")
            except Exception as e:
                say(repr(e))
            os._exit(0)
            """, 30);
    }
}
