namespace GoneAway.Lab.Scenarios;

/// <summary>A statement needs more memory than connection_memory_limit allows the account.</summary>
public sealed class MemoryLimitScenario : Scenario
{
    public override string Name => "memory-limit";
    public override string Cause => "memory-limit";
    public override string Description => "A statement needs more memory than connection_memory_limit allows the account.";
    public override bool OnMySql => true;
    public override bool OnMariaDb => false;

    protected override void Act(LabRun run)
    {
        run.StartServer("--connection-memory-limit=2097152", "--global-connection-memory-tracking=ON", "--connection-memory-chunk-size=512");
        run.StartCapture();
        run.Python("""
            admin = connect()
            run(admin, "CREATE USER plain@'%' IDENTIFIED BY 'plain'")
            run(admin, "GRANT ALL ON shop.* TO plain@'%'")
            admin.close()
            try:
                c = connect(user='plain', password='plain')
                run(c, "SELECT LENGTH(REPEAT('x', 8000000)), REVERSE(REPEAT('y', 8000000))")
                run(c, 'SELECT 1')
                say('it went through')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
