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
