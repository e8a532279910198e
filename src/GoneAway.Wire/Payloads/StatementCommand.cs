namespace GoneAway.Wire.Payloads;

/// <summary>COM_STMT_CLOSE, COM_STMT_RESET and COM_STMT_FETCH: a statement's id, for the last with a number of rows.</summary>
public readonly struct StatementCommand
{
    public byte Code { get; private init; }
    public uint StatementId { get; private init; }
    /// <summary>COM_STMT_FETCH only; else 0.</summary>
    public uint Rows { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out StatementCommand command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        uint rows = 0;
        if (!reader.TryReadByte(out byte code) || code is not (CommandCode.StmtClose or CommandCode.StmtReset or CommandCode.StmtFetch)
            || !reader.TryReadUInt32(out uint id) || code == CommandCode.StmtFetch && !reader.TryReadUInt32(out rows))
            return false;
        command = new StatementCommand { Code = code, StatementId = id, Rows = rows };
        return true;
    }
}
