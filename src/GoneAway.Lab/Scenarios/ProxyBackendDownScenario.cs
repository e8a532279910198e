using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>HAProxy marks its server down while a statement runs, because the port of its health check is closed, and cuts the sessions.</summary>
public sealed class ProxyBackendDownScenario : Scenario
{
    public override string Name => "proxy-backend-down";
    public override string Cause => "proxy-backend-down";
    public override string Description => "HAProxy marks its server down while a statement runs, because the port of its health check is closed, and cuts the sessions.";
    public override bool OnWire => false;
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        Program check = run.Start("/usr/bin/python3", "-c", "import socket,time\ns=socket.create_server(('127.0.0.1',3399))\nwhile True: s.accept()[0].close()");
        run.StartHaproxy(3306, "3307 check port 3399 inter 200ms fall 2 on-marked-down shutdown-sessions", seconds: 60);
        run.StartCapture();
        Program client = run.StartPython("""
            c = connect_soon()
            say('busy')
            try:
                run(c, 'SELECT SLEEP(20)')
            except Exception as e:
                say(repr(e))
            """);
        client.WaitForOutput("busy", TimeSpan.FromSeconds(20));
        check.Dispose();
        run.Finish(client);
    }
}
