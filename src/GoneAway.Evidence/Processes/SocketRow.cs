namespace GoneAway.Evidence.Processes;

/// <summary>A process that has a socket open; what a table does not show is null.</summary>
internal readonly record struct Holder(string? Name, int? Pid, int? Descriptor);

/// <summary>One socket as a row of a table shows it, whichever program printed it.</summary>
internal sealed record SocketRow
{
    /// <summary>Index in the passage.</summary>
    public required int Line { get; init; }
    public string? LocalHost { get; init; }
    public int? LocalPort { get; init; }
    public string? PeerHost { get; init; }
    public int? PeerPort { get; init; }
    /// <summary>Of a Unix socket.</summary>
    public string? Path { get; init; }
    /// <summary>As ss spells it in full: <c>ESTABLISHED</c>, <c>CLOSE-WAIT</c>.</summary>
    public string? State { get; init; }
    public long? Unread { get; init; }
    public long? Unsent { get; init; }
    /// <summary>Inode, or the address of the kernel's structure: the same in all rows of one socket.</summary>
    public string? Identity { get; init; }
    /// <summary>Of the other end of a Unix socket.</summary>
    public string? PeerIdentity { get; init; }
    /// <summary><c>keepalive</c>, <c>on</c> (retransmission), <c>persist</c>, <c>off</c>; null when the table has no timers.</summary>
    public string? Timer { get; init; }
    /// <summary>Since the last segment with data came in.</summary>
    public TimeSpan? Idle { get; init; }
    /// <summary>An internet socket whose table never shows the peer (BSD fstat, a descriptor of <c>ls -l</c>).</summary>
    public bool HidesPeer { get; init; }
    /// <summary>The row is only a descriptor: its kind is known from another row, or not at all.</summary>
    public bool IsDescriptor { get; init; }
    public IReadOnlyList<Holder> Holders { get; init; } = [];

    public string Ends => Path ?? $"{LocalHost}:{LocalPort} to {PeerHost}:{PeerPort}";
}

/// <summary>Reads the rows of one kind of table.</summary>
internal interface ISocketTable
{
    /// <summary>True when the line is a row (then <paramref name="row"/> is set), a heading or a continuation of this table.</summary>
    bool TryLine(TableLine line, out SocketRow? row);
}

/// <summary>A line of a table, without quoting in front of it, and cut into words.</summary>
/// <param name="Command">The command whose output it is, when a prompt shows it.</param>
/// <param name="Last">The row before it, for continuations.</param>
internal sealed record TableLine(int Index, string Text, string[] Words, string Command, SocketRow? Last);
