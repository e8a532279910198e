namespace GoneAway.Lab.Scenarios;

/// <summary>The account needs ed25519, which the client has no code for.</summary>
public sealed class AuthPluginMismatchScenario : Scenario
{
    public override string Name => "auth-plugin-mismatch";
    public override string Cause => "auth-plugin-mismatch";
    public override string Description => "The account needs ed25519, which the client has no code for.";
    public override IReadOnlyList<string> AlsoAcceptable => ["client-vanished"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--plugin-load-add=auth_ed25519");
        run.Python("""
            c = connect()
            run(c, "CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('x')")
            c.close()
            """, 30);
        run.StartCapture();
        run.Python("""
            import pymysql._auth
            pymysql._auth.nacl_bindings = None
            pymysql._auth._nacl_bindings = False
            try:
                connect(user='ed')
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
