using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Scenarios;

/// <summary>The client checks the server certificate against another authority (TLS 1.2, where the alert is in the clear).</summary>
public sealed class TlsMismatchScenario : Scenario
{
    public override string Name => "tls-mismatch";
    public override string Cause => "tls-mismatch";
    public override string Description => "The client checks the server certificate against another authority (TLS 1.2, where the alert is in the clear).";
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/bin/openssl"];

    protected override void Act(LabRun run)
    {
        foreach (string name in (ReadOnlySpan<string>)["server", "other"])
            if (Program.RunHere("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", Path.Combine(run.Work, name + ".key"), "-out", Path.Combine(run.Work, name + ".pem")) is { } error)
                throw new LabException("openssl: " + error);
        run.StartServer($"--ssl-cert={run.Work}/server.pem", $"--ssl-key={run.Work}/server.key", "--tls-version=TLSv1.2");
        run.StartCapture();
        run.Python("""
            try:
                connect(ssl={'ca': os.environ['WORK'] + '/other.pem', 'check_hostname': False})
            except Exception as e:
                say(repr(e))
            """, 30);
    }
}
