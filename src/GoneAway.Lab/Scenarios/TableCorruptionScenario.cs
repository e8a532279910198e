using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>Pages of a table are damaged on disk; a statement that reads them ends the server.</summary>
public sealed class TableCorruptionScenario : Scenario
{
    public override string Name => "table-corruption";
    public override string Cause => "table-corruption";
    public override string Description => "Pages of a table are damaged on disk; a statement that reads them ends the server.";
    public override bool OnMySql => true;
    public override bool OnMariaDb => false;
    public override bool OnWire => false;

    protected override void Act(LabRun run)
    {
        DatabaseServer server = run.StartServer();
        run.Python("""
            c = connect()
            run(c, "CREATE TABLE t (a INT PRIMARY KEY AUTO_INCREMENT, b VARCHAR(200), KEY(b))")
            for _ in range(60):
                run(c, "INSERT INTO t (b) VALUES " + ",".join("(REPEAT('x', 180))" for _ in range(50)))
            run(c, 'COMMIT')
            """);
        server.Stop();
        string table = Path.Combine(run.Work, "data", "shop", "t.ibd");
        using (FileStream file = File.OpenWrite(table))
            for (int page = 4; page < file.Length / 16384; page++)
            {
                file.Position = page * 16384 + 64;
                file.Write(new byte[2000]);
            }
        run.StartServer();
        run.StartCapture();
        run.Python("""
            for _ in range(2):
                try:
                    c = connect()
                    run(c, 'SELECT COUNT(*), MAX(b) FROM t FORCE INDEX (b)')
                    run(c, 'SELECT SUM(LENGTH(b)) FROM t')
                    say('it went through')
                except Exception as e:
                    say(repr(e))
            """, 60);
    }
}
