using GoneAway.Wire.Payloads;
using Flag = GoneAway.Wire.Payloads.Capabilities;

namespace GoneAway.Wire.Writing;

/// <summary>What a server's greeting says.</summary>
public sealed record GreetingFields
{
    private const ulong Common = Flag.FoundRows | Flag.LongFlag | Flag.ConnectWithDb | Flag.NoSchema
        | Flag.Odbc | Flag.LocalFiles | Flag.IgnoreSpace | Flag.Protocol41 | Flag.Interactive
        | Flag.IgnoreSigpipe | Flag.Transactions | Flag.SecureConnection | Flag.MultiStatements
        | Flag.MultiResults | Flag.PsMultiResults | Flag.PluginAuth | Flag.ConnectAttributes
        | Flag.PluginAuthLengthEncoded | Flag.CanHandleExpiredPasswords | Flag.SessionTrack | Flag.DeprecateEof;

    public required ReadOnlyMemory<byte> Version { get; init; }
    public required uint ConnectionId { get; init; }
    /// <summary>20 bytes without a zero among them.</summary>
    public required ReadOnlyMemory<byte> Scramble { get; init; }
    public required ulong Capabilities { get; init; }
    public required ReadOnlyMemory<byte> AuthPlugin { get; init; }
    /// <summary>255: utf8mb4_0900_ai_ci; 45: utf8mb4_general_ci.</summary>
    public byte Charset { get; init; } = 45;
    public ushort Status { get; init; } = StatusFlags.Autocommit;

    /// <summary>As MySQL 5.7 greets.</summary>
    public static GreetingFields MySql57(uint connectionId, ReadOnlyMemory<byte> scramble) => new()
    {
        Version = "5.7.44-log"u8.ToArray(),
        ConnectionId = connectionId,
        Scramble = scramble,
        Capabilities = Common | Flag.LongPassword,
        AuthPlugin = "mysql_native_password"u8.ToArray(),
        Charset = 8,
    };

    /// <summary>As MySQL 8.0 greets.</summary>
    public static GreetingFields MySql8(uint connectionId, ReadOnlyMemory<byte> scramble) => MySql57(connectionId, scramble) with
    {
        Version = "8.0.36"u8.ToArray(),
        Capabilities = Common | Flag.LongPassword | Flag.OptionalResultsetMetadata
            | Flag.QueryAttributes | Flag.MultiFactorAuth,
        AuthPlugin = "caching_sha2_password"u8.ToArray(),
        Charset = 255,
    };

    /// <summary>As MySQL 9 greets.</summary>
    public static GreetingFields MySql9(uint connectionId, ReadOnlyMemory<byte> scramble) =>
        MySql8(connectionId, scramble) with { Version = "9.1.0"u8.ToArray() };

    /// <summary>As MariaDB 10.11 greets: with the 5.5.5 prefix, and its own capabilities in place of CLIENT_LONG_PASSWORD.</summary>
    public static GreetingFields MariaDb(uint connectionId, ReadOnlyMemory<byte> scramble) => new()
    {
        Version = "5.5.5-10.11.6-MariaDB-0+deb12u1"u8.ToArray(),
        ConnectionId = connectionId,
        Scramble = scramble,
        Capabilities = Common | Flag.MariaDbProgress | Flag.MariaDbStmtBulkOperations
            | Flag.MariaDbExtendedTypeInfo | Flag.MariaDbCacheMetadata,
        AuthPlugin = "mysql_native_password"u8.ToArray(),
    };
}
