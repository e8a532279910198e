using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A firewall on the path answers a statement with a RST in the name of the server.</summary>
public sealed class ResetInjectedScenario : Scenario
{
    public override string Name => "reset-injected";
    public override string Cause => "reset-injected";
    public override string Description => "A firewall on the path answers a statement with a RST in the name of the server.";
    public override bool Routed => true;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/nft"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect()
            run(c, 'SELECT 1')
            say('ready')
            time.sleep(1.5)
            try:
                run(c, 'SELECT secret FROM accounts')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("ready", TimeSpan.FromSeconds(20));
        run.Network.OnRouter("tcp dport 3306 reject with tcp reset");
        run.Finish(client);
    }
}
