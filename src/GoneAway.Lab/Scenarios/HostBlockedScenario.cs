using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>A client breaks off handshakes until the server blocks its address, then connects properly.</summary>
public sealed class HostBlockedScenario : Scenario
{
    public override string Name => "host-blocked";
    public override string Cause => "host-blocked";
    public override string Description => "A client breaks off handshakes until the server blocks its address, then connects properly.";
    public override Cure Cure => new();
    public override bool Routed => true;

    protected override void Act(LabRun run)
    {
        run.Network.WriteEtc("server", "hosts", $"{Network.ClientAddress} probe.example\n{Network.ServerAddress} db.example\n");
        run.StartServer("--skip-name-resolve=0", "--max-connect-errors=2");
        run.StartCapture();
        run.Python("""
            host = os.environ['DB_HOST']
            # As a health check does, until the server has had enough.
            for _ in range(100):
                s = socket.create_connection((host, port))
                greeting = s.recv(1000)
                s.close()
                if b'blocked' in greeting:
                    break
                time.sleep(0.02)
            try:
                connect()
            except Exception as e:
                say(repr(e))
            """, 60);
    }
}
