namespace GoneAway.Wire.Payloads;

/// <summary>Finds the end of a value in the binary protocol, which depends on its type.</summary>
/// <remarks>MySQL "Binary Protocol Value".</remarks>
public static class BinaryValue
{
    /// <summary>Reads a value that is not NULL; false for a value that is cut or a type that does not exist.</summary>
    public static bool TryRead(scoped ref PayloadReader reader, byte type, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        switch (type)
        {
            case ColumnType.Null:
                return true;
            case ColumnType.Tiny:
                return reader.TryReadBytes(1, out bytes);
            case ColumnType.Short or ColumnType.Year:
                return reader.TryReadBytes(2, out bytes);
            case ColumnType.Long or ColumnType.Int24 or ColumnType.Float:
                return reader.TryReadBytes(4, out bytes);
            case ColumnType.LongLong or ColumnType.Double:
                return reader.TryReadBytes(8, out bytes);
            case ColumnType.Date or ColumnType.DateTime or ColumnType.Timestamp or ColumnType.Time:
                return reader.TryReadByte(out byte length) && length <= 12 && reader.TryReadBytes(length, out bytes);
            case ColumnType.Decimal or ColumnType.VarChar or ColumnType.Bit or >= ColumnType.Json:
                return reader.TryReadLengthEncodedBytes(out bytes);
            default:
                return false;
        }
    }
}
