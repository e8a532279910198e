using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The server has no file descriptor left and cannot accept connections.</summary>
public sealed class OutOfDescriptorsScenario : Scenario
{
    public override string Name => "out-of-descriptors";
    public override string Cause => "out-of-descriptors";
    public override string Description => "The server has no file descriptor left and cannot accept connections.";
    public override bool OnWire => false;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/bin/prlimit"];

    protected override void Act(LabRun run)
    {
        DatabaseServer server = run.StartServer();
        run.StartCapture();
        run.Python("say('before'); connect().close()");
        run.Network.Run("host", "prlimit", $"--pid={server.Id}", "--nofile=20:");
        run.Python("""
            try:
                connect(connect_timeout=3, read_timeout=3)
            except Exception as e:
                say(repr(e))
            """, 30);
        server.WaitForLog("oo many open files", TimeSpan.FromSeconds(10));
        run.Network.Run("host", "prlimit", $"--pid={server.Id}", "--nofile=500:");
    }
}
