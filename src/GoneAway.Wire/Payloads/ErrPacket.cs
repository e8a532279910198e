namespace GoneAway.Wire.Payloads;

/// <summary>An error of the server.</summary>
/// <remarks>MySQL "ERR_Packet". In place of a greeting it has no SQLSTATE.</remarks>
public readonly ref struct ErrPacket
{
    public ushort Code { get; private init; }
    /// <summary>Five characters, or empty.</summary>
    public ReadOnlySpan<byte> SqlState { get; private init; }
    public ReadOnlySpan<byte> Message { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ErrPacket error)
    {
        error = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header != 0xFF || !reader.TryReadUInt16(out ushort code))
            return false;
        ReadOnlySpan<byte> state = default;
        if (reader.Rest.Length >= 6 && reader.Rest[0] == (byte)'#')
        {
            state = reader.Rest.Slice(1, 5);
            reader.TrySkip(6);
        }
        error = new ErrPacket { Code = code, SqlState = state, Message = reader.Rest };
        return true;
    }
}
