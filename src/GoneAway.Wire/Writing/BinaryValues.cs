using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Writing;

/// <summary>Writes values of the binary protocol.</summary>
internal static class BinaryValues
{
    public static void WriteNullBitmap(PayloadWriter writer, ReadOnlySpan<byte[]?> values, int offset)
    {
        int present = 0;
        for (int bit = 0; bit < values.Length + offset; bit++)
        {
            if (bit >= offset && values[bit - offset] is null)
                present |= 1 << bit % 8;
            if (bit % 8 != 7 && bit + 1 < values.Length + offset)
                continue;
            writer.Byte((byte)present);
            present = 0;
        }
    }

    public static PayloadWriter Write(PayloadWriter writer, ReadOnlySpan<byte> types, ReadOnlySpan<byte[]?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } value)
                continue;
            switch (types[i])
            {
                case ColumnType.Date or ColumnType.DateTime or ColumnType.Timestamp or ColumnType.Time:
                    writer.Byte((byte)value.Length).Bytes(value);
                    break;
                case ColumnType.Decimal or ColumnType.VarChar or ColumnType.Bit or >= ColumnType.Json:
                    writer.LengthEncodedBytes(value);
                    break;
                default:
                    writer.Bytes(value);
                    break;
            }
        }
        return writer;
    }
}
