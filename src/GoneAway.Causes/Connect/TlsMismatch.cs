using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>TLS is required, refused or fails.</summary>
public sealed class TlsMismatch : Cause
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    public override string Name => "tls-mismatch";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "Client and server do not agree on TLS: version, certificate, or whether to use it at all.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        Identity identity = connection.Identity;
        if (connection.Stage == Stage.Commands)
            return No("the login succeeded without TLS", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (ErrorOf(connection, ErrorCode.SecureTransportRequired) is { } required)
            return Found(connection, Grade.Proven, "The server (require_secure_transport) or the account takes TLS only; the client logged in without it.", [EvidenceOf(connection, required)], new Symptom(required.Code, required.Message));
        if (connection.Ending?.Alert is { Level: 2 } alert)
            return Found(connection, Grade.Proven, $"The TLS handshake failed: the {(alert.By == Side.Client ? "client" : "server")} sent alert {alert.Description} ({NameOf(alert.Description)}).",
                [new Evidence($"TLS alert, fatal, {alert.Description} {NameOf(alert.Description)}, by the {(alert.By == Side.Client ? "client" : "server")}", connection.At(alert.At.Packet)), EndOf(connection)],
                new Symptom(2026, "SSL connection error: " + NameOf(alert.Description)));
        if (connection.Stage == Stage.Encrypted && connection.Ending is { } ended && ended.At.At - (connection.Opening.TlsRequest?.At ?? ended.At.At) < AtOnce
            && connection.ClientActivity.Bytes < 1500 && connection.Work.Pending is null)
            return Found(connection, Grade.Possible, $"The connection ended {Spans.Show(ended.At.At - connection.Opening.TlsRequest!.Value.At)} after TLS was asked for: the TLS handshake or the login inside it failed.",
                [new Evidence("SSLRequest", connection.At(connection.Opening.TlsRequest!.Value.Packet)), EndOf(connection)], new Symptom(2026, "SSL connection error"));
        bool refusedByClient = connection.Stage == Stage.AwaitingLogin && connection.EndedBy(Side.Client) && connection.ClientActivity.Bytes == 0
            && identity.ServerCapabilities != 0 && (identity.ServerCapabilities & Capabilities.Ssl) == 0;
        if (refusedByClient)
            return Found(connection, Grade.Possible, "The server offers no TLS; the client closed right after the greeting, as clients do that insist on it (ssl-mode=REQUIRED).",
                [new Evidence("greeting without CLIENT_SSL", connection.At(connection.Opening.Greeting!.Value.Packet)), EndOf(connection)], new Symptom(2026, "SSL connection error: SSL is required but the server doesn't support it"));
        return connection.Opening.TlsRequest is { } request
            ? No("TLS was agreed on and carried data; no alert was sent in the clear", connection.At(request.Packet))
            : No("TLS was neither asked for nor required", connection.Source);
    }

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, IReadOnlyList<Evidence> evidence, Symptom symptom) => new()
    {
        Grade = grade,
        Summary = summary,
        ClosedBy = CloserOf(connection),
        Evidence = evidence,
        Symptom = symptom,
        Rivals = grade == Grade.Proven ? [] : ["client-vanished", "auth-plugin-mismatch"],
        Fix =
        [
            new Fix("any", "Give the client the CA that signed the server's certificate and a host name that stands in it; check validity dates. MySQL 8.0.28 and newer take TLS 1.2 and 1.3 only."),
            new Fix("server", "SHOW GLOBAL VARIABLES LIKE 'tls_version'; SHOW GLOBAL STATUS LIKE 'Ssl_server_not_after'. ALTER INSTANCE RELOAD TLS takes a renewed certificate without a restart."),
        ],
        CollectNext = [new NextStep($"openssl s_client -starttls mysql -connect {connection.Server} -brief </dev/null", ["tls-mismatch", "auth-plugin-mismatch"])],
    };

    private static string NameOf(byte description) => description switch
    {
        10 => "unexpected_message",
        20 => "bad_record_mac",
        40 => "handshake_failure",
        42 => "bad_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        112 => "unrecognized_name",
        116 => "certificate_required",
        _ => "alert " + description,
    };

    private static readonly string[] Endings = ["unexpected eof", "Connection reset", "Broken pipe", "SSL_ERROR_SYSCALL", "error: 0,", "when dumping table"];

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        // Every end of a TLS connection without a word reads like this.
        if (loss.Find(Sign.TlsFailed) is { } cut && Endings.Any(word => cut.Text.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return Told(Grade.Possible, "The connection ended without a word while it was encrypted, in the TLS handshake or long after it: whatever ends a connection ends one with TLS so.", ClosedBy.Unknown, [cut], "wait-timeout", "killed", "server-crash", "proxy-idle-timeout");
        if ((loss.Find(Sign.TlsFailed) ?? loss.Said(3159)) is { } said)
            return Told(said.Origin == Origin.Proxy ? Grade.Likely : Grade.Proven, said.Code == 3159 ? "The server accepts this login over TLS only." : "Client and server could not agree on TLS: version, certificate or its trust.", said.Code == 3159 ? ClosedBy.Server : ClosedBy.Unknown, [said, @case.Setting("tls_version"), @case.Setting("require_secure_transport")]);
        if (@case.Setting("require_secure_transport") is { Value: "ON" or "1" } required)
            return Told(Grade.Possible, "The server accepts TLS connections only.", ClosedBy.Server, [required]);
        return loss.Find(Sign.LostDuringLogin) is not null ? Open("whether TLS was being set up when the login broke off") : No("nothing in it speaks of TLS", loss.Source);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Look at what each side offers: openssl s_client -starttls mysql -connect HOST:3306; update a client that knows only TLS 1.0/1.1, or give it the server's CA."),
        new("server", "tls_version = TLSv1.2,TLSv1.3; renew the certificate before it expires (ALTER INSTANCE RELOAD TLS)."),
        new("do not", "Do not switch verification off to make the error go away."),
    ];

    public override string Page => """
        ## What happens
        After the greeting the client may ask for TLS (SSLRequest). Then the handshake can fail: unknown CA (48), expired (45) or bad (42)
        certificate, no common version (70) or cipher (40). Or one end insists and the other does not: 3159 `Connections using insecure
        transport are prohibited`, or a client with ssl-mode=REQUIRED that leaves when the greeting offers no TLS.

        ## Evidence
        - TLS 1.2: the alert is in the clear, with its number. TLS 1.3 encrypts most alerts of the client: only the order and sizes remain,
          so the wire says "failed here" and the client's log must say why.
        - ERR 3159 after a login without TLS.
        - Server: `Ssl_accepts` runs ahead of `Ssl_finished_accepts`; a bare `Got an error reading communication packets` note.

        ## Looks like it, but is not
        - A login refused *inside* TLS (1045) looks the same from outside: two or three small records, then the close.
        - A TLS hello sent first, without MySQL's greeting: see `not-mysql-traffic`.
        - An alert `close_notify` (level 1) is an orderly goodbye.

        ## Fix
        Give the right CA to the client, renew certificates in time, allow a common version. Do not set ssl-mode=DISABLED or
        verify off in production: with caching_sha2_password logins then fail for another reason.

        ## References
        - MySQL manual, "Using Encrypted Connections", error 3159; RFC 8446, 6 "Alert Protocol".
        """;
}
