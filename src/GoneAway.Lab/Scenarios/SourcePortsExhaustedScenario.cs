namespace GoneAway.Lab.Scenarios;

/// <summary>The client has four ports for connections to one server, and opens a fifth.</summary>
public sealed class SourcePortsExhaustedScenario : Scenario
{
    public override string Name => "source-ports-exhausted";
    public override string Cause => "source-ports-exhausted";
    public override string Description => "The client has four ports for connections to one server, and opens a fifth.";
    public override bool OnWire => false;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.Network.Run("host", "sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=40000 40003");
        run.StartCapture();
        run.Python("""
            held = []
            try:
                for _ in range(9):
                    held.append(connect())
            except Exception as e:
                say(len(held), repr(e))
            """, 30);
        run.Note("sysctl.txt", "host", "sysctl", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse");
        run.Network.Run("host", "sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=32768 60999");
    }
}
