namespace GoneAway.Lab.Scenarios;

/// <summary>A client connects from an address from which no account may come.</summary>
public sealed class HostNotAllowedScenario : Scenario
{
    public override string Name => "host-not-allowed";
    public override string Cause => "host-not-allowed";
    public override string Description => "A client connects from an address from which no account may come.";

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.Python("""
            c = connect()
            run(c, "DELETE FROM mysql.global_priv WHERE user <> 'mariadb.sys' AND user <> 'mysql'")
            run(c, "CREATE OR REPLACE USER app@'10.1.2.3'")
            run(c, 'FLUSH PRIVILEGES')
            c.close()
            """, 30);
        run.StartCapture();
        run.Python("""
            try:
                connect()
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
