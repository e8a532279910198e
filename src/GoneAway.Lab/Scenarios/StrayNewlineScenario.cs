namespace GoneAway.Lab.Scenarios;

/// <summary>A single newline is written into the connection; the next query hangs.</summary>
public sealed class StrayNewlineScenario : Scenario
{
    public override string Name => "stray-newline";
    public override string Cause => "stray-bytes";
    public override string Description => "A single newline is written into the connection; the next query hangs.";
    public override Cure Cure => new();

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect(read_timeout=3)
            run(c, 'SELECT 1')
            os.write(c._sock.fileno(), b'\n')
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
