namespace GoneAway.Lab.Scenarios;

/// <summary>init_connect fails for every account without privileges: the login works, the first statement finds the connection gone.</summary>
public sealed class InitConnectFailedScenario : Scenario
{
    public override string Name => "init-connect-failed";
    public override string Cause => "init-connect-failed";
    public override string Description => "init_connect fails for every account without privileges: the login works, the first statement finds the connection gone.";
    public override bool OnWire => false;

    protected override void Act(LabRun run)
    {
        run.StartServer("--init-connect=SET @a = nonsense");
        run.StartCapture();
        run.Python("""
            admin = connect()
            run(admin, "CREATE USER plain@'%' IDENTIFIED BY 'plain'")
            run(admin, "GRANT SELECT ON shop.* TO plain@'%'")
            admin.close()
            c = None
            try:
                c = connect(user='plain', password='plain')
                run(c, 'SELECT 1')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
