namespace GoneAway.Gateway.Login;

/// <summary>What a client's login says, kept: of HandshakeResponse41 or of COM_CHANGE_USER.</summary>
public sealed record LoginRequest
{
    /// <summary>What both ends have: the client's flags and the greeting's.</summary>
    public required ulong Capabilities { get; init; }
    /// <summary>The largest packet in bytes that the client says it takes.</summary>
    public uint MaxPacketSize { get; init; }
    /// <summary>Number of the collation; 0: the server's own.</summary>
    public ushort Collation { get; init; }
    /// <summary>In whatever encoding.</summary>
    public required ReadOnlyMemory<byte> User { get; init; }
    public ReadOnlyMemory<byte> Database { get; init; }
    /// <summary>The plugin of the answer; empty where the client names none.</summary>
    public string AuthPlugin { get; init; } = "";
    /// <summary>The answer to <see cref="Scramble"/>.</summary>
    public ReadOnlyMemory<byte> AuthResponse { get; init; }
    /// <summary>Connection attributes, encoded, without their length.</summary>
    public ReadOnlyMemory<byte> Attributes { get; init; }
    /// <summary>The attribute program_name; empty where there is none.</summary>
    public string ProgramName { get; init; } = "";
    /// <summary>The attribute _client_name: the driver.</summary>
    public string ClientName { get; init; } = "";
    /// <summary>20 bytes that the greeting had; of COM_CHANGE_USER, the last ones that the client was told.</summary>
    public required ReadOnlyMemory<byte> Scramble { get; init; }
    /// <summary>The plugin that the greeting named.</summary>
    public string GreetingPlugin { get; init; } = Wire.Authentication.AuthPlugin.CachingSha2;
    /// <summary>COM_CHANGE_USER: libmysqlclient leaves its answer empty until it is asked again.</summary>
    public bool IsChangeUser { get; init; }
    /// <summary>The client's address as an error names it.</summary>
    public string Host { get; init; } = "";
    /// <summary>The client's address where backends are told it (PROXY header), so that accounts differ by it; else empty.</summary>
    public string Origin { get; init; } = "";

    internal bool Has(ulong flag) => (Capabilities & flag) != 0;

    internal bool HasAnswered => AuthResponse.Length > 1 || AuthResponse.Length == 1 && AuthResponse.Span[0] != 0;

    public override string ToString() => $"login of {System.Text.Encoding.UTF8.GetString(User.Span)}";
}
