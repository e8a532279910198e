using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>Client and server have no authentication method in common.</summary>
public sealed class AuthPluginMismatch : Cause
{
    public override string Name => "auth-plugin-mismatch";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The client does not know the authentication method that the account needs.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage == Stage.Commands)
            return No("the login succeeded", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (ErrorOf(connection, ErrorCode.NotSupportedAuthMode, ErrorCode.PluginIsNotLoaded, ErrorCode.ServerIsInSecureAuthMode) is { } error)
        {
            // Before 4.1 there were no methods to choose: that client is too old altogether.
            if (error.Code != ErrorCode.PluginIsNotLoaded && IsPre41(connection))
                return No("the login is of the form before 4.1: the client itself is too old", connection.At(error.At.Packet));
            return Found(connection, Grade.Proven, $"The server refused the login with error {error.Code}: {error.Message}.", EvidenceOf(connection, error), new Symptom(error.Code, error.Message));
        }
        if (connection.Stage == Stage.Encrypted)
            return new Examination.NotEnough("the login is inside TLS: what was asked for cannot be seen");
        ConnectionEvent? request = null;
        foreach (ConnectionEvent item in connection.LastEvents)
            if (item is { Kind: EventKind.AuthExchange, Side: Side.Server, Text: not null })
                request = item;
        if (request is not { } asked)
            return No("the server neither asked for another authentication method nor refused one", connection.Source);
        bool answered = connection.LastEvents.Any(e => e.Kind == EventKind.AuthExchange && e.Side == Side.Client && e.At >= asked.At);
        if (answered || !connection.EndedBy(Side.Client))
            return No($"the client answered the request for {asked.Text}", connection.At(asked.Packet));
        return Found(connection, Grade.Likely, $"The server asked for {asked.Text}; the client closed without an answer: it does not know that method.",
            new Evidence($"AuthSwitchRequest to {asked.Text}, then the client closed", connection.At(asked.Packet)), new Symptom(2059, $"Authentication plugin '{asked.Text}' cannot be loaded"));
    }

    private static bool IsPre41(Timeline connection) =>
        connection.Opening.Login is not null && (connection.Identity.ClientCapabilities & Capabilities.Protocol41) == 0 && connection.Identity.ClientCapabilities != 0;

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, Evidence first, Symptom symptom) => new()
    {
        Grade = grade,
        Summary = summary,
        ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Server,
        Evidence = [first, new Evidence($"the server's default method is {connection.Identity.ServerAuthPlugin ?? "not named"}, the client offered {connection.Identity.ClientAuthPlugin ?? "none"}", connection.At(connection.Opening.Login?.Packet ?? connection.First.Packet)), EndOf(connection)],
        Symptom = symptom,
        Rivals = grade == Grade.Proven ? [] : ["client-vanished"],
        Fix =
        [
            new Fix("any", "Use a driver that knows caching_sha2_password (it needs TLS, a Unix socket, or the server's RSA key for the first login). MySQL 8.4 has mysql_native_password off by default, 9.0 has none."),
            new Fix("server", "Where the driver cannot be changed (MySQL up to 8.4): ALTER USER ... IDENTIFIED WITH mysql_native_password. On MariaDB: a method that the client has."),
            new Fix("haproxy", "`option mysql-check` logs in with an empty password and an old method: against MySQL 9 it marks healthy servers down (error 1251). Use a tcp-check on the greeting or an external check."),
        ],
        CollectNext = [new NextStep($"mysql -e \"SELECT user, host, plugin FROM mysql.user WHERE user = '{connection.Identity.User ?? "app"}'\"", ["auth-plugin-mismatch"])],
    };

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? policy = @case.Setting("default_authentication_plugin") ?? @case.Setting("authentication_policy");
        // 1251 is also what a client gets that is older than any method.
        if ((loss.Said(1251) ?? loss.Sightings.FirstOrDefault(static s => s.Sign == Sign.AuthPluginUnusable && s.Text.Contains("consider upgrading", StringComparison.Ordinal))) is { } refused)
            return Told(Grade.Likely, "The server refused the client's authentication method (1251): the account wants one that the client does not have.", ClosedBy.Server, [refused, policy], "old-client");
        if (loss.Find(Sign.AuthPluginUnusable) is { } secure && (secure.Code == 2061 || secure.Text.Contains("ublic key", StringComparison.OrdinalIgnoreCase) || secure.Text.Contains("secure connection", StringComparison.Ordinal)))
            return Told(Grade.Proven, "The authentication method (caching_sha2_password) needs TLS, or the server's RSA key, for this login, and the client used neither.", ClosedBy.Client, [secure, policy]);
        // CREATE USER ... IDENTIFIED WITH says 1524 as well.
        if ((loss.Find(Sign.AuthPluginUnusable) ?? loss.Said(1524, 2059)) is { } said)
            return Told(said.Code == 1524 ? Grade.Likely : Grade.Proven, "Client and server have no authentication method in common for this account.", ClosedBy.Client, [said, policy]);
        if (@case.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxyServerDown, Code: 1251 }) is { } check)
            return Told(Grade.Likely, "The proxy's health check cannot log in (1251), so it takes the server for dead.", ClosedBy.Proxy, [check], "proxy-backend-down");
        return No("nothing in it speaks of an authentication method", loss.Source);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Use a driver that knows caching_sha2_password (all current ones do), and TLS or the server's RSA key with it."),
        new("server", "For old clients only: ALTER USER u IDENTIFIED WITH mysql_native_password BY '...' (MySQL 8.4: load the plugin; removed in 9.0)."),
        new("haproxy", "option mysql-check needs an account with mysql_native_password; on MySQL 9 use a tcp-check on the greeting or an external check."),
    ];

    public override string Page => """
        ## What happens
        Account and client have no authentication method in common. Either the server says so (1251 `Client does not support
        authentication protocol requested by server`, 1524 `Plugin ... is not loaded`, 1275), or it asks the client to switch and the
        client gives up by itself (2059 `cannot be loaded`, PHP 2054 `requested authentication method unknown to the client`,
        Go `this authentication plugin is not supported`, 2061).

        ## Evidence
        - ERR 1251, 1524 or 1275 after the login, or AuthSwitchRequest and then the client's close with no answer.
        - Server version and the methods named in greeting, login and switch.

        ## Looks like it, but is not
        - 1045 after a switch: method known, password wrong.
        - An unknown default character set (255, utf8mb4_0900_ai_ci) stops old drivers at the same place: `Server sent charset unknown to the client`.
        - TLS 1.0/1.1-only clients (8.0.28 removed both): see `tls-mismatch`.

        ## Fix
        Upgrade the driver. caching_sha2_password: the first login after a restart or FLUSH PRIVILEGES needs TLS, a local socket or the
        RSA public key (`allowPublicKeyRetrieval`, `get-server-public-key`); later ones go by the cache, so "sometimes it fails" is possible.
        Do not turn off passwords or TLS to get round it.

        ## References
        - MySQL manual, "Caching SHA-2 Pluggable Authentication", "Native Pluggable Authentication"; MySQL 9.0 release notes.
        - `sql/auth/sql_authentication.cc`; HAProxy manual, `option mysql-check`.
        """;
}
