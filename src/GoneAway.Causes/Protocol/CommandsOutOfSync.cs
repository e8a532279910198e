using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>The client asked for the next thing before it had read the last.</summary>
public sealed class CommandsOutOfSync : Cause
{
    public override string Name => "commands-out-of-sync";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "The client left a result unread and used, or threw away, the connection (2014).";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return No("the connection never got as far as commands", connection.At(connection.First.Packet));
        if (connection.Ending is not { } ending)
            return No("the connection is still open", connection.At(connection.Last.Packet));
        if (ending.By == Side.Server && ending.Quit is null)
            return No("the server closed, which it does not do for unread results", connection.At(ending.At.Packet));
        bool moreResults = connection.Work.Pending is { ResponseStart: not null } && (connection.Work.StatusFlags & StatusFlags.MoreResultsExist) != 0;
        bool unread = ending.FirstReset is not null && ending.FirstResetBy == Side.Client && connection.Work is { InsideResult: true, Pending: not null };
        if (!moreResults && !unread)
            return connection.Work.Pending is null
                ? No("every answer was complete before the client went on", connection.At(ending.At.Packet))
                : new Examination.NotEnough("error 2014 arises inside the client; only its log shows it", new NextStep("grep -n 'Commands out of sync' application.log", [Name]));
        return new Examination.Matched
        {
            Grade = Grade.Possible,
            Summary = moreResults
                ? "The client left while further results of its last command were due (a CALL or a multi-statement): drivers that go on then say 2014."
                : "The client closed in the middle of a result that it had not read to the end.",
            ClosedBy = ClosedBy.Client,
            Evidence = [new Evidence($"{connection.Work.Pending!.Name} had {connection.Work.Pending.Rows} rows delivered and more to come", connection.At(connection.Work.Pending.At.Packet)), EndOf(connection)],
            Symptom = new Symptom(2014, "Commands out of sync; you can't run this command now"),
            Rivals = ["client-vanished", "client-read-timeout"],
            Fix = [new Fix("any", "Read every result to its end, the last of CALL included (mysql_next_result, nextset), or close the cursor; after a cancelled task throw the connection away.")],
            CollectNext = [new NextStep("grep -n 'Commands out of sync' application.log", [Name, "client-vanished"])],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.CommandsOutOfSync) is not { } sync)
            return loss.Find(Sign.UsedConcurrently) is not null ? Open("whether an earlier result was left unread") : No("nobody complained of commands out of sync", loss.Source);
        bool mixed = loss.Find(Sign.MixedUpResult, Sign.UsedConcurrently, Sign.PacketsOutOfOrder) is not null;
        return Told(mixed ? Grade.Possible : Grade.Likely, "A command was sent before the earlier result was read to its end. The connection itself is alive.", ClosedBy.Unknown, [sync],
            mixed ? ["shared-after-fork", "shared-between-threads"] : ["shared-between-threads"]) with { NotALoss = true };
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Read or free each result before the next command; after CALL read all results (mysql_next_result, nextset); do not share the connection."),
    ];

    public override string Page => """
        ## What happens
        An answer has several parts (CALL, multi-statements) or is streamed, and the application starts the next command before it has
        read all of it. The client library refuses: 2014 `Commands out of sync`. Nothing is sent, nothing is lost on the wire; some
        applications then throw the connection away, and *that* is seen.

        ## Evidence
        - The client's message. On the wire only a close with results still due (status flag 0x0008, or inside a result set).
        - The statement before it: a CALL, several statements in one, a cursor that was left open.

        ## Looks like it, but is not
        - Two writers on one socket also end in 2014: `shared-after-fork`, `shared-between-threads`.
        - A client that is killed in the middle of a result: `client-vanished`.
        - `busy buffer` (Go) and `streaming result set ... is still active` (Connector/J) are the same mistake in other words.
        - An asynchronous task that was cancelled in the middle of a result leaves the rest for the next user of the connection.

        ## Fix
        Read to the end; free results; one cursor at a time with unbuffered reading. After a cancelled or timed-out read discard the connection.

        ## References
        - MySQL manual, "Commands out of sync".
        """;
}
