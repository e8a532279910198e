using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The server waits for space on a full disk in the middle of an INSERT; the client gives up.</summary>
public sealed class ServerDiskFullScenario : Scenario
{
    public override string Name => "server-disk-full";
    public override string Cause => "server-stalled";
    public override string Description => "The server waits for space on a full disk in the middle of an INSERT; the client gives up.";
    public override bool OnWire => false;
    public override IReadOnlyList<string> AlsoAcceptable => ["client-read-timeout"];

    protected override void Act(LabRun run)
    {
        string small = Path.Combine(run.Work, "small");
        Directory.CreateDirectory(small);
        if (Program.RunHere("mount", "-t", "tmpfs", "-o", "size=4m,mode=0777", "tmpfs", small) is { } error)
            throw new LabException("cannot make a small disk: " + error);
        try
        {
            DatabaseServer server = run.StartServer();
            run.StartCapture();
            run.Python($"small = '{small}'" + """

                c = connect(read_timeout=5)
                run(c, f"CREATE TABLE t (a LONGBLOB) ENGINE=MyISAM DATA DIRECTORY='{small}'")
                try:
                    for _ in range(10):
                        run(c, "INSERT INTO t VALUES (REPEAT('x', 1000000))")
                except Exception as e:
                    say(repr(e))
                """, 30);
            server.WaitForLog("isk is full", TimeSpan.FromSeconds(20));
        }
        finally
        {
            Program.RunHere("umount", "-l", small);
        }
    }
}
