using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.InFlight;

/// <summary>The client went away without a goodbye.</summary>
public sealed class ClientVanished : Cause
{
    public override string Name => "client-vanished";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The client's side closed the connection without COM_QUIT: the process ended or dropped it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Ending is not { } ending)
            return No("the client has not closed the connection", connection.At(connection.Last.Packet));
        if (ending.Quit is { } quit)
            return No("the client said goodbye (COM_QUIT)", connection.At(quit.Packet));
        if (ending.By == Side.Server)
            return No("the server's side closed first", connection.At(ending.At.Packet));
        if (ErrorOf(connection, ErrorCode.NetReadInterrupted, ErrorCode.ConnectionKilled, ErrorCode.SessionWasKilled, ErrorCode.ServerShutdown,
                ErrorCode.PacketTooLarge, ErrorCode.PacketsOutOfOrder, ErrorCode.ClientInteractionTimeout) is { } told && told.At.At <= ending.At.At && ending.At.At - told.At.At < TimeSpan.FromSeconds(1))
            return No($"the server had just said that it ended the session (error {told.Code}); the client only closed first", connection.At(told.At.Packet));
        if (connection.ClientActivity.UnansweredRetransmissions >= 2)
            return No("the client gave up after retransmissions that nobody answered", connection.At(ending.At.Packet));
        if (connection.ServerActivity.UnansweredRetransmissions >= 2)
            return No("the server's answer had not reached the client when it closed: it was waiting for it", connection.At(ending.At.Packet));
        if (connection.Violations.Any(static v => v.Side == Side.Client && v.Kind is ViolationKind.NotMySql))
            return No("what the client sent was not MySQL", connection.At(connection.Violations[0].At.Packet));
        if (connection.Stage is Stage.AwaitingGreeting or Stage.Connecting)
            return No("the client gave up waiting for a greeting", connection.At(ending.At.Packet));
        ServerError? consequence = ErrorOf(connection, ErrorCode.NetRead);
        CommandSeen? pending = connection.PendingAtEnd();
        TimeSpan waited = pending is null ? TimeSpan.Zero : ending.At.At - (pending.ResponseEnd?.At ?? pending.At.At);
        bool roundWait = pending is not null && waited > TimeSpan.FromSeconds(0.9) && Math.Abs(waited.TotalSeconds - Math.Round(waited.TotalSeconds)) < 0.12;
        // Before the login the client may have left because of what it was asked for (TLS, a method it does not know).
        bool duringLogin = connection.Stage is Stage.AwaitingLogin or Stage.Encrypted
            || connection.LastEvents.Any(static e => e is { Kind: EventKind.AuthExchange, Side: Side.Server, Text: not null }) && connection.Stage == Stage.Authenticating;
        bool leftWork = pending is not null && (connection.Work.StatusFlags & StatusFlags.MoreResultsExist) != 0;
        var evidence = new List<Evidence> { EndOf(connection) };
        if (consequence is not null)
            evidence.Add(new Evidence($"ERR 1158 of the server came after it, in consequence (MySQL 8.0.24 and newer), and drew a RST", connection.At(consequence.At.Packet)));
        if (pending is not null)
            evidence.Add(new Evidence($"{pending.Name} {pending.Text} was not (completely) answered", connection.At(pending.At.Packet)));
        if (connection.Work.InTransaction)
            evidence.Add(new Evidence("a transaction was open: the server rolls it back", connection.At(ending.At.Packet)));
        return new Examination.Matched
        {
            Grade = roundWait || duringLogin || leftWork || connection.Work.OverlapCount > 0 ? Grade.Possible : Grade.Likely,
            Summary = pending is null
                ? "The client's side closed without COM_QUIT: its process ended, was killed, or dropped the handle. No query was cut."
                : $"The client's side closed in the middle of {pending.Name}, {Spans.Show(waited)} after the last sign of the server: cancelled, killed or crashed.",
            ClosedBy = ClosedBy.Client,
            Evidence = evidence,
            Symptom = null,
            Rivals = pending is null ? ["proxy-idle-timeout"] : ["client-read-timeout"],
            Fix = [new Fix("any", $"Look at the client at that moment: worker killed (gunicorn WORKER TIMEOUT, PHP-FPM, OOM, deployment), request cancelled, script that ends without close(){(connection.Identity.Pid is { } pid ? $"; its pid was {pid}" : "")}. For the server it is only a log line.")],
            CollectNext = [new NextStep($"journalctl --since '{ending.At.At.ToUtc().AddSeconds(-5):yyyy-MM-dd HH:mm:ss} UTC' --until '{ending.At.At.ToUtc().AddSeconds(5):yyyy-MM-dd HH:mm:ss} UTC'   (on {connection.Client.Address})", ["client-vanished", "client-read-timeout"])],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? gone = loss.Find(Sign.AbortedReadError) ?? loss.Said(1158);
        if (loss.Find(Sign.AbortedOther, Sign.AbortedWriteError) is { } other)
            gone ??= other;
        if (gone is null)
            return loss.Find(Sign.GoneAway, Sign.LostDuringQuery) is { Origin: Origin.Application } alive ? No("the client lives: it reports the loss itself", alive.Source) : Open("whether the client's process was there to the end");
        if (loss.Sightings.FirstOrDefault(static s => s.Origin == Origin.Application && s.Sign.IsLoss()) is { } told)
            return Open($"the client lives and reports the loss itself ({Words.Quote(told)}); the server only saw the connection end");
        Sighting? killed = @case.Near(loss, TimeSpan.FromMinutes(1), Testimony.Close, Sign.WorkerKilled);
        if (@case.Near(loss, TimeSpan.FromMinutes(1), Testimony.Close, Sign.OomKill) is { Subject: { } name } oom && !Testimony.IsServerProcess(name))
            killed ??= oom;
        if (loss.Connection is not null && killed is null)
            return Open("what ended the client; that it closed first is on the wire");
        return killed is not null && loss.At is not null && killed.At is not null
            ? Told(Grade.Likely, "The client's process was ended; the server found the connection dead.", ClosedBy.Client, [killed, gone])
            : Told(Grade.Possible, $"The client's side ended the connection without a word (no COM_QUIT){(gone.More > 0 ? $", {gone.More + 1} times" : "")}: the program ended or crashed, gave up, or a proxy or firewall closed it in the client's name.", ClosedBy.Client, [gone], "proxy-idle-timeout", "client-read-timeout", "nat-idle-timeout", "network-loss");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Close connections before the program ends (with, finally, atexit); look at what ends it: deploys, OOM, worker time-outs, crashes. For scripts that just exit it is noise."),
        new("gunicorn", "WORKER TIMEOUT kills the worker in the middle of a query: raise timeout or make the request shorter."),
        new("php", "max_execution_time and php-fpm's request_terminate_timeout end the script with its connection."),
    ];

    public override string Page => """
        ## What happens
        The client's kernel closes the socket: the process exited, crashed, was killed (OOM, worker time-out, deployment), or the program
        dropped the handle. FIN if everything had been read, RST if not. MySQL 8.0.24 and newer answers with ERR 1158, which draws a RST
        from the client's kernel: consequence, not cause. The server logs `(Got an error reading communication packets)` and counts
        `Aborted_clients`.

        ## Evidence
        - The client's FIN or RST comes first, with no COM_QUIT before it.
        - Many sockets of one process closing in the same millisecond: that process died.

        ## Looks like it, but is not
        - Round seconds after a command: `client-read-timeout`.
        - Connect, greeting, close: a health check.
        - Seen behind a proxy, the "client" is the proxy: its time-out closes this leg too (`proxy-idle-timeout`).

        ## Fix
        Usually none is needed but a look at why the process ended. Call close() at the end of scripts if the log lines disturb.

        ## References
        - MySQL manual, "Communication Errors and Aborted Connections"; `sql-common/net_serv.cc` (8.0.24).
        """;
}
