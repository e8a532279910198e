namespace GoneAway.Wire.Payloads;

/// <summary>The first half of a login: what follows is TLS.</summary>
/// <remarks>MySQL "Protocol::SSLRequest"; 32 bytes, as a login up to the user's name.</remarks>
public readonly struct SslRequest
{
    private const int Length = 32;

    public ulong Capabilities { get; private init; }
    /// <summary>In bytes.</summary>
    public uint MaxPacketSize { get; private init; }
    public byte Charset { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out SslRequest request)
    {
        request = default;
        var reader = new PayloadReader(payload);
        if (payload.Length != Length || !reader.TryReadUInt32(out uint low) || (low & Payloads.Capabilities.Ssl) == 0
            || !reader.TryReadUInt32(out uint maxPacket) || !reader.TryReadByte(out byte charset)
            || !reader.TrySkip(19) || !reader.TryReadUInt32(out uint extended))
            return false;
        ulong capabilities = low;
        if ((low & Payloads.Capabilities.LongPassword) == 0)
            capabilities |= (ulong)extended << 32;
        request = new SslRequest { Capabilities = capabilities, MaxPacketSize = maxPacket, Charset = charset };
        return true;
    }
}
