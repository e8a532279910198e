namespace GoneAway.Gateway.Operations;

/// <summary>What kind of thing happened.</summary>
public enum EventKind : byte
{
    /// <summary>A connection was lost, or something came that is not MySQL.</summary>
    Incident,
    /// <summary>The ledger: a statement was sent again, refused, or its outcome is unknown.</summary>
    Decision,
    /// <summary>A backend came up, went down, leaves, ramps up.</summary>
    Backend,
    /// <summary>The gateway itself: start, reload, drain, handover, stop.</summary>
    Operation,
}

/// <summary>How much somebody should care.</summary>
public enum EventLevel : byte
{
    Info,
    Warning,
    Error,
}

/// <summary>Something that people want to know of. Its texts hold no secret and, but for <see cref="StatementText"/>, no data of the application.</summary>
public sealed record GatewayEvent
{
    public required EventKind Kind { get; init; }
    public required EventLevel Level { get; init; }
    /// <summary>From a closed set, kebab-case: the cause (<c>idle-timeout</c>), the decision (<c>replayed-read</c>), the state (<c>backend-down</c>). Metrics count by it.</summary>
    public required string Name { get; init; }
    /// <summary>One sentence for people. Untrusted parts may be in it: whoever writes it escapes control characters.</summary>
    public required string Text { get; init; }
    /// <summary>As in the error that the client got.</summary>
    public string? IncidentId { get; init; }
    /// <summary>The client's address and port.</summary>
    public string? Client { get; init; }
    public string? User { get; init; }
    public string? Backend { get; init; }
    /// <summary>The thread id that the client was told; 0: none.</summary>
    public uint Session { get; init; }
    /// <summary>The server's thread id; 0: none.</summary>
    public uint ServerThread { get; init; }
    /// <summary>First keyword and digest of the statement.</summary>
    public StatementMark? Statement { get; init; }
    /// <summary>Only where operation.log_statements allows it.</summary>
    public string? StatementText { get; init; }
    /// <summary>How long the connection had been idle, or the statement running; null: not known.</summary>
    public TimeSpan? After { get; init; }
    /// <summary>Of an incident: how sure its cause is (<c>proven</c>, <c>likely</c>, <c>possible</c>, <c>unknown</c>).</summary>
    public string? Grade { get; init; }
    /// <summary>Of an incident: how many connections it took; 0: does not apply.</summary>
    public int Count { get; init; }
    /// <summary>Where it is told later than it happened.</summary>
    public DateTimeOffset? HappenedAt { get; init; }
}

/// <summary>Where the core says what happened. Never waits, whatever becomes of the event; may be called by any thread.</summary>
public interface IGatewayEvents
{
    void Note(GatewayEvent happened);
}
