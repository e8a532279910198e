namespace GoneAway.Lab.Scenarios;

/// <summary>A Galera node refuses statements, as it does while it is out of its cluster.</summary>
public sealed class ServerNotReadyScenario : Scenario
{
    public override string Name => "server-not-ready";
    public override string Cause => "server-not-ready";
    public override string Description => "A Galera node refuses statements, as it does while it is out of its cluster.";
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/lib/galera/libgalera_smm.so"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--wsrep-on=ON", "--wsrep-provider=/usr/lib/galera/libgalera_smm.so", "--wsrep-cluster-address=gcomm://", "--wsrep-node-address=127.0.0.1", "--binlog-format=ROW", "--default-storage-engine=InnoDB", "--innodb-autoinc-lock-mode=2");
        run.StartCapture();
        run.Python("""
            c = connect()
            run(c, 'SELECT 1')
            run(c, "SET GLOBAL wsrep_reject_queries=ALL")
            for _ in range(200):
                try:
                    run(c, 'SELECT COUNT(*) FROM mysql.user')
                    time.sleep(0.1)
                except Exception as e:
                    say(repr(e))
                    break
            """, 40);
    }
}
