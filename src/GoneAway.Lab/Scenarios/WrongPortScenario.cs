namespace GoneAway.Lab.Scenarios;

/// <summary>A client connects to a server that greets as SSH does.</summary>
public sealed class WrongPortScenario : Scenario
{
    public override string Name => "wrong-port";
    public override string Cause => "wrong-port";
    public override string Description => "A client connects to a server that greets as SSH does.";

    protected override void Act(LabRun run)
    {
        run.StartCapture();
        run.Python("""
            s = socket.create_server(('127.0.0.1', 3306))
            def ssh():
                c, _ = s.accept()
                c.sendall(b'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n')
                c.recv(100)
            threading.Thread(target=ssh, daemon=True).start()
            try:
                connect()
            except Exception as e:
                say(repr(e))
            os._exit(0)
            """, 30);
    }
}
