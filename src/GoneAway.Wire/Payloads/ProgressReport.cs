namespace GoneAway.Wire.Payloads;

/// <summary>How far a long statement of MariaDB is: an ERR packet with code 0xFFFF.</summary>
/// <remarks>MariaDB "ERR_Packet", progress reporting.</remarks>
public readonly ref struct ProgressReport
{
    public byte Stage { get; private init; }
    public byte Stages { get; private init; }
    /// <summary>Of this stage, in thousandths of a percent.</summary>
    public int Progress { get; private init; }
    /// <summary>What is being done, in words.</summary>
    public ReadOnlySpan<byte> Info { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ProgressReport report)
    {
        report = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header != 0xFF || !reader.TryReadUInt16(out ushort code) || code != 0xFFFF
            || !reader.TrySkip(1) || !reader.TryReadByte(out byte stage) || !reader.TryReadByte(out byte stages)
            || !reader.TryReadUInt24(out int progress))
            return false;
        reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> info);
        report = new ProgressReport { Stage = stage, Stages = stages, Progress = progress, Info = info };
        return true;
    }
}
