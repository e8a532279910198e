using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>No account may come from this address.</summary>
public sealed class HostNotAllowed : Cause
{
    public override string Name => "host-not-allowed";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "No account of the server may connect from the client's address.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, ErrorCode.HostNotPrivileged) is not { } error)
            return No("the server sent no ERR 1130", connection.Opening.Greeting is { } greeting ? connection.At(greeting.Packet) : connection.Source);
        if (connection.Stage == Stage.Commands)
            return No($"error {error.Code} answered a command of a session that was logged in", connection.At(error.At.Packet));
        if (error.Message.Contains("roxy header", StringComparison.Ordinal))
            return No("this 1130 is about a PROXY header, not about an account's host", connection.At(error.At.Packet));
        return new Examination.Matched
        {
            Grade = Grade.Proven,
            Summary = $"The server has no account whose host part matches {connection.Client.Address}, and says so before any login.",
            ClosedBy = ClosedBy.Server,
            Evidence = [EvidenceOf(connection, error)],
            Symptom = new Symptom(error.Code, error.Message),
            Fix =
            [
                new Fix("server", $"Create or rename the account for this address (CREATE USER 'app'@'{connection.Client.Address}' ...). The name in the message is what the server resolved the address to: accounts by host name need it to resolve both ways."),
                new Fix("any", "Is the address the one you expect? Behind NAT, a proxy or after a network change the server sees another one."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Said(1130) is { } said)
            return Told(Grade.Proven, "The server has no account for this client's host.", ClosedBy.Server, [said]);
        return No("the server would have answered 1130 at once", loss.Source);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "CREATE USER 'u'@'host' (or the network, 'u'@'10.0.%') and GRANT; with skip_name_resolve only addresses count. Behind a proxy the server sees the proxy's address."),
    ];

    public override string Page => """
        ## What happens
        Before any login the server looks whether *some* account could come from this address. When none can, it sends 1130 in place of
        the greeting and closes. The client never gets to say who it is.

        ## Evidence
        - ERR 1130, sequence 0, first packet, without SQLSTATE; the message shows the name (or address) that the server used.
        - Nothing about a user in the server's log: there was none.

        ## Looks like it, but is not
        - 1045 *Access denied*: the address is allowed, the password or user is not.
        - MariaDB's `Proxy header is not accepted from ...` has the same number: see `proxy-protocol-header`.
        - 1129: the address was allowed and is now blocked, see `host-blocked`.

        ## Fix
        Give the account the right host part, or connect from the right address. After an IP change (failover, new NAT gateway,
        containers moved) compare the address in the message with the accounts: `SELECT user, host FROM mysql.user`.
        With accounts by host name, forward and reverse lookup must agree; accounts by address and `skip_name_resolve` are sturdier.

        ## References
        - MySQL manual, "Access Control, Stage 1: Connection Verification"; `sql/auth/sql_authentication.cc` (acl_check_host).
        """;
}
