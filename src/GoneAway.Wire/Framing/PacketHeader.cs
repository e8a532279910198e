namespace GoneAway.Wire.Framing;

/// <summary>The four bytes before each payload: its length in three, and the sequence id.</summary>
/// <remarks>MySQL "Protocol basics".</remarks>
public static class PacketHeader
{
    /// <summary>Bytes.</summary>
    public const int Size = 4;

    /// <summary>Payload bytes of a part behind which another follows.</summary>
    public const int MaxPart = 0xFFFFFF;

    /// <summary>Payload bytes that a header announces.</summary>
    /// <param name="header">Three bytes at least.</param>
    public static int LengthOf(ReadOnlySpan<byte> header) => header[0] | header[1] << 8 | header[2] << 16;

    /// <summary>Writes a header.</summary>
    /// <param name="length">Payload bytes, at most <see cref="MaxPart"/>.</param>
    public static void Write(Span<byte> target, int length, byte sequence)
    {
        target[3] = sequence;
        target[2] = (byte)(length >> 16);
        target[1] = (byte)(length >> 8);
        target[0] = (byte)length;
    }
}
