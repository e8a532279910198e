namespace GoneAway.Wire.Payloads;

/// <summary>COM_FIELD_LIST: the columns of a table, for old clients.</summary>
/// <remarks>MySQL "COM_FIELD_LIST".</remarks>
public readonly ref struct ComFieldList
{
    public ReadOnlySpan<byte> Table { get; private init; }
    /// <summary>A pattern of column names; empty for all.</summary>
    public ReadOnlySpan<byte> Wildcard { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComFieldList command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.FieldList || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> table))
            return false;
        command = new ComFieldList { Table = table, Wildcard = reader.Rest };
        return true;
    }
}
