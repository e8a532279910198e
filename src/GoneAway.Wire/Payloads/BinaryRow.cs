namespace GoneAway.Wire.Payloads;

/// <summary>A row of the binary protocol; its values are read in order with the types of the column definitions.</summary>
/// <remarks>MySQL "Binary Protocol Resultset Row": 0x00, NULL bitmap with an offset of two bits, values.</remarks>
public ref struct BinaryRow
{
    private const int BitmapOffset = 2;

    private ReadOnlySpan<byte> nulls;
    private PayloadReader values;
    private int index;

    public int ColumnCount { get; private init; }

    /// <summary>True when every byte of the row has been read.</summary>
    public readonly bool IsComplete => values.IsEmpty;

    public static bool TryRead(ReadOnlySpan<byte> payload, int columnCount, out BinaryRow row)
    {
        row = default;
        var reader = new PayloadReader(payload);
        if (columnCount is < 0 or > 65535 || !reader.TryReadByte(out byte header) || header != 0
            || !reader.TryReadBytes((columnCount + BitmapOffset + 7) / 8, out ReadOnlySpan<byte> bitmap))
            return false;
        row = new BinaryRow { ColumnCount = columnCount, nulls = bitmap, values = reader };
        return true;
    }

    /// <summary>Reads the next value; false behind the last one and for one that is cut.</summary>
    public bool TryReadValue(byte type, out RowValue value)
    {
        value = default;
        if (index >= ColumnCount)
            return false;
        int bit = index + BitmapOffset;
        bool isNull = (nulls[bit / 8] >> bit % 8 & 1) != 0;
        ReadOnlySpan<byte> bytes = default;
        if (!isNull && !BinaryValue.TryRead(ref values, type, out bytes))
            return false;
        index++;
        value = new RowValue(isNull, bytes);
        return true;
    }
}
