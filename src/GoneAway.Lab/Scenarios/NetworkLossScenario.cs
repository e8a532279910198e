using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A router drops everything from the middle of a busy connection on.</summary>
public sealed class NetworkLossScenario : Scenario
{
    public override string Name => "network-loss";
    public override string Cause => "network-loss";
    public override string Description => "A router drops everything from the middle of a busy connection on.";
    public override bool Routed => true;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect(read_timeout=8)
            say('busy')
            try:
                while True:
                    run(c, 'SELECT SLEEP(0.02)')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("busy", TimeSpan.FromSeconds(20));
        run.Network.OnRouter("tcp dport 3306 drop");
        run.Finish(client);
    }
}
