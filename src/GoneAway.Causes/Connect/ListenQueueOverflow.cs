using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The server's listen queue was full.</summary>
public sealed class ListenQueueOverflow : Cause
{
    public override string Name => "listen-queue-overflow";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server's listen queue was full: connects were dropped by its kernel in a storm of them.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Stage >= Stage.AwaitingLogin
            ? No("the server greeted", connection.At(connection.Opening.Greeting?.Packet ?? connection.First.Packet))
            : Open("whether the server's listen queue overflowed (TcpExtListenOverflows)");
    }

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? overflow = @case.Facts.LastOrDefault(static f => f is { Kind: FactKind.System, Name: "TcpExtListenOverflows" or "ListenOverflows" });
        Sighting? flood = Testimony.Around(loss, @case, Sign.ListenQueueOverflow)?.Event;
        if (flood is not null || overflow?.Number > 0)
            return Told(flood is not null ? Grade.Likely : Grade.Possible, "The listen queue of the server's port was full: its kernel dropped connects before the server saw them.", ClosedBy.Server, [flood, overflow, @case.Setting("back_log"), loss.Told], "network-loss", "server-stalled");
        if (overflow is { Number: 0 })
            return No("the kernel counts no overflow of a listen queue", overflow.Source);
        return loss.Find(Sign.ConnectRefused, Sign.UnknownHost, Sign.ServerSaid, Sign.LocalSocketFailed) is { } answered ? No("a full queue drops, it does not answer", answered.Source) : Open("whether the server's listen queue overflowed (TcpExtListenOverflows)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "back_log and net.core.somaxconn = 1024 or more (both: the smaller rules); a pool that opens its connections slowly; a proxy in front that queues."),
    ];

    public override string Page => """
        ## What happens
        Connects arrive faster than the server accepts them (a deploy, a cache that went cold, a stalled server). The kernel's queue
        (`back_log`, capped by `net.core.somaxconn`) is full: SYNs or the final ACK are dropped and retried after 1, 3, 7 s. Clients see connect
        time-outs, or a connection that never greets.

        ## Evidence
        - `nstat TcpExtListenOverflows TcpExtListenDrops` move on the server; `ss -ltn` shows Recv-Q = Send-Q; kernel: `Possible SYN flooding on port 3306`.

        ## Looks like it, but is not
        - No answer to any SYN, ever: `network-loss`.
        - 1040: the server did accept: `too-many-connections`.

        ## Fix
        A longer queue, fewer connects.

        ## References
        - listen(2), Linux ip-sysctl `somaxconn`; MySQL manual, `back_log`.
        """;
}
