namespace GoneAway.Lab.Scenarios;

/// <summary>The server is set to offline_mode while an account without privileges is connected.</summary>
public sealed class OfflineModeScenario : Scenario
{
    public override string Name => "offline-mode";
    public override string Cause => "offline-mode";
    public override string Description => "The server is set to offline_mode while an account without privileges is connected.";
    public override bool OnMySql => true;
    public override bool OnMariaDb => false;
    public override IReadOnlyList<string> AlsoAcceptable => ["killed"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            admin = connect()
            run(admin, "CREATE USER plain@'%' IDENTIFIED BY 'plain'")
            run(admin, "GRANT ALL ON shop.* TO plain@'%'")
            c = connect(user='plain', password='plain')
            run(c, 'SELECT 1')
            run(admin, 'SET GLOBAL offline_mode = ON')
            time.sleep(0.5)
            try:
                run(c, 'SELECT 2')
            except Exception as e:
                say(repr(e))
            try:
                connect(user='plain', password='plain')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
