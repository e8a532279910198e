namespace GoneAway.Lab.Scenarios;

/// <summary>A statement is stopped by max_statement_time; the connection goes on.</summary>
public sealed class StatementTimeoutScenario : Scenario
{
    public override string Name => "statement-timeout";
    public override string Cause => "statement-timeout";
    public override string Description => "A statement is stopped by max_statement_time; the connection goes on.";

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SET max_statement_time=1')
            try:
                run(c, 'SELECT SLEEP(5)')
            except Exception as e:
                say(repr(e))
            say(run(c, 'SELECT 1'))
            c.close()
            """, 30);
    }
}
