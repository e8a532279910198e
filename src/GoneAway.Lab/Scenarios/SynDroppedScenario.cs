namespace GoneAway.Lab.Scenarios;

/// <summary>A firewall drops the connect.</summary>
public sealed class SynDroppedScenario : Scenario
{
    public override string Name => "syn-dropped";
    public override string Cause => "network-loss";
    public override string Description => "A firewall drops the connect.";
    public override bool Routed => true;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.Network.OnRouter("tcp dport 3306 drop");
        run.StartCapture();
        run.Python("""
            try:
                connect(connect_timeout=4)
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
