using GoneAway.Model;

namespace GoneAway.Causes.InFlight;

/// <summary>The client waited for an answer as long as it was told to, and closed.</summary>
public sealed class ClientReadTimeout : Cause
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.9);

    public override string Name => "client-read-timeout";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The client closed because its own read time-out passed before the answer came.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("no command was ever sent", connection.At(connection.First.Packet));
        if (connection.Ending is not { Quit: null } ending)
            return No("nobody cut the connection", connection.At(connection.Last.Packet));
        if (ending.By == Side.Server)
            return No("the server's side closed first, not the client's", connection.At(ending.At.Packet));
        if (connection.PendingAtEnd() is not { } pending)
            return No("no answer was due when the client closed", connection.At(ending.At.Packet));
        if (pending.Received < pending.Length)
            return No("the client had not even finished sending its command", connection.At(pending.At.Packet));
        if (connection.Violations.Any(static v => v.Side == Side.Client && v.Kind is ViolationKind.NotMySql))
            return No("what the client sent was no whole packet: the server could not answer", connection.At(connection.Violations[0].At.Packet));
        if (connection.ClientActivity.UnansweredRetransmissions >= 2)
            return new Examination.NotEnough("the server never acknowledged the command: the path comes first, the client's patience second");
        Instant since = pending.ResponseEnd?.At ?? pending.At.At;
        TimeSpan waited = ending.At.At - since;
        if (waited < Shortest)
            return No($"the client closed {Spans.Show(waited)} after the last sign of the server: no time-out is so short", connection.At(ending.At.Packet));
        double fraction = Math.Abs(waited.TotalSeconds - Math.Round(waited.TotalSeconds));
        bool round = fraction < 0.12;
        return new Examination.Matched
        {
            Grade = round ? Grade.Likely : Grade.Possible,
            Summary = $"The client closed {Spans.Show(waited)} after {(pending.ResponseStart is null ? "its command" : "the last part of the answer")} came without (more of) an answer: its read time-out{(round ? $" of {Math.Round(waited.TotalSeconds):0} s" : "")}.",
            ClosedBy = ClosedBy.Client,
            Evidence =
            [
                new Evidence($"{pending.Name} {pending.Text}", connection.At(pending.At.Packet)),
                new Evidence(pending.ResponseStart is null ? "no answer; the server's kernel acknowledged the command, so host and path were alive" : $"{pending.Rows} rows, {pending.ResponseBytes} bytes had come", connection.At(pending.ResponseEnd?.Packet ?? pending.At.Packet)),
                EndOf(connection),
            ],
            Symptom = new Symptom(2013, "Lost connection to MySQL server during query"),
            Rivals = ["client-vanished"],
            Fix =
            [
                new Fix("any", "Make the statement faster, or give this one the time it needs (read_timeout, socketTimeout, readTimeout, MYSQL_OPT_READ_TIMEOUT, net_read_timeout of mysqlnd). The server goes on with the statement: look for it in the processlist before it is run again."),
                new Fix("server", "max_execution_time (MySQL, SELECT) or max_statement_time (MariaDB) below the client's limit ends the statement with an error and keeps the connection."),
            ],
            CollectNext = [new NextStep("grep -nE 'read_?timeout|socketTimeout|timed out' application.conf application.log", ["client-read-timeout", "client-vanished"])],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? own = @case.All(FactKind.Application, ApplicationSetting.ReadTimeout).FirstOrDefault();
        Sighting? cut = loss.Find(Sign.ClientReadTimedOut, Sign.ClientCancelled);
        if (cut is null)
            return loss.Find(Sign.AbortedWriteError, Sign.AbortedReadError) is not null || own is not null ? Open("whether the client's own read deadline passed") : Open("whether the client has a read deadline of its own");
        if (cut is { Errno: 110, Sign: Sign.ClientReadTimedOut })
            return No("ETIMEDOUT is the kernel's word: nothing it sent, data or keep-alives, was acknowledged any more; a client's own deadline has another", cut.Source);
        if (loss.Idle is { Time.TotalSeconds: > 200 } idle && cut.Elapsed is null)
            return Told(Grade.Possible, $"The client gave up waiting for an answer; it had been idle for {Spans.Show(idle.Time)} before, so the path may have forgotten the connection.", ClosedBy.Client, [cut, own], "nat-idle-timeout", "network-loss");
        if (Testimony.Stalled(loss, @case) is { At: not null } stall)
            return Told(Grade.Possible, "The client gave up waiting; the server was standing still then.", ClosedBy.Client, [cut, stall], "server-stalled");
        Sighting? server = loss.Find(Sign.AbortedWriteError, Sign.AbortedReadError);
        string after = cut.Elapsed is { } elapsed ? $" after {Spans.Show(elapsed)}" : "";
        // That it gave up is sure; whether for a slow statement or for a server that could not be heard, only more can tell.
        bool slow = cut.Sign == Sign.ClientCancelled || cut.Elapsed is not null || own is not null || server is not null;
        return Told(slow ? Grade.Likely : Grade.Possible, cut.Sign == Sign.ClientCancelled ? $"The application cancelled the statement{after} and closed the connection." : $"The client gave up waiting for an answer{after}: its own read deadline. The statement may still be running.",
            ClosedBy.Client, [cut, own, server], "network-loss", "nat-idle-timeout", "server-stalled", "mtu-black-hole");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Find the slow statement (slow log, EXPLAIN) or raise the client's read deadline for it; check the process list for orphans that still run. Its outcome is unknown: do not blindly send a write again."),
        new("pymysql", "read_timeout in connect() (seconds)."),
        new("php", "mysqlnd.net_read_timeout (php.ini, seconds) or MYSQLI_OPT_READ_TIMEOUT."),
        new("jdbc", "socketTimeout in the URL (ms); 0 waits for ever. Use a per-statement setQueryTimeout below it."),
        new("go", "readTimeout in the DSN, and the context's deadline."),
        new("dotnet", "Default Command Timeout in the connection string (seconds, 30 by default)."),
        new("rails", "database.yml: read_timeout (seconds)."),
        new("node", "The query's timeout option; mysql2 has no global one."),
    ];

    public override string Page => """
        ## What happens
        The driver waits for an answer as long as its read time-out says, then closes the socket. The server does not know: it works on,
        and finds out when it writes. Clients word it `(timed out)`, `i/o timeout` (Go), `Read timed out` (Java), `Timeout waiting for a response
        from the last query`, 2013 with system error 110.

        ## Evidence
        - The first FIN or RST is the client's, a round number of seconds after its command, with the answer not complete.
        - The server's kernel acknowledged the command.
        - Server log, later: `(Got an error writing communication packets)` or reading.

        ## Looks like it, but is not
        - `client-vanished`: the process was killed or the request cancelled, at any time.
        - A proxy's `timeout server`: seen from the client, the *server's side* closes.
        - No ACK for the command: `nat-idle-timeout`, `network-loss`.

        ## Fix
        The statement, or the limit. Retrying a write blindly doubles it: the first one may still succeed.

        ## References
        - Driver manuals: PyMySQL `read_timeout`, Connector/J `socketTimeout`, go-sql-driver `readTimeout`; MySQL C API `MYSQL_OPT_READ_TIMEOUT`.
        """;
}
