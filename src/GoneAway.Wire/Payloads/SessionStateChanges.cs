namespace GoneAway.Wire.Payloads;

/// <summary>What a statement changed in its session, as the OK packet tells it.</summary>
/// <remarks>MySQL "OK_Packet", session state information (SESSION_TRACK_).</remarks>
public readonly ref struct SessionStateChanges(ReadOnlySpan<byte> encoded)
{
    public const byte SystemVariables = 0;
    public const byte Schema = 1;
    public const byte StateChange = 2;
    public const byte Gtids = 3;
    public const byte TransactionCharacteristics = 4;
    public const byte TransactionState = 5;

    private readonly ReadOnlySpan<byte> encoded = encoded;

    public Enumerator GetEnumerator() => new(encoded);

    /// <summary>Goes through the changes; stops at the first one that is not all there.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> encoded)
    {
        private PayloadReader reader = new(encoded);
        private PayloadReader variables;
        private ReadOnlySpan<byte> name;
        private ReadOnlySpan<byte> value;
        private byte type;

        public readonly Change Current => new(type, name, value);

        public bool MoveNext()
        {
            name = value = default;
            while (true)
            {
                // One block of system variables may hold several.
                if (!variables.IsEmpty)
                    return variables.TryReadLengthEncodedBytes(out name) && variables.TryReadLengthEncodedBytes(out value);
                if (!reader.TryReadByte(out type) || !reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> block))
                    return false;
                if (type != SystemVariables)
                    return TryReadBlock(block);
                variables = new PayloadReader(block);
            }
        }

        private bool TryReadBlock(ReadOnlySpan<byte> block)
        {
            var inner = new PayloadReader(block);
            if (type == Gtids && !inner.TrySkip(1))
                return false;
            // A type of later servers is handed on as it is.
            if (type > TransactionState)
                value = block;
            else
                return inner.TryReadLengthEncodedBytes(out value);
            return true;
        }
    }

    public readonly ref struct Change(byte type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        /// <summary>One of the constants of <see cref="SessionStateChanges"/>, or one of a later server.</summary>
        public byte Type { get; } = type;
        /// <summary>The system variable; else empty.</summary>
        public ReadOnlySpan<byte> Name { get; } = name;
        public ReadOnlySpan<byte> Value { get; } = value;
    }
}
