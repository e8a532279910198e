namespace GoneAway.Gateway.Operations;

/// <summary>What a backend gets.</summary>
public enum BackendState : byte
{
    /// <summary>Not asked yet.</summary>
    Unknown,
    Up,
    /// <summary>Back, and given more work by and by.</summary>
    Ramping,
    /// <summary>Sessions go on, new work goes elsewhere.</summary>
    Leaving,
    Down,
}

/// <summary>One backend as it is now.</summary>
public readonly record struct BackendStatus
{
    public required string Name { get; init; }
    public required string Address { get; init; }
    public required BackendState State { get; init; }
    /// <summary>Why it is not up.</summary>
    public string? Reason { get; init; }
    /// <summary>Server connections.</summary>
    public int Open { get; init; }
    public int InUse { get; init; }
    public int Idle { get; init; }
    /// <summary>Behind its source; null where it is no replica or was not asked.</summary>
    public TimeSpan? Lag { get; init; }
    /// <summary>0 to 1: its share of new work.</summary>
    public double Weight { get; init; }
}

/// <summary>What the core tells of itself. Read by other threads than its loops, at any time; must not wait for them.</summary>
public interface IGatewayStatus
{
    IReadOnlyList<BackendStatus> Backends { get; }

    /// <summary>Clients that are connected now.</summary>
    long Clients { get; }

    /// <summary>Pieces of work that wait for a server connection.</summary>
    long Waiting { get; }

    /// <summary>Bytes of results that are spooled now.</summary>
    long SpooledInMemory { get; }
    long SpooledOnDisk { get; }

    bool Draining { get; }

    /// <summary>Adds all loops' counts to <paramref name="sum"/>.</summary>
    void Count(GatewayCounters sum);

    /// <summary>Ends when each loop has run a piece of work that was given to it now; the token says that nobody waits any more.</summary>
    Task AnswerAsync(CancellationToken cancel);
}
