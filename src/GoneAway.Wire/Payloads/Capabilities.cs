namespace GoneAway.Wire.Payloads;

/// <summary>Capability flags of greeting and login. The upper 32 bits are MariaDB's extended ones.</summary>
/// <remarks>MySQL "Capabilities Flags" (mysql_com.h); MariaDB "Connection phase, capabilities".</remarks>
public static class Capabilities
{
    /// <summary>CLIENT_LONG_PASSWORD; MariaDB calls the same bit CLIENT_MYSQL.</summary>
    public const ulong LongPassword = 1;
    public const ulong FoundRows = 1 << 1;
    public const ulong LongFlag = 1 << 2;
    public const ulong ConnectWithDb = 1 << 3;
    public const ulong NoSchema = 1 << 4;
    public const ulong Compress = 1 << 5;
    public const ulong Odbc = 1 << 6;
    public const ulong LocalFiles = 1 << 7;
    public const ulong IgnoreSpace = 1 << 8;
    public const ulong Protocol41 = 1 << 9;
    public const ulong Interactive = 1 << 10;
    public const ulong Ssl = 1 << 11;
    public const ulong IgnoreSigpipe = 1 << 12;
    public const ulong Transactions = 1 << 13;
    public const ulong SecureConnection = 1 << 15;
    public const ulong MultiStatements = 1 << 16;
    public const ulong MultiResults = 1 << 17;
    public const ulong PsMultiResults = 1 << 18;
    public const ulong PluginAuth = 1 << 19;
    public const ulong ConnectAttributes = 1 << 20;
    public const ulong PluginAuthLengthEncoded = 1 << 21;
    public const ulong CanHandleExpiredPasswords = 1 << 22;
    public const ulong SessionTrack = 1 << 23;
    public const ulong DeprecateEof = 1 << 24;
    public const ulong OptionalResultsetMetadata = 1 << 25;
    public const ulong ZstdCompression = 1 << 26;
    public const ulong QueryAttributes = 1 << 27;
    public const ulong MultiFactorAuth = 1 << 28;

    public const ulong MariaDbProgress = 1UL << 32;
    public const ulong MariaDbComMulti = 1UL << 33;
    public const ulong MariaDbStmtBulkOperations = 1UL << 34;
    public const ulong MariaDbExtendedTypeInfo = 1UL << 35;
    public const ulong MariaDbCacheMetadata = 1UL << 36;
    public const ulong MariaDbBulkUnitResults = 1UL << 37;
}
