using System.Collections.Concurrent;

namespace GoneAway.Gateway.Backends;

/// <summary>Server connections with the same key can stand in for one another, once their state is set. One instance per key.</summary>
internal sealed class PoolKey
{
    private static readonly ConcurrentDictionary<(string, ulong, byte, object, string), PoolKey> Known = new();

    /// <summary>Clients can ask for what makes keys differ: collations, capabilities, and where servers are told of them their addresses.</summary>
    private const int MostKnown = 50_000;

    private PoolKey[] conditions = [];

    /// <summary>Byte for byte (Latin-1).</summary>
    public required string User { get; init; }
    /// <summary>The capabilities that shape requests and answers.</summary>
    public required ulong Capabilities { get; init; }
    /// <summary>Of the login.</summary>
    public required byte Collation { get; init; }
    /// <summary>After COM_RESET_CONNECTION: the character set is the server's, not the login's.</summary>
    public bool WasReset { get; private init; }
    /// <summary>A schema is chosen, which nothing undoes.</summary>
    public bool HasSchema { get; private init; }
    /// <summary>Which credential: another one of the same user is another account.</summary>
    public required object? Credential { get; init; }

    /// <summary>The client's address, where servers are told it: a connection is then of one address.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The one key for these; a session whose login cannot be repeated has one of its own, which goes with it.</summary>
    public static PoolKey Of(string user, ulong capabilities, byte collation, object? credential, string origin, bool hasSchema)
    {
        PoolKey key = credential is null ? Make((user, capabilities, collation, new object(), origin)) : Known.GetOrAdd((user, capabilities, collation, credential, origin), Remember);
        return key.As(wasReset: false, hasSchema);
    }

    /// <summary>The same account and shape, in another condition.</summary>
    public PoolKey As(bool wasReset, bool hasSchema) => conditions[(wasReset ? 1 : 0) + (hasSchema ? 2 : 0)];

    private static PoolKey Remember((string, ulong, byte, object, string) of)
    {
        // Another instance of a key that is in use costs a pool that is not shared, no more.
        if (Known.Count >= MostKnown)
            Known.Clear();
        return Make(of);
    }

    private static PoolKey Make((string User, ulong Capabilities, byte Collation, object Credential, string Origin) of)
    {
        var all = new PoolKey[4];
        for (int i = 0; i < all.Length; i++)
            all[i] = new PoolKey { User = of.User, Capabilities = of.Capabilities, Collation = of.Collation, Credential = of.Credential, Origin = of.Origin, WasReset = (i & 1) != 0, HasSchema = (i & 2) != 0, conditions = all };
        return all[0];
    }
}
