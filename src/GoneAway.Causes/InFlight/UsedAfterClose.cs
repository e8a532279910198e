using GoneAway.Model;

namespace GoneAway.Causes.InFlight;

/// <summary>The application used a connection that had been closed before.</summary>
public sealed class UsedAfterClose : Cause
{
    public override string Name => "used-after-close";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The application used a connection that the server's side had closed some time before.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Ending is not { } ending)
            return No("the connection was not closed", connection.At(connection.Last.Packet));
        if (ending.ClientDataAfter is not { } after)
            return No("the client sent nothing after the close", connection.At(ending.At.Packet));
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection never got past the login", connection.At(connection.First.Packet));
        if (ending.Quit is not null || connection.PendingAtEnd() is { } pending && pending.At.At < ending.At.At)
            return No("the client was still busy with it when it was closed: that is no later use", connection.At(after.Packet));
        TimeSpan later = after.At - ending.At.At;
        if (later < TimeSpan.FromMilliseconds(50))
            return No($"the client's data crossed the close on its way ({Spans.Show(later)})", connection.At(after.Packet));
        if (connection.Errors.Count > 0 && connection.Errors[^1].Unsolicited)
            return No($"the server had said why it closed (error {connection.Errors[^1].Code}); the later use only found out", connection.At(connection.Errors[^1].At.Packet));
        return new Examination.Matched
        {
            Grade = Grade.Possible,
            Summary = $"The client sent a command {Spans.Show(later)} after the server's side had closed: a stale connection from a pool or a kept handle. Why it had been closed is a second question.",
            ClosedBy = ClosedBy.Server,
            Evidence = [EndOf(connection), new Evidence($"the client's next data, {Spans.Show(later)} after the close", connection.At(after.Packet))],
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Rivals = ["wait-timeout", "proxy-idle-timeout", "killed"],
            Fix =
            [
                new Fix("any", "Test a connection when it is borrowed (pool_pre_ping, testOnBorrow, CONN_HEALTH_CHECKS) and retire idle ones before the shortest limit on the path; the kernel had reported the close long before (socket in CLOSE-WAIT)."),
            ],
            CollectNext = [new NextStep($"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES LIKE '%timeout'; SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime','Com_kill')\"", ["wait-timeout", "killed", "server-restart"])],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.HandleAlreadyClosed) is not { } closed)
            return loss.Find(Sign.LostDuringQuery, Sign.StreamingInterrupted) is { } live ? No("the connection was in use when it was lost, not closed before", live.Source) : Open("whether an earlier error, or a close, came before this one");
        Sighting? earlier = null;
        foreach (Sighting one in loss.Sightings)
        {
            if (ReferenceEquals(one, closed))
                break;
            if (one.Sign.IsLoss() && one.Sign != Sign.HandleAlreadyClosed)
                earlier ??= one;
        }
        return earlier is not null
            ? No($"an earlier error made the handle useless: {Words.Quote(earlier)}", earlier.Source)
            : Told(Grade.Likely, "The application used a connection that it, its pool or its driver had already closed: no packet was sent. The first error, earlier in the log, is the real one.", ClosedBy.Client, [closed], "wait-timeout", "client-read-timeout");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Look for the first error before this one; after any error of the connection drop the handle and take a new one from the pool. Do not keep cursors or statements beyond their connection."),
        new("django", "close_old_connections() at the start of each unit of work in own threads and loops."),
        new("hikari", "Return the connection (try-with-resources) and never keep it beyond; leakDetectionThreshold finds who does."),
    ];

    public override string Page => """
        ## What happens
        The server's side closes; the client's kernel knows (CLOSE-WAIT), the application does not look. Its next query is answered with RST:
        2006. Or the application uses a handle that *it* has closed itself: then nothing is sent at all and the message is the driver's own:
        `InterfaceError(0, '')`, `(2006, '')`, `No operations allowed after connection closed`, `sql: connection is already closed`,
        `Can't add new command when connection is in closed state`, `Cannot enqueue Query after fatal error`.

        ## Evidence
        - Data from the client after the server's FIN, then RST.
        - In the application's log: the *first* error is the real one; the later ones repeat that the handle is dead.

        ## Looks like it, but is not
        - The reason of the close is another cause: `wait-timeout`, `proxy-idle-timeout`, `killed`, `server-restart`. Look there first.
        - Data that crossed the FIN within a round trip is no use after close.
        - A pool that retires a connection while somebody still holds it (maxLifetime, leak detection): COM_QUIT from the own process, then
          `connection is closed` in the application, and nothing wrong on the wire.

        ## Fix
        Validate on borrow, retire in time, throw a connection away after any fatal error.

        ## References
        - RFC 9293, 3.6 "Closing a Connection"; the drivers' pool manuals.
        """;
}
