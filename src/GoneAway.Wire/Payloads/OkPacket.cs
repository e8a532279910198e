namespace GoneAway.Wire.Payloads;

/// <summary>Success, or with header 0xFE the end of a result where EOF is deprecated.</summary>
/// <remarks>MySQL "OK_Packet".</remarks>
public readonly ref struct OkPacket
{
    public ulong AffectedRows { get; private init; }
    public ulong LastInsertId { get; private init; }
    public ushort Status { get; private init; }
    public ushort Warnings { get; private init; }
    public ReadOnlySpan<byte> Info { get; private init; }
    /// <summary>Session state changes, still encoded: type byte, then a length-encoded block, repeated.</summary>
    public ReadOnlySpan<byte> StateChanges { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out OkPacket ok)
    {
        ok = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header is not (0x00 or 0xFE)
            || !reader.TryReadLengthEncoded(out ulong affected) || !reader.TryReadLengthEncoded(out ulong insertId))
            return false;
        // Before 4.1 there are neither status nor warnings; both may be cut.
        reader.TryReadUInt16(out ushort status);
        reader.TryReadUInt16(out ushort warnings);
        ReadOnlySpan<byte> info = reader.Rest, changes = default;
        if ((capabilities & Capabilities.SessionTrack) != 0 && !reader.IsEmpty)
        {
            reader.TryReadLengthEncodedBytes(out info);
            if ((status & StatusFlags.SessionStateChanged) != 0)
                reader.TryReadLengthEncodedBytes(out changes);
        }
        ok = new OkPacket { AffectedRows = affected, LastInsertId = insertId, Status = status, Warnings = warnings, Info = info, StateChanges = changes };
        return true;
    }
}
