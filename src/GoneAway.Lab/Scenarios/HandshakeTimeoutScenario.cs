namespace GoneAway.Lab.Scenarios;

/// <summary>A client takes the greeting and does not log in for longer than connect_timeout (2 s).</summary>
public sealed class HandshakeTimeoutScenario : Scenario
{
    public override string Name => "handshake-timeout";
    public override string Cause => "handshake-timeout";
    public override string Description => "A client takes the greeting and does not log in for longer than connect_timeout (2 s).";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer("--connect-timeout=2");
        run.StartCapture();
        run.Python("""
            s = socket.create_connection(('127.0.0.1', 3306))
            s.recv(1000)
            try:
                say(s.recv(1000))
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
