namespace GoneAway.Wire.Payloads;

/// <summary>COM_STMT_SEND_LONG_DATA: a piece of one parameter. It gets no answer.</summary>
/// <remarks>MySQL "COM_STMT_SEND_LONG_DATA".</remarks>
public readonly ref struct ComStmtSendLongData
{
    public uint StatementId { get; private init; }
    public ushort Parameter { get; private init; }
    public ReadOnlySpan<byte> Data { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComStmtSendLongData data)
    {
        data = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.StmtSendLongData
            || !reader.TryReadUInt32(out uint id) || !reader.TryReadUInt16(out ushort parameter))
            return false;
        data = new ComStmtSendLongData { StatementId = id, Parameter = parameter, Data = reader.Rest };
        return true;
    }
}
