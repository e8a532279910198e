namespace GoneAway.Wire.Payloads;

/// <summary>COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID: a replica asks for events.</summary>
/// <remarks>MySQL "COM_BINLOG_DUMP", "COM_BINLOG_DUMP_GTID".</remarks>
public readonly ref struct ComBinlogDump
{
    /// <summary>In bytes from the file's start.</summary>
    public ulong Position { get; private init; }
    /// <summary>1: end with EOF at the log's end in place of waiting.</summary>
    public ushort Flags { get; private init; }
    public uint ServerId { get; private init; }
    public ReadOnlySpan<byte> FileName { get; private init; }
    /// <summary>The set of transactions that the replica has, still encoded; empty without GTID.</summary>
    public ReadOnlySpan<byte> Gtids { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComBinlogDump command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code))
            return false;
        if (code == CommandCode.BinlogDumpGtid)
            return TryReadGtid(reader, out command);
        if (code != CommandCode.BinlogDump || !reader.TryReadUInt32(out uint position) || !reader.TryReadUInt16(out ushort flags)
            || !reader.TryReadUInt32(out uint id))
            return false;
        command = new ComBinlogDump { Position = position, Flags = flags, ServerId = id, FileName = reader.Rest };
        return true;
    }

    private static bool TryReadGtid(PayloadReader reader, out ComBinlogDump command)
    {
        command = default;
        if (!reader.TryReadUInt16(out ushort flags) || !reader.TryReadUInt32(out uint id)
            || !TryReadLong(ref reader, out ReadOnlySpan<byte> file) || !reader.TryReadUInt64(out ulong position))
            return false;
        TryReadLong(ref reader, out ReadOnlySpan<byte> gtids);
        command = new ComBinlogDump { Position = position, Flags = flags, ServerId = id, FileName = file, Gtids = gtids };
        return true;
    }

    private static bool TryReadLong(scoped ref PayloadReader reader, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return reader.TryReadUInt32(out uint length) && length <= int.MaxValue && reader.TryReadBytes((int)length, out bytes);
    }
}
