namespace GoneAway.Wire.Payloads;

/// <summary>Connection attributes: names and values, each length-encoded.</summary>
public readonly ref struct ConnectionAttributes(ReadOnlySpan<byte> encoded)
{
    private readonly ReadOnlySpan<byte> encoded = encoded;

    /// <summary>As they are on the wire, without the length before them.</summary>
    public ReadOnlySpan<byte> Encoded => encoded;

    public Enumerator GetEnumerator() => new(encoded);

    /// <summary>Goes through the attributes; stops at the first one that is not all there.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> encoded)
    {
        private PayloadReader reader = new(encoded);
        private ReadOnlySpan<byte> name;
        private ReadOnlySpan<byte> value;

        public readonly Attribute Current => new(name, value);

        public bool MoveNext() => reader.TryReadLengthEncodedBytes(out name) && reader.TryReadLengthEncodedBytes(out value);
    }

    public readonly ref struct Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        public ReadOnlySpan<byte> Name { get; } = name;
        public ReadOnlySpan<byte> Value { get; } = value;
    }
}
