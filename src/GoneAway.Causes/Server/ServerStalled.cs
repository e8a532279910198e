using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The server stood still: nothing was answered, nobody was refused.</summary>
public sealed class ServerStalled : Cause
{
    public override string Name => "server-stalled";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server stood still (a full disk, a lock, overloaded storage) and others gave up waiting for it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Ending is { Quit: { } quit })
            return No("the client said COM_QUIT", connection.At(quit.Packet));
        if (connection.Opening is { Established: not null, Greeting: null, FirstServerData: null } && connection.Stage == Stage.AwaitingGreeting)
            return Open("whether the server was too busy to greet, or looked up a name");
        if (connection.PendingAtEnd() is null)
            return No("nothing was waiting for an answer of the server", connection.At(connection.Last.Packet));
        return connection.EndedBy(Side.Server)
            ? No("a server that stands still closes nothing", connection.At(connection.Ending!.At.Packet))
            : Open("what the server was doing (its log, its process list)");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? stall = Testimony.Stalled(loss, @case);
        Sighting? waiting = loss.Find(Sign.ClientReadTimedOut, Sign.LostBeforeGreeting, Sign.ConnectTimedOut, Sign.ClientCancelled, Sign.ProxyQueueTimedOut);
        if (stall is not { } seen)
            return waiting is not null ? Open("what the server was doing while the client waited (its log, SHOW ENGINE INNODB STATUS, disk space)") : Open("whether the server was answering at all");
        if (@case.Find(Sign.SemaphoreCrash) is not null)
            return Open("the server crashed itself in the end");
        string what = seen.Sign switch { Sign.DiskFull => "its disk was full: it waits until there is space", Sign.DiskError => "its storage failed", _ => "it could hardly get on" };
        return waiting is not null
            ? Told(Grade.Likely, $"The server stood still ({what}); the client gave up waiting.", ClosedBy.Client, [seen, waiting], "client-read-timeout")
            : Told(Grade.Possible, $"The server stood still ({what}).", ClosedBy.Unknown, [seen, loss.Told]);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "df -h for data, binlog and tmp directories (PURGE BINARY LOGS, binlog_expire_logs_seconds); SHOW ENGINE INNODB STATUS and iostat -x 1 for what it waits on; long FLUSH TABLES WITH READ LOCK and metadata locks in the process list."),
        new("any", "Statements that waited have an unknown outcome: they may run once the stall is over."),
    ];

    public override string Page => """
        ## What happens
        The process is there, its kernel acknowledges every packet, nothing is answered: a full disk (`Waiting for someone to free some space`),
        storage that takes seconds per write, FLUSH TABLES WITH READ LOCK behind a long query, all threads of a pool taken, swapping. The server
        closes nothing. Clients, proxies and health checks give up by their own time-outs.

        ## Evidence
        - Log: `Disk is full writing ...`, `A long semaphore wait`, `page_cleaner: 1000ms intended loop took ...`; kernel: `blocked for more than 120 seconds`.
        - On the wire: ACKs from the server's kernel, no data; the client's side closes.
        - The process list full of the same state.

        ## Looks like it, but is not
        - One slow statement, others fast: `client-read-timeout`.
        - No ACKs either: `network-loss`, or the host is down.
        - After 600 s InnoDB crashes the server itself: `server-crash`.

        ## Fix
        Space, storage, the lock's holder.

        ## References
        - MySQL manual, "How MySQL Handles a Full Disk", "InnoDB Standard Monitor".
        """;
}
