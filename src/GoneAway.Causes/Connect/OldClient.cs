using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>The client speaks the protocol as it was before MySQL 4.1.</summary>
public sealed class OldClient : Cause
{
    public override string Name => "old-client";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The client speaks the protocol of before MySQL 4.1, which the server no longer takes.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        Identity identity = connection.Identity;
        bool switchedToOld = connection.LastEvents.Any(static e => e is { Kind: EventKind.AuthExchange, Side: Side.Server, Text: "mysql_old_password" });
        bool oldLogin = connection.Opening.Login is not null && identity.ClientCapabilities != 0 && (identity.ClientCapabilities & Capabilities.Protocol41) == 0;
        if (connection.Stage == Stage.Commands)
            return No("the login succeeded", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (!oldLogin && !switchedToOld)
            return connection.Opening.Login is { } login
                ? No($"the login is of the form from 4.1 on (capabilities 0x{identity.ClientCapabilities:x})", connection.At(login.Packet))
                : No("the client sent no login at all", connection.Source);
        ServerError? error = ErrorOf(connection, ErrorCode.NotSupportedAuthMode, ErrorCode.HandshakeError, ErrorCode.AccessDenied, ErrorCode.ServerIsInSecureAuthMode, ErrorCode.PacketsOutOfOrder);
        var evidence = new List<Evidence>();
        if (oldLogin)
            evidence.Add(new Evidence($"login without CLIENT_PROTOCOL_41 (capabilities 0x{identity.ClientCapabilities:x})", connection.At(connection.Opening.Login!.Value.Packet)));
        if (switchedToOld)
            evidence.Add(new Evidence("the server asked for mysql_old_password: the account still has a hash of before 4.1", connection.At(connection.Last.Packet)));
        if (error is not null)
            evidence.Add(EvidenceOf(connection, error));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = oldLogin && error is not null ? Grade.Proven : Grade.Likely,
            Summary = oldLogin
                ? $"The client's login is of the form before MySQL 4.1; {identity.ServerVersion ?? "this server"} does not take it."
                : "The account's password hash is of before MySQL 4.1, which current clients refuse.",
            ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Server,
            Evidence = evidence,
            Symptom = error is null ? null : new Symptom(error.Code, error.Message),
            Fix =
            [
                new Fix("any", oldLogin ? "Link the client against a current client library (libmysqlclient 5.7 or newer, libmariadb 3)." : "Set the account's password anew; old 16-digit hashes cannot be converted."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Said(1043, 1251) is { Code: 1043 } said)
            return Told(Grade.Possible, "The server could not read the login packet (1043): a client of another age, or something that is no client.", ClosedBy.Server, [said], "not-mysql-traffic", "tls-mismatch");
        if (loss.Find(Sign.ClientTooOld) is { } old)
            return Told(Grade.Likely, "The client library does not know what this server's greeting says (character set or protocol): it is too old for it.", ClosedBy.Client, [old]);
        if (loss.Find(Sign.BadHandshake) is { } bad)
            return Told(Grade.Possible, "The server could not read a login (Bad handshake): a very old client, a health check or a scanner.", ClosedBy.Server, [bad], "not-mysql-traffic");
        return Open("the versions of client library and server");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Update the client library; check which one is really loaded (ldd, pip show, composer show, mvn dependency:tree)."),
        new("server", "Until then: [mysqld] character_set_server = utf8mb3 lets old clients read the greeting."),
    ];

    public override string Page => """
        ## What happens
        MySQL 4.1 changed login and passwords. A client from before sends a short login (HandshakeResponse320) without
        CLIENT_PROTOCOL_41; servers from 5.7.5 on refuse it (1251 `consider upgrading MySQL client`, 1043, or 1045). Old devices, PHP 4/5.2
        with its own library, ODBC 3.51 and embedded loggers still do this. The other way round: an account with a 16-digit hash makes an
        old server ask a new client for mysql_old_password, which the client refuses (2049).

        ## Evidence
        - The login packet lacks bit 0x200 of the capabilities; the server answers 1251, 1043 or closes.
        - AuthSwitchRequest of a single byte, or naming mysql_old_password.

        ## Looks like it, but is not
        - 1251 with a modern login: an authentication *method* is missing, see `auth-plugin-mismatch`.
        - `Bad handshake` because of stray bytes or another protocol: see `not-mysql-traffic`.
        - A scanner that sends a canned old login to every port: the same bytes from an address that is no application's.

        ## Fix
        Replace the client library. Where that is impossible, put a gateway between that speaks both; do not keep an old server alive for it.

        ## References
        - MySQL manual, "Client does not support authentication protocol"; protocol documentation, "Protocol::HandshakeResponse320".
        """;
}
