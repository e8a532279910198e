namespace GoneAway.Wire.Payloads;

/// <summary>A row of the text protocol: length-encoded values, 0xFB for NULL.</summary>
/// <remarks>MySQL "Text Resultset Row".</remarks>
public readonly ref struct TextRow(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> payload = payload;

    public Enumerator GetEnumerator() => new(payload);

    /// <summary>Goes through the values; stops at the first one that is not all there.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> payload)
    {
        private const byte Null = 0xFB;

        private PayloadReader reader = new(payload);
        private ReadOnlySpan<byte> bytes;
        private bool isNull;

        public readonly RowValue Current => new(isNull, bytes);

        /// <summary>True when every byte of the row has been read.</summary>
        public readonly bool IsComplete => reader.IsEmpty;

        public bool MoveNext()
        {
            bytes = default;
            isNull = !reader.IsEmpty && reader.Rest[0] == Null;
            return isNull ? reader.TrySkip(1) : reader.TryReadLengthEncodedBytes(out bytes);
        }
    }
}
