using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>A proxy announces the client's address to a server that does not expect it.</summary>
public sealed class ProxyProtocolHeader : Cause
{
    public override string Name => "proxy-protocol-header";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "A proxy sent a PROXY protocol header to a server that does not take one from it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        ReadOnlySpan<byte> bytes = connection.Opening.FirstClientBytes.Span;
        bool header = Bytes.IsProxyHeader(bytes);
        ServerError? refusal = ErrorOf(connection, ErrorCode.HostNotPrivileged, ErrorCode.PacketsOutOfOrder, ErrorCode.HandshakeError);
        bool named = refusal is { Code: ErrorCode.HostNotPrivileged } && refusal.Message.Contains("roxy header", StringComparison.Ordinal);
        if (!header && !named)
            return No("no PROXY protocol header was sent", connection.At(connection.Opening.FirstClientData?.Packet ?? connection.First.Packet));
        if (connection.Stage == Stage.Commands)
            return No("the server took the PROXY header: the login succeeded", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (refusal is { Code: ErrorCode.HostNotPrivileged } && !named)
            return No("the server took the header, and then refused the host that it announces", connection.At(refusal.At.Packet));
        var evidence = new List<Evidence>();
        if (header)
            evidence.Add(new Evidence($"the first bytes from {connection.Client.Address}: {Bytes.Quote(bytes)}", connection.At(connection.Opening.FirstClientData!.Value.Packet)));
        if (refusal is not null)
            evidence.Add(EvidenceOf(connection, refusal));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = refusal is not null ? Grade.Proven : Grade.Likely,
            Summary = $"The proxy at {connection.Client.Address} sends a PROXY protocol header; {(connection.Identity.IsMariaDb || named ? "the server's proxy_protocol_networks does not list it" : "this server does not take any")}.",
            ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Server,
            Evidence = evidence,
            Symptom = refusal is null ? null : new Symptom(refusal.Code, refusal.Message),
            Fix =
            [
                new Fix("haproxy", "Remove send-proxy / send-proxy-v2 from the server line (health checks: check-send-proxy)."),
                new Fix("server", $"MariaDB and Percona Server: proxy_protocol_networks={connection.Client.Address} admits it. MySQL itself has no PROXY protocol."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        foreach (Sighting one in loss.Sightings)
            if (one is { Sign: Sign.ServerSaid, Code: 1130 } && one.Text.Contains("roxy header", StringComparison.Ordinal))
                return Told(Grade.Proven, "A PROXY header came from an address that the server does not accept one from.", ClosedBy.Server, [one]);
        if (Testimony.Around(loss, @case, Sign.ProxyHeaderRefused) is (var header, true) && (loss.Phases & (Phases.Connect | Phases.Login)) != 0)
            return Told(Grade.Likely, "A proxy expected a PROXY header and got something else, or got one where it expects none.", ClosedBy.Proxy, [header, loss.Told], "not-mysql-traffic");
        Fact? sends = @case.All(FactKind.Proxy, "send-proxy").Concat(@case.All(FactKind.Proxy, "send-proxy-v2")).FirstOrDefault();
        if (sends is null)
            return Open("whether a proxy in front sends PROXY headers");
        Sighting? refused = loss.Find(Sign.BadHandshake, Sign.ServerPacketsOutOfOrder, Sign.AbortedUnauthenticated, Sign.LostDuringLogin) ?? loss.Said(1156, 1043, 1130);
        return refused is null
            ? Told(Grade.Possible, "The proxy sends PROXY headers; a server that expects none refuses them.", ClosedBy.Server, [sends])
            : Told(Grade.Likely, "The proxy sends a PROXY header and the server could not make sense of the first bytes.", ClosedBy.Server, [sends, refused]);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("haproxy", "Remove send-proxy / send-proxy-v2 from the server line, or let the server accept it: proxy_protocol_networks (MariaDB, Percona Server); MySQL has no such setting."),
    ];

    public override string Page => """
        ## What happens
        A load balancer (HAProxy `send-proxy`, an AWS NLB with proxy protocol v2, nginx stream `proxy_protocol on`) puts the client's
        address in front of the stream. A server that does not expect it reads `PROX` as a packet header (sequence 88, 'X'):
        MySQL answers ERR 1156, MariaDB ERR 1130 `Proxy header is not accepted from ...` when the sender is not listed.

        ## Evidence
        - First bytes `PROXY TCP4 ...` or 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A.
        - The server's 1156 or 1130, sequence 1.
        - HAProxy logs such sessions with CD or SD and some 116 bytes.

        ## Looks like it, but is not
        - 1130 about the *host* is an account matter: `host-not-allowed`.
        - The reverse (server insists on a header, the proxy sends none) ends in silence; MariaDB takes both from listed networks.

        ## Fix
        Both ends must agree: drop send-proxy, or list the proxy in `proxy_protocol_networks` (MariaDB 10.3+, Percona Server).
        Never list 0.0.0.0/0: then anybody can claim any address.

        ## References
        - haproxy/doc/proxy-protocol.txt; MariaDB manual, "Proxy Protocol Support".
        """;
}
