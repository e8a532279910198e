namespace GoneAway.Lab.Scenarios;

/// <summary>A client sends a statement of 3 MB to a server with max_allowed_packet = 1 MB.</summary>
public sealed class PacketTooLargeScenario : Scenario
{
    public override string Name => "packet-too-large";
    public override string Cause => "packet-too-large";
    public override string Description => "A client sends a statement of 3 MB to a server with max_allowed_packet = 1 MB.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--max-allowed-packet=1M");
        run.StartCapture();
        run.Python("""
            c = connect()
            try:
                run(c, "SELECT LENGTH('" + 'x' * 3000000 + "')")
            except Exception as e:
                say(repr(e)[:200])
            """, 30);
    }
}
