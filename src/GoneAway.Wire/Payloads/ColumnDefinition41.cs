namespace GoneAway.Wire.Payloads;

/// <summary>A column of a result, or a parameter of a prepared statement.</summary>
/// <remarks>MySQL "Protocol::ColumnDefinition41"; MariaDB "Column Definition Packet" for the extended type.</remarks>
public readonly ref struct ColumnDefinition41
{
    public ReadOnlySpan<byte> Schema { get; private init; }
    public ReadOnlySpan<byte> Table { get; private init; }
    public ReadOnlySpan<byte> OriginalTable { get; private init; }
    public ReadOnlySpan<byte> Name { get; private init; }
    public ReadOnlySpan<byte> OriginalName { get; private init; }
    /// <summary>MariaDB's extended metadata, still encoded.</summary>
    public ReadOnlySpan<byte> ExtendedType { get; private init; }
    public ushort Charset { get; private init; }
    /// <summary>The longest value, in bytes.</summary>
    public uint Length { get; private init; }
    /// <summary>See <see cref="ColumnType"/>.</summary>
    public byte Type { get; private init; }
    public ushort Flags { get; private init; }
    public byte Decimals { get; private init; }

    /// <param name="payload">The packet.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="column">The definition.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out ColumnDefinition41 column)
    {
        column = default;
        var reader = new PayloadReader(payload);
        ReadOnlySpan<byte> extended = default;
        if (!reader.TryReadLengthEncodedBytes(out _) || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> schema)
            || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> table)
            || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> originalTable)
            || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> name)
            || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> originalName)
            || (capabilities & Capabilities.MariaDbExtendedTypeInfo) != 0 && !reader.TryReadLengthEncodedBytes(out extended)
            || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> fixedPart))
            return false;
        reader = new PayloadReader(fixedPart);
        if (!reader.TryReadUInt16(out ushort charset) || !reader.TryReadUInt32(out uint length) || !reader.TryReadByte(out byte type)
            || !reader.TryReadUInt16(out ushort flags) || !reader.TryReadByte(out byte decimals))
            return false;
        column = new ColumnDefinition41
        {
            Schema = schema,
            Table = table,
            OriginalTable = originalTable,
            Name = name,
            OriginalName = originalName,
            ExtendedType = extended,
            Charset = charset,
            Length = length,
            Type = type,
            Flags = flags,
            Decimals = decimals,
        };
        return true;
    }
}
