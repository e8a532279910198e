using GoneAway.Gateway.Login;

namespace GoneAway.Gateway.Backends;

/// <summary>What a server says of itself, in its greeting and when asked.</summary>
internal sealed record ServerInfo
{
    /// <summary>As in the greeting.</summary>
    public required ReadOnlyMemory<byte> Version { get; init; }
    public required bool IsMariaDb { get; init; }
    public required ulong Capabilities { get; init; }
    public required byte Charset { get; init; }
    public required string AuthPlugin { get; init; }
    /// <summary>In bytes; 0 while it is not known.</summary>
    public long MaxAllowedPacket { get; init; }
    /// <summary>In seconds; 0 while they are not known.</summary>
    public int WaitTimeout { get; init; }
    public int InteractiveTimeout { get; init; }
    public int MaxConnections { get; init; }
    /// <summary>init_connect is set: a variable's default is then not what a fresh session has.</summary>
    public bool HasInitConnect { get; init; }
    public long AskedAt { get; init; }
    /// <summary>The statement by which it tells of every change of a session's variables, schema and other state; null while it is not known.</summary>
    public string? TrackingStatement { get; init; }

    /// <summary>As far as a greeting tells.</summary>
    public static ServerInfo Of(BackendGreeting greeting) => new()
    {
        Version = greeting.Version,
        IsMariaDb = greeting.IsMariaDb,
        Capabilities = greeting.Offered,
        Charset = greeting.Charset,
        AuthPlugin = greeting.AuthPlugin,
    };

    /// <summary>Session tracking of these variables.</summary>
    public static string Tracking(string variables) => $"SET SESSION session_track_system_variables='{variables}',session_track_schema=1,session_track_state_change=1";

    /// <summary>Variables that servers track and nobody can set: they tell of the statement before, not of the session.</summary>
    public static bool IsNoState(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("statement_id"u8) || name.SequenceEqual("last_gtid"u8) || name.SequenceEqual("in_transaction"u8) || name.SequenceEqual("warning_count"u8) || name.SequenceEqual("error_count"u8);

    public bool Tracks => (Capabilities & Wire.Payloads.Capabilities.SessionTrack) != 0;
}
