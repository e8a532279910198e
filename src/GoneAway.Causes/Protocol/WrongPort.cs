using GoneAway.Model;

namespace GoneAway.Causes.Protocol;

/// <summary>A MySQL client reached a service that is not MySQL.</summary>
public sealed class WrongPort : Cause
{
    public override string Name => "wrong-port";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "What answered on that port is not a MySQL server.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Opening.Greeting is { } greeting)
            return No("a MySQL server greeted", connection.At(greeting.Packet));
        if (connection.Errors.Count > 0)
            return No("a MySQL server answered with an ERR packet", connection.At(connection.Errors[0].At.Packet));
        if (connection.Opening.FirstServerData is not { } first)
            return connection.Opening.Refused is not null
                ? No("nothing listened there at all", connection.Source)
                : new Examination.NotEnough("the server side never said anything, so it cannot be told what it is");
        if (connection.Opening.Syn is null && connection.Opening.SynAck is null)
            return new Examination.NotEnough("the capture begins in the middle of the connection: the first bytes of the server are not in it");
        if (connection.HasGaps)
            return new Examination.NotEnough("parts of the connection are missing from the capture: a greeting may be among them");
        ReadOnlySpan<byte> bytes = connection.Opening.FirstServerBytes.Span;
        string? protocol = Bytes.ServerProtocol(bytes);
        bool spokeFirst = connection.Opening.FirstClientData is not { } client || client.At > first.At;
        string sequence = bytes.Length > 3 ? $"; drivers read its fourth byte as a sequence number, {bytes[3]}" : "";
        return new Examination.Matched
        {
            Grade = protocol is not null and not "some line of text" && spokeFirst ? Grade.Proven : Grade.Likely,
            Summary = $"{connection.Server} answered with {protocol ?? "bytes of another protocol"}, not with a MySQL greeting: wrong address or port.",
            ClosedBy = CloserOf(connection),
            Evidence = [new Evidence($"the server's first bytes: {Bytes.Quote(bytes)}{sequence}", connection.At(first.Packet)), EndOf(connection)],
            Symptom = new Symptom(2013, "Lost connection to MySQL server at 'reading initial communication packet'"),
            Fix =
            [
                new Fix("any", protocol?.StartsWith('X') == true ? "33060 is the X Protocol's port; classic clients want 3306." : "Correct host and port in the client's configuration; a tunnel or container may publish another port than you think."),
                new Fix("haproxy", "A listener for MySQL needs `mode tcp`; in `mode http` HAProxy answers with HTTP text."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.GreetingNotMySql) is not { } strange)
            return loss.Phases == Phases.Login ? No("a MySQL server greeted", loss.Source) : Open("the first bytes that came instead of a greeting");
        string what = strange.SequenceReceived switch
        {
            80 => " (the byte is the P of \"HTTP\")",
            88 => " (the byte is the X of \"PROXY\")",
            32 => " (a text banner, as of SSH or SMTP)",
            _ => "",
        };
        return Told(strange.SequenceReceived is 80 or 88 ? Grade.Proven : Grade.Likely, $"What answered on that port is no MySQL server{what}.", ClosedBy.Unknown, [strange]);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Check host and port in the client's configuration: who listens there (ss -ltnp on that host), and does the proxy in front run in TCP mode?"),
        new("haproxy", "mode tcp in the section (mode http answers MySQL clients with HTTP)."),
    ];

    public override string Page => """
        ## What happens
        The client waits for a greeting and gets something else: HTTP, an SSH banner, SMTP, Redis, the X Protocol of port 33060.
        Drivers say `Packet sequence number wrong - got 80 expected 0` (80 is the 'P' of HTTP), `Protocol mismatch` (2007),
        `unexpected sequence nr`, or a lost connection at `reading initial communication packet`.

        ## Evidence
        - The server's first bytes. The fourth is what drivers call the sequence number: 80 'P' of HTTP, 45 '-' of SSH-, 32 a banner.
        - First payload byte 0x0B: X Protocol.

        ## Looks like it, but is not
        - The client speaks first and not MySQL: `not-mysql-traffic`.
        - Sequence number 1 instead of 0 *after* a login is something else altogether.
        - Nobody says a word: `mesh-server-first`, `dns-lookup`.
        Variants: a proxy in `mode http` answers 400 or 408 after its own time-out; a tunnel (ssh -L, kubectl port-forward) accepts the
        connection itself and closes it when its far end is refused: then there are no bytes at all.

        ## Fix
        The right port. For HAProxy `mode tcp`. For tunnels: what does the far end connect to?

        ## References
        - MySQL "Protocol::Handshake"; X Protocol `mysqlx.proto` (NOTICE is 11).
        """;
}
