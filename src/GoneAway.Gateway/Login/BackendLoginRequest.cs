using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Login;

/// <summary>How the gateway logs in to a backend.</summary>
public sealed record BackendLoginRequest
{
    public required ReadOnlyMemory<byte> User { get; init; }
    /// <summary>What is wanted; agreed is what the backend has too. ConnectWithDb, Ssl, PluginAuth and the like are seen to.</summary>
    public required ulong Capabilities { get; init; }
    public BackendTls Tls { get; init; } = BackendTls.Preferred;
    /// <summary>Number of the collation, below 256.</summary>
    public byte Collation { get; init; } = 45;
    /// <summary>Empty: none.</summary>
    public ReadOnlyMemory<byte> Database { get; init; }
    /// <summary>Connection attributes, encoded, without their length.</summary>
    public ReadOnlyMemory<byte> Attributes { get; init; }
    /// <summary>In bytes.</summary>
    public uint MaxPacketSize { get; init; } = 1 << 30;
}

/// <summary>What a backend said in its greeting and its OK.</summary>
public sealed record BackendGreeting
{
    /// <summary>As sent.</summary>
    public required ReadOnlyMemory<byte> Version { get; init; }
    public required bool IsMariaDb { get; init; }
    public required uint ThreadId { get; init; }
    /// <summary>All that the backend has.</summary>
    public required ulong Offered { get; init; }
    /// <summary>What is spoken on this connection.</summary>
    public ulong Capabilities { get; init; }
    /// <summary>The server's own collation, lower byte.</summary>
    public byte Charset { get; init; }
    public bool IsTls { get; init; }
    /// <summary>The account's plugin.</summary>
    public string AuthPlugin { get; init; } = "";
    /// <summary>Of the OK: <see cref="Wire.Payloads.StatusFlags"/>.</summary>
    public ushort Status { get; init; }
    /// <summary>Session state changes of the OK, encoded.</summary>
    public ReadOnlyMemory<byte> StateChanges { get; init; }
}
