using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>A client of another protocol came to the port.</summary>
public sealed class NotMySqlTraffic : Cause
{
    public override string Name => "not-mysql-traffic";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "A client that does not speak MySQL connected to the server's port.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is Stage.Commands)
            return No("a MySQL login succeeded on this connection", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (connection.Opening.FirstClientData is not { } first)
            return No("the client sent nothing at all", connection.Source);
        if (connection.Opening.Login is { } login)
            return No("the client sent a MySQL login", connection.At(login.Packet));
        if (connection.Opening.TlsRequest is { } request)
            return No("the client sent a MySQL SSLRequest", connection.At(request.Packet));
        ReadOnlySpan<byte> bytes = connection.Opening.FirstClientBytes.Span;
        if (Bytes.IsProxyHeader(bytes))
            return No("the first bytes are a PROXY protocol header", connection.At(first.Packet));
        if (connection.Stage == Stage.Unknown)
            return new Examination.NotEnough("the capture begins in the middle of the connection", new NextStep($"tcpdump -i any -s 0 -w all.pcap port {connection.Server.Port}", [Name]));
        string? protocol = Bytes.ClientProtocol(bytes);
        if (connection.HasGaps)
            return new Examination.NotEnough("parts of the connection are missing from the capture: a login may be among them", new NextStep($"tcpdump -i any -s 0 -B 65536 -w all.pcap port {connection.Server.Port}", [Name, "stray-bytes"]));
        ServerError? error = ErrorOf(connection, ErrorCode.PacketsOutOfOrder, ErrorCode.HandshakeError, ErrorCode.NetRead);
        if (protocol is null && error is null && !Bytes.IsText(bytes) && connection.Opening.Greeting is null)
            return new Examination.NotEnough("the client spoke first, in no protocol that is known here, and no MySQL server answered");
        var evidence = new List<Evidence> { new($"the client's first bytes: {Bytes.Quote(bytes)}" + (protocol is null ? "" : $" = {protocol}"), connection.At(first.Packet)) };
        if (error is not null)
            evidence.Add(EvidenceOf(connection, error));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = protocol is not null ? Grade.Proven : Grade.Likely,
            Summary = $"{connection.Client.Address} sent {protocol ?? "something that is not MySQL"} to the MySQL port: no application lost a connection here.",
            ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Server,
            Evidence = evidence,
            Symptom = error is null ? null : new Symptom(error.Code, error.Message),
            Fix =
            [
                new Fix("any", $"Find what runs on {connection.Client.Address} and points there (browser, health check of the wrong kind, scanner, wrong port in a configuration) and stop it: each try counts towards max_connect_errors."),
                new Fix("server", "Let the firewall admit only application hosts."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? order = loss.Find(Sign.ServerPacketsOutOfOrder, Sign.BadHandshake) ?? loss.Said(1156, 1043);
        if (order is { Origin: Origin.Server, User: null })
            return Told(Grade.Possible, "Something that does not speak MySQL (a browser, a TLS hello, a scanner, a health check) connected to the port.", ClosedBy.Server, [order], "proxy-protocol-header", "old-client");
        return loss.Find(Sign.AbortedUnauthenticated) is { } unheard
            ? Told(Grade.Possible, "Somebody connected and never logged in: a health check, a port scan, or a client that was cut off.", ClosedBy.Client, [unheard], "handshake-timeout", "client-vanished")
            : Open("the first bytes that the client sent");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Find the sender by its address and time; close the port to it, or give the health check a real login (HAProxy: option mysql-check user ..., which needs mysql_native_password)."),
    ];

    public override string Page => """
        ## What happens
        A browser, an HTTP health check, a TLS client that starts at once, an SSH or Redis client, a port scanner comes to MySQL's port.
        The server greets, reads what cannot be a packet, answers ERR 1156 (sequence 1; `GET ` reads as sequence 32, a blank) or 1043 and closes.

        ## Evidence
        - The client's first bytes, shown as they are.
        - ERR 1156 with sequence 1, or 1043 `Bad handshake`; `Aborted_connects` moves; MariaDB logs `closed normally without authentication`.

        ## Looks like it, but is not
        - After a good login it is one of your own processes: `stray-bytes`.
        - `PROXY ...` or its binary form: a load balancer, see `proxy-protocol-header`.
        - Connect and close without a byte: a plain TCP health check.
        - A MySQL client at another service's port is the reverse: `wrong-port`.

        ## Fix
        Correct the sender. Left alone it fills the host cache until the address is blocked (`host-blocked`), and if that address is a
        proxy's, everybody is out.

        ## References
        - `sql-common/net_serv.cc`; MySQL manual, "Communication Errors and Aborted Connections".
        """;
}
