namespace GoneAway.Lab.Scenarios;

/// <summary>Three clients come to a proxy that waits for their first bytes. A server that is stuck looks the same on the wire.</summary>
public sealed class MeshServerFirstScenario : Scenario
{
    public override string Name => "mesh-server-first";
    public override string Cause => "mesh-server-first";
    public override string Description => "Three clients come to a proxy that waits for their first bytes. A server that is stuck looks the same on the wire.";
    public override IReadOnlyList<string> AlsoAcceptable => ["dns-lookup"];

    protected override void Act(LabRun run)
    {
        run.StartCapture();
        run.Python("""
            s = socket.create_server(('127.0.0.1', 3306))
            held = []
            def sniff():
                while True:
                    held.append(s.accept()[0])
            threading.Thread(target=sniff, daemon=True).start()
            for _ in range(3):
                try:
                    connect(connect_timeout=3, read_timeout=3)
                except Exception as e:
                    say(repr(e))
            os._exit(0)
            """, 30);
    }
}
