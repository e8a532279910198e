using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A router forgets the connection while it is idle for 5 s, and drops what comes afterwards.</summary>
public sealed class NatIdleTimeoutScenario : Scenario
{
    public override string Name => "nat-idle-timeout";
    public override string Cause => "nat-idle-timeout";
    public override string Description => "A router forgets the connection while it is idle for 5 s, and drops what comes afterwards.";
    public override bool Routed => true;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect(read_timeout=8)
            run(c, 'SELECT 1')
            say('idle')
            time.sleep(5)
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("idle", TimeSpan.FromSeconds(20));
        run.Network.OnRouter("tcp dport 3306 drop");
        run.Finish(client);
    }
}
