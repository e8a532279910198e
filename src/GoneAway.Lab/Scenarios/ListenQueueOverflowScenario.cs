using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The server stands still and its listen queue of two is full: the kernel drops further connects.</summary>
public sealed class ListenQueueOverflowScenario : Scenario
{
    public override string Name => "listen-queue-overflow";
    public override string Cause => "listen-queue-overflow";
    public override string Description => "The server stands still and its listen queue of two is full: the kernel drops further connects.";
    public override bool OnWire => false;
    public override IReadOnlyList<string> AlsoAcceptable => ["network-loss", "server-stalled"];
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/bin/nstat"];

    protected override void Act(LabRun run)
    {
        DatabaseServer server = run.StartServer("--back-log=2");
        run.StartCapture();
        run.Python("say('before'); connect().close()");
        server.Signal("STOP");
        run.Python("""
            held = []
            for _ in range(3):
                s = socket.socket()
                s.settimeout(1)
                try:
                    s.connect(('127.0.0.1', 3306))
                except Exception:
                    pass
                held.append(s)
            try:
                connect(connect_timeout=4)
            except Exception as e:
                say(repr(e))
            """, 30);
        run.Note("nstat.txt", "host", "nstat", "-az", "TcpExtListenOverflows", "TcpExtListenDrops");
        server.Signal("CONT");
    }
}
