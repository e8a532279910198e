using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.InFlight;

/// <summary>A statement was stopped by its time limit; the connection is alive.</summary>
public sealed class StatementTimeout : Cause
{
    public override string Name => "statement-timeout";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The server stopped a statement at its time limit; the connection itself was not lost.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, ErrorCode.QueryTimeout, ErrorCode.StatementTimeoutMariaDb) is not { } error)
            return No("the server sent neither error 3024 nor 1969", connection.Source);
        bool wentOn = connection.Ending is not { Quit: null } ending || ending.At.At - error.At.At > TimeSpan.FromSeconds(1) || ending.By == Side.Client;
        if (!wentOn)
            return No("the server closed right after it: more than a statement was ended", connection.At(error.At.Packet));
        CommandSeen? command = connection.Work.LastAnswered;
        bool lostLater = connection.Ending is { Quit: null } || connection.Ending is null && (connection.ClientActivity.UnansweredRetransmissions >= 2 || connection.ClientActivity.UnansweredKeepAlives >= 3);
        var evidence = new List<Evidence> { EvidenceOf(connection, error) };
        if (command is not null && command.ResponseEnd?.At == error.At.At)
            evidence.Add(new Evidence($"{command.Name} {command.Text}, stopped after {Spans.Show(error.At.At - command.At.At)}", connection.At(command.At.Packet)));
        return new Examination.Matched
        {
            Grade = lostLater ? Grade.Possible : Grade.Proven,
            Summary = $"Not a lost connection: the server stopped one statement at its time limit ({(error.Code == ErrorCode.QueryTimeout ? "max_execution_time, error 3024" : "max_statement_time, error 1969")}) and kept the connection.",
            ClosedBy = ClosedBy.Unknown,
            Evidence = evidence,
            Symptom = new Symptom(error.Code, error.Message),
            NotALoss = !lostLater,
            Fix = [new Fix("any", "Treat it as a failed statement, not a broken connection. Make it faster or raise its own limit (MySQL: SELECT /*+ MAX_EXECUTION_TIME(ms) */, milliseconds; MariaDB: SET STATEMENT max_statement_time=s FOR ..., seconds).")],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Said(3024, 1969) is { } said)
            return loss.Find(Sign.GoneAway, Sign.LostDuringQuery, Sign.ConnectionReset, Sign.BrokenPipe, Sign.UnexpectedEof, Sign.ClientReadTimedOut) is { } lost
                ? No($"a connection was lost as well: {Words.Quote(lost)}; error {said.Code} loses none", lost.Source)
                : Told(Grade.Proven, $"The statement ran into its time limit ({(said.Code == 3024 ? "max_execution_time" : "max_statement_time")}); the connection lives.", ClosedBy.Unknown, [said]) with { NotALoss = true };
        if (loss.Said(1205, 1213) is { } look)
            return No($"error {look.Code} is about locks, not about time limits, and loses no connection", look.Source);
        return No("the server did not answer 3024 or 1969", loss.Source);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Raise or lift the limit for this statement: /*+ MAX_EXECUTION_TIME(n) */ or SET SESSION max_execution_time (ms, MySQL), SET STATEMENT max_statement_time = n FOR ... (s, MariaDB); or make it faster."),
        new("any", "Do not treat it as a lost connection: the session and its transaction go on."),
    ];

    public override string Page => """
        ## What happens
        `max_execution_time` (MySQL, milliseconds, SELECT only) or `max_statement_time` (MariaDB, seconds) stops a statement: error 3024 or 1969.
        The connection lives; the next statement works. Applications often report it as a lost connection, or make it one by closing.

        ## Evidence
        - ERR 3024 or 1969, and further commands on the same connection. `Max_execution_time_exceeded`, `Max_statement_time_exceeded` move.
        - SELECT SLEEP() is special on MySQL: interrupted, it returns 1 and no error.
        - The time between the statement and its error is the limit, to some milliseconds.

        ## Looks like it, but is not
        - 1317 `Query execution was interrupted`: KILL QUERY, or a driver's own cancel. 1205 and 1213: locks. All leave the connection alive.
        - A close right after: `killed`, `client-read-timeout`.
        - A driver's own statement time-out sends KILL QUERY from a second connection; some close the first one as well.
        - HAProxy's or ProxySQL's query time-outs cut the connection: then it is a loss.

        ## Fix
        The statement or its limit.

        ## References
        - MySQL manual, `max_execution_time`; MariaDB manual, "Aborting Statements that Exceed a Certain Time to Execute".
        """;
}
