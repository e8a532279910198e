namespace GoneAway.Lab.Scenarios;

/// <summary>The server resolves names and its resolver does not answer; the client gives up before the greeting comes. Its later connect finds the name in the cache.</summary>
public sealed class DnsLookupScenario : Scenario
{
    public override string Name => "dns-lookup";
    public override string Cause => "dns-lookup";
    public override string Description => "The server resolves names and its resolver does not answer; the client gives up before the greeting comes. Its later connect finds the name in the cache.";
    public override bool Routed => true;

    protected override void Act(LabRun run)
    {
        run.Network.WriteEtc("server", "resolv.conf", "nameserver 10.77.0.99\noptions timeout:4 attempts:1\n");
        run.StartServer("--skip-name-resolve=0");
        run.StartCapture();
        run.Python("""
            try:
                connect(connect_timeout=2, read_timeout=2)
            except Exception as e:
                say(repr(e))
            for attempt in range(100):
                try:
                    connect(connect_timeout=20).close()
                    break
                except Exception as e:
                    time.sleep(0.2)
            say('done')
            """, 60);
    }
}
