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
        bool unread = ending.FirstReset is not null && ending.FirstResetBy == Side.Client && connection.Work.InsideResult;
        // Inside a result without a command: the capture has lost or misread what was asked.
        if (connection.Work.Pending is not { } pending || (!moreResults && !unread))
            return connection.Work.Pending is null
                ? No("no command was pending when the client closed", connection.At(ending.At.Packet))
                : new Examination.NotEnough("error 2014 arises inside the client; only its log shows it", new NextStep("grep -n 'Commands out of sync' application.log", [Name]));
        return new Examination.Matched
        {
            Grade = Grade.Possible,
            Summary = moreResults
                ? "The client left while further results of its last command were due (a CALL or a multi-statement): drivers that go on then say 2014."
                : "The client closed in the middle of a result that it had not read to the end.",
            ClosedBy = ClosedBy.Client,
            Evidence = [new Evidence($"{pending.Name} had {pending.Rows} rows delivered and more to come", connection.At(pending.At.Packet)), EndOf(connection)],
            Symptom = new Symptom(2014, "Commands out of sync; you can't run this command now"),
            Rivals = ["client-vanished", "client-read-timeout"],
            Fix = [new Fix("any", "Read every result to its end, the last of CALL included (mysql_next_result, nextset), or close the cursor; after a cancelled task throw the connection away.")],
            CollectNext = [new NextStep("grep -n 'Commands out of sync' application.log", [Name, "client-vanished"])],
        };
    }

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
