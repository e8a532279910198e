namespace GoneAway.Lab.Scenarios;

/// <summary>A router drops large packets from the server and says nothing: the login works, a large answer never comes.</summary>
public sealed class MtuBlackHoleScenario : Scenario
{
    public override string Name => "mtu-black-hole";
    public override string Cause => "mtu-black-hole";
    public override string Description => "A router drops large packets from the server and says nothing: the login works, a large answer never comes.";
    public override bool Routed => true;
    public override IReadOnlyList<string> AlsoAcceptable => ["network-loss"];
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.Network.OnRouter("tcp sport 3306 ip length > 1000 drop");
        run.StartCapture("server");
        run.Python("""
            c = connect(read_timeout=6)
            run(c, 'SELECT 1')
            try:
                run(c, "SELECT REPEAT('x', 5000)")
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
