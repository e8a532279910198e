namespace GoneAway.Lab.Scenarios;

/// <summary>A client calls a procedure and leaves with results still due. Seen on the wire it may as well have been killed.</summary>
public sealed class CommandsOutOfSyncScenario : Scenario
{
    public override string Name => "commands-out-of-sync";
    public override string Cause => "commands-out-of-sync";
    public override string Description => "A client calls a procedure and leaves with results still due. Seen on the wire it may as well have been killed.";
    public override IReadOnlyList<string> AlsoAcceptable => ["client-vanished"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--net-buffer-length=1024");
        run.StartCapture();
        run.Python("""
            import pymysql.constants.CLIENT as F
            c = connect(client_flag=F.MULTI_STATEMENTS)
            cur = c.cursor()
            cur.execute('SELECT 1; SELECT SLEEP(2); SELECT 3')
            say(cur.fetchall())
            time.sleep(0.3)
            os._exit(0)
            """, 30);
    }
}
