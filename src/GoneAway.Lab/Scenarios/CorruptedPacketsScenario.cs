using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A router changes a byte of the server's packets on the way: the sequence number.</summary>
public sealed class CorruptedPacketsScenario : Scenario
{
    public override string Name => "corrupted-packets";
    public override string Cause => "corrupted-packets";
    public override string Description => "A router changes a byte of the server's packets on the way: the sequence number.";
    public override bool Routed => true;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect(read_timeout=8)
            say('in session')
            try:
                while True:
                    run(c, 'SELECT 7')
                    time.sleep(0.1)
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("in session", TimeSpan.FromSeconds(20));
        run.Network.OnRouter("tcp sport 3306 tcp flags & psh == psh @th,280,8 set 9");
        run.Finish(client);
    }
}
