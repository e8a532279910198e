namespace GoneAway.Wire.Payloads;

/// <summary>The end of definitions or rows, where EOF is not deprecated.</summary>
/// <remarks>MySQL "EOF_Packet": 5 bytes, or 1 before 4.1.</remarks>
public readonly struct EofPacket
{
    public ushort Warnings { get; private init; }
    public ushort Status { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out EofPacket eof)
    {
        eof = default;
        var reader = new PayloadReader(payload);
        if (payload.Length is not (1 or 5) || !reader.TryReadByte(out byte header) || header != 0xFE)
            return false;
        reader.TryReadUInt16(out ushort warnings);
        reader.TryReadUInt16(out ushort status);
        eof = new EofPacket { Warnings = warnings, Status = status };
        return true;
    }
}
