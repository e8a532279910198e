namespace GoneAway.Lab.Scenarios;

/// <summary>A client connects while no server runs.</summary>
public sealed class NotListeningScenario : Scenario
{
    public override string Name => "not-listening";
    public override string Cause => "not-listening";
    public override string Description => "A client connects while no server runs.";

    protected override void Act(LabRun run)
    {
        run.StartCapture();
        run.Python("""
            try:
                connect()
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
