using System.Net;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>The timer that runs for a TCP socket; an idle connection has none but that of its keep-alive.</summary>
public enum SocketTimer : byte
{
    Off,
    Retransmission,
    KeepAlive,
    ZeroWindowProbe,
    /// <summary>The source does not tell.</summary>
    Unknown,
}

/// <summary>A socket as the kernel's tables show it.</summary>
public sealed record KernelSocket
{
    /// <summary>The same in <c>/proc/PID/fd</c>: <c>socket:[INODE]</c>. 0 for one that no process holds (TIME-WAIT).</summary>
    public required ulong Inode { get; init; }
    /// <summary>Null for a Unix socket.</summary>
    public IPEndPoint? Local { get; init; }
    public IPEndPoint? Remote { get; init; }
    /// <summary><c>ESTABLISHED</c>, <c>CLOSE-WAIT</c>, as ss spells them in full.</summary>
    public required string State { get; init; }
    /// <summary>Bytes that came and were not read, a closing peer's FIN (which counts as one) left out.</summary>
    public long Unread { get; init; }
    /// <summary>Bytes sent and not acknowledged, or not sent yet.</summary>
    public long Unsent { get; init; }
    public SocketTimer Timer { get; init; } = SocketTimer.Unknown;
    /// <summary>Until the timer fires.</summary>
    public TimeSpan? Expires { get; init; }
    public int Retransmits { get; init; }
    /// <summary>Since data last came in; null when the source does not tell.</summary>
    public TimeSpan? SinceReceived { get; init; }
    /// <summary>Since data last went out or came in; null when the source does not tell.</summary>
    public TimeSpan? Idle { get; init; }
    /// <summary>Where a Unix socket is bound.</summary>
    public string? Path { get; init; }
    /// <summary>The other end of a Unix socket; 0 when it has none.</summary>
    public ulong Peer { get; init; }
    public int Uid { get; init; }
    /// <summary>The network namespace: <c>net:[4026531840]</c>.</summary>
    public string Namespace { get; init; } = "";

    internal const string Listening = "LISTEN", Established = "ESTABLISHED", CloseWait = "CLOSE-WAIT", TimeWait = "TIME-WAIT", SynSent = "SYN-SENT";

    /// <summary>Names of the kernel's numbers (include/net/tcp_states.h).</summary>
    internal static string StateName(int state) => state switch
    {
        1 => Established,
        2 => SynSent,
        3 or 12 => "SYN-RECV",
        4 => "FIN-WAIT-1",
        5 => "FIN-WAIT-2",
        6 => TimeWait,
        7 => "CLOSED",
        8 => CloseWait,
        9 => "LAST-ACK",
        10 => Listening,
        11 => "CLOSING",
        _ => "UNKNOWN",
    };

    /// <summary>0 none, 1 retransmission, 2 keep-alive, 3 TIME-WAIT, 4 zero window probe; 5 delayed ACK and above are short and tell nothing.</summary>
    internal static SocketTimer TimerOf(int number) => number switch
    {
        1 => SocketTimer.Retransmission,
        2 => SocketTimer.KeepAlive,
        4 => SocketTimer.ZeroWindowProbe,
        0 or 3 => SocketTimer.Off,
        _ => SocketTimer.Unknown,
    };

    /// <summary>A listener's columns are queues of connections; a FIN takes one number of the sequence.</summary>
    internal static long UnreadOf(string state, long queue) => state switch
    {
        Listening => 0,
        CloseWait or "LAST-ACK" or "CLOSING" => Math.Max(0, queue - 1),
        _ => queue,
    };
}
