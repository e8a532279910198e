using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.InFlight;

/// <summary>Somebody killed the session.</summary>
public sealed class Killed : Cause
{
    public override string Name => "killed";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "Somebody ended the session with KILL: a person, a tool, another connection of the application.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("there was no session to kill yet", connection.At(connection.First.Packet));
        if (connection.Ending is not { Quit: null } ending)
            return No("the session was not cut", connection.At(connection.Last.Packet));
        // After the server's ERR it is a race who closes first.
        if (ending.By == Side.Client && ErrorOf(connection, ErrorCode.ConnectionKilled, ErrorCode.SessionWasKilled) is null)
            return No("the client's side closed, not the server's", connection.At(ending.At.Packet));
        KillSeen? kill = @case.KillBefore(connection, ending.At.At);
        ServerError? error = ErrorOf(connection, ErrorCode.ConnectionKilled, ErrorCode.SessionWasKilled);
        Surroundings around = Surroundings.Of(connection, ending, @case);
        if (kill is not null)
            // Thread ids are per server: the same number on another server of the capture leaves a doubt.
            return Found(connection, kill.Server is null && @case.Endings.Any(end => end.ThreadId == kill.ThreadId && !end.Server.Equals(connection.Server)) ? Grade.Likely : Grade.Proven, $"KILL {kill.ThreadId} was sent {Spans.Show(ending.At.At - kill.At)} before the server closed this session{By(kill)}.",
                [new Evidence($"KILL {kill.ThreadId}{By(kill)}; the greeting gave this connection the id {kill.ThreadId}", kill.Source), .. error is null ? Array.Empty<Evidence>() : [EvidenceOf(connection, error)], EndOf(connection)], []);
        if (error is { Code: ErrorCode.SessionWasKilled } && error == FinalErrorOf(connection, ErrorCode.SessionWasKilled))
            return Found(connection, Grade.Proven, "The server said that the session was killed (error 3169).", [EvidenceOf(connection, error), EndOf(connection)], []);
        if (error is not null)
            return around.ServerWasAway || around.Losses > 1 && around.LivedOn is null
                ? No($"the server was ending: {around.Losses} connections closed together, and MariaDB words a shutdown as a kill", connection.At(error.At.Packet))
                : Found(connection, Grade.Likely, $"The server said 'Connection was killed' to this session, and {(around.Losses > 1 ? "lived on" : "closed no other")}.", [EvidenceOf(connection, error), EndOf(connection)], ["server-restart"]);
        if (ErrorOf(connection, ErrorCode.ServerShutdown) is not null && !around.ServerWasAway)
            return new Examination.NotEnough("KILL answers with error 1053 as a shutdown does; no KILL was seen, and no end of the server either", Collect(connection));
        if (connection.Errors.Count > 0 && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1))
            return No($"the server closed with another error, {connection.Errors[^1].Code}", connection.At(connection.Errors[^1].At.Packet));
        if (ending.Kind == EndKind.Reset && connection.Identity.IsMariaDb && connection.PendingAtEnd() is null)
            return No("KILL makes the server close by FIN, not by RST", connection.At(ending.At.Packet));
        if (around.ServerWasAway || around.Losses > 2 && around.LivedOn is null)
            return No($"{around.Losses} connections ended together{(around.ServerWasAway ? " and the server was away afterwards" : "")}; KILL ends one", around.Other is { } other ? connection.At(other.Packet) : connection.Source);
        if (connection.ClientActivity.ZeroWindowLongest > TimeSpan.FromSeconds(1) && connection.PendingAtEnd() is not null || connection.Violations.Any(static v => v.Kind is ViolationKind.NotMySql or ViolationKind.DataAfterQuit))
            return new Examination.NotEnough("the end has another explanation; a KILL is not excluded", Collect(connection));
        string which = around.Losses switch { > 2 => $"this session and {around.Losses - 1} others", 2 => "this session and one other", _ => "this one session" };
        return Found(connection, Grade.Possible, connection.PendingAtEnd() is { } pending
            ? $"The server closed {which} in the middle of {pending.Name}, without a word: what KILL does (and a proxy's time-out)."
            : $"The server closed {which} after {Spans.Show(ending.IdleBefore)} idle, without a word: what KILL does.", [EndOf(connection)],
            connection.PendingAtEnd() is null ? ["wait-timeout", "proxy-idle-timeout"] : ["proxy-query-timeout", "server-crash"]);
    }

    private static string By(KillSeen kill) => kill.User is null ? "" : $" by {kill.User}" + (kill.Program is null ? "" : $" ({kill.Program})");

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, IReadOnlyList<Evidence> evidence, string[] rivals) => new()
    {
        Grade = grade,
        Summary = summary,
        ClosedBy = ClosedBy.Server,
        Evidence = evidence,
        Rivals = rivals,
        Fix = [new Fix("any", "Find the killer: pt-kill, a DBA's script, an orchestrator or backup tool (--kill-long-queries), rds_kill, a proxy or ORM that cancels with KILL. Its interval often shows in the times of the victims."), new Fix("server", "Where only the query should end, KILL QUERY leaves the connection alive.")],
        CollectNext = [Collect(connection)],
    };

    private static NextStep Collect(Timeline connection) => new(
        $"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_kill','Uptime','Aborted_clients')\"   (now and after the next loss: did Com_kill move?)", ["killed", "server-restart", "server-crash"]);

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Said(1317) is { } query)
            return Told(Grade.Likely, "The statement was interrupted by KILL QUERY (or a client's own cancel); the connection lives.", ClosedBy.Unknown, [query]) with { NotALoss = true };
        Sighting? kill = loss.ThreadId is { } thread ? @case.Sightings.LastOrDefault(s => s.Sign == Sign.KillLogged && s.ThreadId == thread && s.State != "QUERY" && LagOf(s, loss) is null or > -2) : null;
        Sighting? said = loss.Find(Sign.AbortedKilled) ?? loss.Said(3169);
        // A number of a thread is one session's until the server is started again.
        if (kill is not null)
            return Told(said is not null || LagOf(kill, loss) < 10 && loss.Told is null or { More: 0 } ? Grade.Proven : Grade.Likely, $"KILL {kill.ThreadId} ended this session{(kill.User is null ? "" : $", sent by {kill.User}")}.", ClosedBy.Server, [kill, said, loss.Told]);
        if (said is not null)
            return Told(Grade.Proven, "The server logged that the session was killed.", ClosedBy.Server, [said]);
        if ((loss.Said(1927) ?? loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 30 })) is { } word)
            return Testimony.Around(loss, @case, Sign.ShutdownRequested) is (var stop, true)
                ? No("the server was shutting down, and MariaDB words that as a kill", stop.Source)
                : Told(Grade.Likely, "The server said that the connection was killed.", ClosedBy.Server, [word], "server-restart");
        if (loss.Find(Sign.AbortedReadTimeout, Sign.AbortedInactivity, Sign.AbortedWriteTimeout, Sign.HandshakeTimedOut) is { } timer)
            return No("a timer of the server ended the session, and it says so", timer.Source);
        if (Testimony.Difference(@case, "Com_kill") is (var moved, var first, var last) && moved == 0 && !Testimony.IsAfter(first, loss))
            return No($"Com_kill did not move between two readings ({first.Value} and {last.Value})", last.Source);
        if (@case.LastOf("Com_kill") is { Number: 0 } none)
            return No("Com_kill is 0: no KILL statement since the server started", none.Source);
        if (@case.Find(Sign.KillLogged) is { } some)
            return Told(Grade.Possible, "Sessions are killed on this server.", ClosedBy.Server, [some, loss.Told], "wait-timeout");
        return Open(@case.LastOf("Com_kill") is { Number: > 0 } counted ? $"Com_kill is {counted.Value}: whether one of those KILLs hit this session" : "whether somebody used KILL (Com_kill)");
    }

    /// <summary>Seconds from the KILL to the end as the server tells it, or else as the application noticed it; null where a time is missing.</summary>
    private static double? LagOf(Sighting kill, Loss loss) =>
        ((loss.Sightings.FirstOrDefault(s => s.Origin == Origin.Server && s.Sign != Sign.KillLogged && s.ThreadId == kill.ThreadId)?.At ?? loss.At) - kill.At)?.TotalSeconds;

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Find the killer: pt-kill, an orchestrator or backup tool, an event, a person; performance_schema.events_statements_history and the general or audit log show KILL with its user. Then its threshold, or the statement that reaches it."),
    ];

    public override string Page => """
        ## What happens
        KILL n (or COM_PROCESS_KILL, `mysqladmin kill`, rds_kill) ends a session. MySQL and MariaDB close it by a bare FIN, idle or busy,
        with no error packet; MariaDB sometimes gets ERR 1927 `Connection was killed` (30 bytes: `Packet size=30`) out first, MySQL 1317 or 3169.
        The client says 2013, or 2006 at its next use.

        ## Evidence
        - KILL with this connection's id on another connection of the same capture: proof.
        - One connection only; others live on; `Com_kill` moves (KILL QUERY moves it too, COM_PROCESS_KILL may not).
        - **No log line at all** in MySQL; MariaDB logs `(KILLED)` only at log_warnings=4, and the id in that line's head is the killer's.

        ## Looks like it, but is not
        - A crash or shutdown is the same FIN, but on all connections at once; afterwards the server refuses or counts thread ids anew.
        - An idle time-out (older MySQL): its value. A proxy's time-out: many connections with one value.
        - 1317 `Query execution was interrupted` with the connection alive is KILL QUERY: no loss.

        ## Fix
        Find who kills and why; raise its threshold or shorten the query.

        ## References
        - MySQL manual, "KILL Statement"; `sql/sql_connect.cc` (end_connection logs only what was not killed).
        """;
}
