using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Login;

/// <summary>How the gateway greets a client.</summary>
public sealed record ClientGreeting
{
    /// <summary>As the backends name theirs, the 5.5.5- of MariaDB before it where they have it.</summary>
    public required ReadOnlyMemory<byte> Version { get; init; }
    /// <summary>What is offered; Ssl among it where there is a certificate.</summary>
    public required ulong Capabilities { get; init; }
    public required uint ConnectionId { get; init; }
    public byte Charset { get; init; } = 45;
    public ushort Status { get; init; } = StatusFlags.Autocommit;
    public string AuthPlugin { get; init; } = Wire.Authentication.AuthPlugin.CachingSha2;
    public bool RequireTls { get; init; }
    /// <summary>The client's address as an error names it.</summary>
    public string Host { get; init; } = "";
    /// <summary>See <see cref="LoginRequest.Origin"/>.</summary>
    public string Origin { get; init; } = "";
}
