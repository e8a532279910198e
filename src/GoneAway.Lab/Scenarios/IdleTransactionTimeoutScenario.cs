namespace GoneAway.Lab.Scenarios;

/// <summary>A client leaves a transaction open and idle for longer than idle_transaction_timeout (2 s).</summary>
public sealed class IdleTransactionTimeoutScenario : Scenario
{
    public override string Name => "idle-transaction-timeout";
    public override string Cause => "idle-transaction-timeout";
    public override string Description => "A client leaves a transaction open and idle for longer than idle_transaction_timeout (2 s).";
    public override Cure Cure => new() { Settings = Cure.TransactionReplay };

    protected override void Act(LabRun run)
    {
        run.StartServer("--idle-transaction-timeout=2");
        run.StartCapture();
        run.Python("""
            c = connect()
            say(run(c, "SHOW VARIABLES LIKE '%timeout'"))
            run(c, 'CREATE TABLE t (a INT) ENGINE=InnoDB')
            run(c, 'BEGIN')
            run(c, 'INSERT INTO t VALUES (1)')
            time.sleep(3.5)
            try:
                run(c, 'COMMIT')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
