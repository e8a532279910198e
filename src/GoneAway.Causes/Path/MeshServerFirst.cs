using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>A proxy that guesses protocols waits for the client, who waits for the greeting.</summary>
public sealed class MeshServerFirst : Cause
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);

    public override string Name => "mesh-server-first";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "A proxy waits for the client's first bytes to guess the protocol; MySQL's client waits for the greeting.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        Opening opening = connection.Opening;
        if (opening.FirstServerData is { } server)
            return No("the server side spoke", connection.At(server.Packet));
        if (opening.FirstClientData is { } client)
            return No("the client side spoke", connection.At(client.Packet));
        if ((opening.Established ?? opening.SynAck) is not { } open)
            return No("TCP was never open", connection.At(connection.First.Packet));
        Instant until = connection.Ending?.At.At ?? connection.ObservedUntil;
        TimeSpan silence = until - open.At;
        if (silence < Noticeable)
            return No($"TCP was open for only {Spans.Show(silence)}", connection.At(connection.Last.Packet));
        int greeted = 0, silent = 0;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, connection.First.At + TimeSpan.FromMinutes(-10), until + TimeSpan.FromMinutes(10)))
        {
            greeted += attempt.Outcome == ConnectOutcome.Greeted ? 1 : 0;
            silent += attempt.Outcome == ConnectOutcome.Silent ? 1 : 0;
        }
        if (greeted > 0)
            return No($"{greeted} other connections to the same address were greeted", connection.Source);
        if (silent < 2)
            return new Examination.NotEnough($"nobody spoke for {Spans.Show(silence)}; one such connection does not tell whether the address never greets anyone", Collect(connection));
        return new Examination.Matched
        {
            Grade = Grade.Possible,
            Summary = $"{silent} connections to {connection.Server} were accepted and nobody ever spoke: as behind a service mesh that waits for the client to speak first.",
            ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : connection.EndedBy(Side.Server) ? ClosedBy.Proxy : ClosedBy.Unknown,
            Evidence = [new Evidence($"TCP open, then {Spans.Show(silence)} without a byte from either side", connection.At(open.Packet)), new Evidence($"the same on {silent} connections, none greeted", connection.Source), EndOf(connection)],
            Symptom = new Symptom(2013, "Lost connection to MySQL server at 'reading initial communication packet'"),
            Rivals = ["dns-lookup", "server-stalled"],
            Fix =
            [
                new Fix("istio", "Name the port by protocol (tcp-mysql or appProtocol: tcp); with STRICT mTLS see the mesh's page on server-first protocols."),
                new Fix("any", "Exclude the port from interception, or tell the proxy that it is plain TCP. Time-outs do not help."),
            ],
            CollectNext = [Collect(connection)],
        };
    }

    private static NextStep Collect(Timeline connection) => new(
        $"mysql -h 127.0.0.1 -P {connection.Server.Port} -e 'SELECT 1'   (on the server itself, past any proxy)", ["mesh-server-first", "dns-lookup"]);

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        bool mesh = loss.Stack.Contains("istio") || @case.Sightings.Any(static s => s.Origin == Origin.Proxy && (s.Subject?.Contains("envoy", StringComparison.OrdinalIgnoreCase) == true || s.Stack.Contains("envoy") || s.Stack.Contains("istio")));
        if (mesh && loss.Find(Sign.LostBeforeGreeting, Sign.ConnectTimedOut, Sign.ClientReadTimedOut) is { } silent)
            return Told(Grade.Possible, "No greeting came through a service mesh: a sidecar that waits for the client's first bytes waits for ever, for MySQL's server speaks first.", ClosedBy.Proxy, [silent], "server-stalled", "dns-lookup");
        return Open("whether a service mesh's sidecar stands between");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("network", "Istio: name the port mysql or tcp-mysql (appProtocol: mysql/tcp), or exclude it (traffic.sidecar.istio.io/excludeOutboundPorts: \"3306\"); Linkerd: mark it opaque."),
    ];

    public override string Page => """
        ## What happens
        Service meshes and some firewalls look at the client's first bytes to guess the protocol. In MySQL the *server* speaks first. The
        proxy waits for the client, the client for the greeting; after the proxy's detection time-out (Istio once 5 s, then none) or the
        client's connect time-out the connection ends. No byte was ever sent.

        ## Evidence
        - TCP opens at once, both sides silent, on every connection to that address; on the server host itself logging in works.
        - Envoy's access log: response flags, no upstream.

        ## Looks like it, but is not
        - A slow name lookup delays some greetings, not all, and not for ever: `dns-lookup`.
        - A stalled server accepts (its kernel does) and greets nobody, locally neither.
        - A tunnel whose far end is dead accepts and says nothing either; it closes after its own time-out.
        - A backlog that is full (`ss -ltn`: Recv-Q at Send-Q) leaves the client's side open and the server unaware.

        ## Fix
        Declare the protocol: port name `tcp-...` or `mysql`, `appProtocol: tcp`; or exclude the port.

        ## References
        - Istio, "Protocol Selection: server first protocols"; Linkerd, "Protocol detection and opaque ports".
        """;
}
