using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>HAProxy announces the client with a PROXY header to a server that does not take it. The capture is of the leg behind the proxy.</summary>
public sealed class ProxyProtocolHeaderScenario : Scenario
{
    public override string Name => "proxy-protocol-header";
    public override string Cause => "proxy-protocol-header";
    public override string Description => "HAProxy announces the client with a PROXY header to a server that does not take it. The capture is of the leg behind the proxy.";
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        Program proxy = run.StartHaproxy(3390, "3306 send-proxy", seconds: 5);
        run.StartCapture();
        run.Python("""
            for attempt in range(50):
                try:
                    socket.create_connection(('127.0.0.1', 3390)).close()
                    break
                except Exception:
                    time.sleep(0.1)
            try:
                connect(port=3390)
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
