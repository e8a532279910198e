namespace GoneAway.Lab.Scenarios;

/// <summary>A client sends a statement of 1.1 MB to a server with max_allowed_packet = 1 MB, so that it can still read the error.</summary>
public sealed class PacketSlightlyTooLargeScenario : Scenario
{
    public override string Name => "packet-slightly-too-large";
    public override string Cause => "packet-too-large";
    public override string Description => "A client sends a statement of 1.1 MB to a server with max_allowed_packet = 1 MB, so that it can still read the error.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--max-allowed-packet=1M");
        run.StartCapture();
        run.Python("""
            c = connect()
            try:
                run(c, "SELECT LENGTH('" + 'x' * 1100000 + "')")
            except Exception as e:
                say(repr(e)[:200])
            """, 30);
    }
}
