using System.Collections.Concurrent;

namespace GoneAway.Gateway.Backends;

/// <summary>Server connections with the same key can stand in for one another, once their state is set. One instance per key.</summary>
internal sealed record PoolKey
{
    private static readonly ConcurrentDictionary<PoolKey, PoolKey> Known = new();

    /// <summary>Byte for byte (Latin-1).</summary>
    public required string User { get; init; }
    /// <summary>The capabilities that shape requests and answers.</summary>
    public required ulong Capabilities { get; init; }
    /// <summary>Of the login.</summary>
    public required byte Collation { get; init; }
    /// <summary>After COM_RESET_CONNECTION: the character set is the server's, not the login's.</summary>
    public bool WasReset { get; init; }
    /// <summary>A schema is chosen, which nothing undoes.</summary>
    public bool HasSchema { get; init; }
    /// <summary>Which credential: another one of the same user is another account.</summary>
    public required object? Credential { get; init; }

    /// <summary>The client's address, where servers are told it: a connection is then of one address.</summary>
    public string Origin { get; init; } = "";

    public PoolKey Interned() => Known.GetOrAdd(this, this);

    /// <summary>The same account and shape, in another condition.</summary>
    public PoolKey As(bool wasReset, bool hasSchema) =>
        wasReset == WasReset && hasSchema == HasSchema ? this : (this with { WasReset = wasReset, HasSchema = hasSchema }).Interned();
}
