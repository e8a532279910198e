namespace GoneAway.Lab.Scenarios;

/// <summary>More connections than max_connections (the server keeps one more for administrators).</summary>
public sealed class TooManyConnectionsScenario : Scenario
{
    public override string Name => "too-many-connections";
    public override string Cause => "too-many-connections";
    public override string Description => "More connections than max_connections (the server keeps one more for administrators).";
    public override Cure Cure => new() { Settings = Cure.TransactionPool };

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--max-connections=10");
        run.StartCapture();
        run.Python("""
            cs = []
            try:
                for _ in range(14):
                    cs.append(connect())
            except Exception as e:
                say(len(cs), repr(e))
            for c in cs:
                c.close()
            """, 30);
    }
}
