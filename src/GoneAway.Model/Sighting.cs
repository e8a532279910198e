namespace GoneAway.Model;

/// <summary>Where a sighting comes from.</summary>
public enum Origin : byte
{
    Application,
    Server,
    Proxy,
    /// <summary>The kernel, the service manager, a container runtime.</summary>
    System,
    /// <summary>Descriptors and sockets of processes.</summary>
    Process,
}

/// <summary>One thing that a source says happened, or stood so: a log line, a traceback, a row of a list.</summary>
public sealed record Sighting
{
    public required Sign Sign { get; init; }
    public required Origin Origin { get; init; }
    /// <summary><c>file:line</c>.</summary>
    public required string Source { get; init; }
    /// <summary>The line itself, at most 400 characters, control characters escaped.</summary>
    public required string Text { get; init; }
    /// <summary>As written; null when the source has no time near it.</summary>
    public Stamp? Stamp { get; init; }
    /// <summary>On the common clock; set when the sources are aligned.</summary>
    public Instant? At { get; init; }
    /// <summary>The server's connection id.</summary>
    public uint? ThreadId { get; init; }
    public string? User { get; init; }
    public string? Schema { get; init; }
    /// <summary>The client's address or host name as the source says it; with its port in <see cref="ClientPort"/>.</summary>
    public string? ClientHost { get; init; }
    public int? ClientPort { get; init; }
    /// <summary>The server's address or host name, as an application or proxy names it.</summary>
    public string? ServerHost { get; init; }
    public int? ServerPort { get; init; }
    /// <summary>The process that speaks or is spoken of.</summary>
    public int? Pid { get; init; }
    /// <summary>Other processes of it: the holders of a shared socket.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];
    /// <summary>The worker, thread, goroutine or process name that a log line is tagged with.</summary>
    public string? Worker { get; init; }
    /// <summary>Error number: MySQL's (1040, 2013, 4031, ...), the signal, the exit status.</summary>
    public int? Code { get; init; }
    /// <summary>Operating system error number (32, 104, 110, 111).</summary>
    public int? Errno { get; init; }
    /// <summary>Time without traffic that the source itself states ("last packet received N milliseconds ago", "inactive for").</summary>
    public TimeSpan? Idle { get; init; }
    /// <summary>Duration that the source states: of a session, a query, a wait.</summary>
    public TimeSpan? Elapsed { get; init; }
    /// <summary>Bytes: a packet's size, a memory limit, the bytes of a proxy's session.</summary>
    public long? Size { get; init; }
    public int? SequenceExpected { get; init; }
    public int? SequenceReceived { get; init; }
    /// <summary>Termination state of a proxy's session (<c>cD</c>), state of a socket (<c>CLOSE-WAIT</c>), reason of a health check.</summary>
    public string? State { get; init; }
    /// <summary>Backend, unit, container, table: the thing the sign is about.</summary>
    public string? Subject { get; init; }
    /// <summary>Driver and framework by the names of <see cref="Fix.For"/>: <c>pymysql</c>, <c>sqlalchemy</c>, <c>pdo</c>, <c>hikari</c>.</summary>
    public IReadOnlyList<string> Stack { get; init; } = [];
    /// <summary>How many alike followed and are not listed one by one.</summary>
    public int More { get; init; }
}
