namespace GoneAway.Lab.Scenarios;

/// <summary>A policy of the client's host forbids connections to the server: no packet leaves it.</summary>
public sealed class ConnectForbiddenScenario : Scenario
{
    public override string Name => "connect-forbidden";
    public override string Cause => "connect-forbidden";
    public override string Description => "A policy of the client's host forbids connections to the server: no packet leaves it.";
    public override bool Routed => true;
    public override bool OnWire => false;

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.Network.Run("client", "ip", "route", "add", "prohibit", Parts.Network.ServerAddress);
        run.StartCapture();
        run.Python("""
            try:
                connect(connect_timeout=4)
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
