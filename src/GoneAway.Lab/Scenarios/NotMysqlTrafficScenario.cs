namespace GoneAway.Lab.Scenarios;

/// <summary>A browser comes to the port.</summary>
public sealed class NotMysqlTrafficScenario : Scenario
{
    public override string Name => "not-mysql-traffic";
    public override string Cause => "not-mysql-traffic";
    public override string Description => "A browser comes to the port.";
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/bin/curl"];

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Finish(run.Start("/usr/bin/curl", "-s", "--http0.9", "--max-time", "5", "-o", "/dev/null", "http://127.0.0.1:3306/"));
    }
}
