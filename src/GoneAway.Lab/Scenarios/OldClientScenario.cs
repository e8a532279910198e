namespace GoneAway.Lab.Scenarios;

/// <summary>A client logs in as clients did before MySQL 4.1.</summary>
public sealed class OldClientScenario : Scenario
{
    public override string Name => "old-client";
    public override string Cause => "old-client";
    public override string Description => "A client logs in as clients did before MySQL 4.1.";

    public override bool OnMySql => true;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Python("""
            s = socket.create_connection(('127.0.0.1', 3306))
            s.recv(1000)
            body = b'\x85\x24\x00\x00\x00' + b'app\x00' + b'JLDP]`ZN\x00'
            s.sendall(bytes([len(body), 0, 0, 1]) + body)
            say(s.recv(1000))
            say(s.recv(1000))
            s.close()
            """, 30);
    }
}
