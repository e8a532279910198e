namespace GoneAway.Wire.Payloads;

/// <summary>COM_STMT_EXECUTE: runs a prepared statement.</summary>
/// <remarks>MySQL "COM_STMT_EXECUTE".</remarks>
public readonly ref struct ComStmtExecute
{
    private const byte ParameterCountAvailable = 0x08;

    public uint StatementId { get; private init; }
    /// <summary>CURSOR_TYPE_: 0 none, 1 read only; 8 says that a parameter count follows.</summary>
    public byte Flags { get; private init; }
    public BoundParameters Parameters { get; private init; }

    /// <param name="payload">The command with its first byte.</param>
    /// <param name="parameterCount">Of the answer to COM_STMT_PREPARE.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="execute">The command.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, int parameterCount, ulong capabilities, out ComStmtExecute execute)
    {
        execute = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.StmtExecute || parameterCount is < 0 or > 65535
            || !reader.TryReadUInt32(out uint id) || !reader.TryReadByte(out byte flags) || !reader.TrySkip(4))
            return false;
        bool attributes = (capabilities & Capabilities.QueryAttributes) != 0;
        ulong count = (ulong)parameterCount;
        if (attributes && (flags & ParameterCountAvailable) != 0 && (!reader.TryReadLengthEncoded(out count) || count > 65535))
            return false;
        BoundParameters parameters = default;
        if (count > 0 && !BoundParameters.TryRead(ref reader, (int)count, attributes, out parameters))
            return false;
        execute = new ComStmtExecute { StatementId = id, Flags = flags, Parameters = parameters };
        return true;
    }
}
