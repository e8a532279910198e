namespace GoneAway.Wire.Writing;

/// <summary>What a client's login says.</summary>
public sealed record LoginFields
{
    /// <summary>The flags say which of the other fields are sent, and how.</summary>
    public required ulong Capabilities { get; init; }
    public required ReadOnlyMemory<byte> User { get; init; }
    /// <summary>In bytes.</summary>
    public uint MaxPacketSize { get; init; } = 1 << 24;
    public byte Charset { get; init; } = 45;
    /// <summary>At most 255 bytes without CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA.</summary>
    public ReadOnlyMemory<byte> AuthResponse { get; init; }
    public ReadOnlyMemory<byte> Database { get; init; }
    public ReadOnlyMemory<byte> AuthPlugin { get; init; }
    public IReadOnlyList<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> Attributes { get; init; } = [];
    /// <summary>Encoded as another login had them, without their length; sent in place of <see cref="Attributes"/> where there are any.</summary>
    public ReadOnlyMemory<byte> EncodedAttributes { get; init; }
    /// <summary>Sent with CLIENT_ZSTD_COMPRESSION_ALGORITHM.</summary>
    public byte ZstdLevel { get; init; } = 3;

    internal bool Has(ulong flag) => (Capabilities & flag) != 0;

    /// <summary>MariaDB's flags are sent only without CLIENT_LONG_PASSWORD, whose absence announces them.</summary>
    internal uint ExtendedCapabilities => Has(Payloads.Capabilities.LongPassword) ? 0 : (uint)(Capabilities >> 32);
}
