namespace GoneAway.Wire.Payloads;

/// <summary>Parameters of COM_STMT_EXECUTE and query attributes of COM_QUERY: NULL bitmap, types, values.</summary>
/// <remarks>MySQL "COM_STMT_EXECUTE", "COM_QUERY".</remarks>
public readonly ref struct BoundParameters
{
    private ReadOnlySpan<byte> Nulls { get; init; }
    private ReadOnlySpan<byte> Types { get; init; }
    private ReadOnlySpan<byte> Values { get; init; }
    private bool Named { get; init; }

    public int Count { get; private init; }

    /// <summary>False when the types are those of the execution before: the values then cannot be told apart here.</summary>
    public bool HasTypes { get; private init; }

    public Enumerator GetEnumerator() => new(this);

    /// <param name="reader">Stands at the NULL bitmap; afterwards behind the types.</param>
    /// <param name="count">How many parameters.</param>
    /// <param name="named">Each type is followed by a name (CLIENT_QUERY_ATTRIBUTES).</param>
    /// <param name="parameters">The parameters; values up to the payload's end.</param>
    internal static bool TryRead(scoped ref PayloadReader reader, int count, bool named, out BoundParameters parameters)
    {
        parameters = default;
        if (!reader.TryReadBytes((count + 7) / 8, out ReadOnlySpan<byte> nulls) || !reader.TryReadByte(out byte newTypes))
            return false;
        ReadOnlySpan<byte> before = reader.Rest;
        for (int i = 0; newTypes == 1 && i < count; i++)
        {
            if (!reader.TrySkip(2) || named && !reader.TryReadLengthEncodedBytes(out _))
                return false;
        }
        parameters = new BoundParameters
        {
            Count = count,
            Nulls = nulls,
            HasTypes = newTypes == 1,
            Types = before[..(before.Length - reader.Rest.Length)],
            Values = reader.Rest,
            Named = named,
        };
        return true;
    }

    /// <summary>Goes through the parameters; stops at the first one that is not all there.</summary>
    public ref struct Enumerator(BoundParameters parameters)
    {
        private readonly BoundParameters parameters = parameters;
        private PayloadReader types = new(parameters.Types);
        private PayloadReader values = new(parameters.Values);
        private ReadOnlySpan<byte> name;
        private ReadOnlySpan<byte> bytes;
        private ushort type;
        private bool isNull;
        private int index;

        public readonly Parameter Current => new((byte)type, name, new RowValue(isNull, bytes));

        /// <summary>What follows the values that have been read.</summary>
        public readonly ReadOnlySpan<byte> Rest => values.Rest;

        public bool MoveNext()
        {
            if (!parameters.HasTypes || index >= parameters.Count || !types.TryReadUInt16(out type)
                || parameters.Named && !types.TryReadLengthEncodedBytes(out name))
                return false;
            isNull = (parameters.Nulls[index / 8] >> index % 8 & 1) != 0;
            bytes = default;
            index++;
            return isNull || BinaryValue.TryRead(ref values, (byte)type, out bytes);
        }
    }

    public readonly ref struct Parameter(byte type, ReadOnlySpan<byte> name, RowValue value)
    {
        /// <summary>See <see cref="ColumnType"/>.</summary>
        public byte Type { get; } = type;
        /// <summary>Empty where parameters have no names.</summary>
        public ReadOnlySpan<byte> Name { get; } = name;
        public RowValue Value { get; } = value;
    }
}
