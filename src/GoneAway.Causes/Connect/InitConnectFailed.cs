using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The server's init_connect statement failed.</summary>
public sealed class InitConnectFailed : Cause
{
    public override string Name => "init-connect-failed";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server's init_connect statement failed, so it closed the session at its first command.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, 1184) is { } error)
            return new Examination.Matched { Grade = Grade.Proven, Summary = "init_connect failed for this account; the server said so and closed.", ClosedBy = ClosedBy.Server, Evidence = [EvidenceOf(connection, error), EndOf(connection)] };
        return connection.Work.Commands > 1 ? No("commands were answered", connection.At(connection.Last.Packet)) : NotCutInSession(connection) ?? No("the server did not say error 1184", connection.At(connection.Last.Packet));
    }

    protected override Phases Fits => Phases.Login | Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if ((loss.Find(Sign.AbortedInitConnect) ?? loss.Said(1184)) is { } said)
            return Told(Grade.Proven, "init_connect failed for this account, so the server closed the session.", ClosedBy.Server, [said, @case.Setting("init_connect")]);
        if (@case.Setting("init_connect") is { Value: "" } none)
            return No("init_connect is empty", none.Source);
        return loss.Find(Sign.LostDuringQuery, Sign.GoneAway, Sign.AbortedReadError) is null ? No("the server would have answered 1184", loss.Source) : Open("init_connect, and whether the loss came at the first command");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Run the statement of @@init_connect as that account to see its error; accounts with CONNECTION_ADMIN or SUPER skip it, so administrators do not notice."),
    ];

    public override string Page => """
        ## What happens
        `init_connect` runs after each login of an ordinary account. When it fails, the server answers the first command with 1184 and closes:
        the login worked, the first query says 2006 or 2013.

        ## Evidence
        - 1184 `Aborted connection ... (init_connect command failed)`; the log names the inner error.

        ## Looks like it, but is not
        - A session that worked for a while: not this.

        ## Fix
        Repair the statement, or the account's rights for it.

        ## References
        - MySQL manual, `init_connect`; `sql/sql_connect.cc`.
        """;
}
