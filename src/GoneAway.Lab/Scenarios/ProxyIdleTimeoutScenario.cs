using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>Four clients stay idle behind HAProxy for longer than its time-outs (2 s); wait_timeout is hours away.</summary>
public sealed class ProxyIdleTimeoutScenario : Scenario
{
    public override string Name => "proxy-idle-timeout";
    public override string Cause => "proxy-idle-timeout";
    public override string Description => "Four clients stay idle behind HAProxy for longer than its time-outs (2 s); wait_timeout is hours away.";
    public override Cure Cure => new();
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/sbin/haproxy"];

    protected override void Act(LabRun run)
    {
        run.StartServer("--port=3307");
        Program proxy = run.StartHaproxy(3306, "3307", seconds: 2);
        run.StartCapture();
        run.Python("""
            def idle(delay):
                time.sleep(delay)
                c = connect_soon()
                run(c, 'SELECT 1')
                time.sleep(3.2)
                try:
                    run(c, 'SELECT 2')
                except Exception as e:
                    say(repr(e))
            ts = [threading.Thread(target=idle, args=(n * 0.7,)) for n in range(4)]
            for t in ts: t.start()
            for t in ts: t.join()
            """, 30);
    }
}
