namespace GoneAway.Wire.Payloads;

/// <summary>COM_QUERY: a statement's text, with query attributes where both ends know them.</summary>
/// <remarks>MySQL "COM_QUERY".</remarks>
public readonly ref struct ComQuery
{
    public BoundParameters Attributes { get; private init; }
    public ReadOnlySpan<byte> Sql { get; private init; }

    /// <param name="payload">The command with its first byte.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="query">The query.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out ComQuery query)
    {
        query = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.Query)
            return false;
        if ((capabilities & Capabilities.QueryAttributes) == 0)
        {
            query = new ComQuery { Sql = reader.Rest };
            return true;
        }
        if (!reader.TryReadLengthEncoded(out ulong count) || count > 65535 || !reader.TryReadLengthEncoded(out _))
            return false;
        if (count == 0)
        {
            query = new ComQuery { Sql = reader.Rest };
            return true;
        }
        if (!BoundParameters.TryRead(ref reader, (int)count, named: true, out BoundParameters attributes) || !attributes.HasTypes)
            return false;
        BoundParameters.Enumerator walk = attributes.GetEnumerator();
        int read = 0;
        while (walk.MoveNext())
            read++;
        if (read < attributes.Count)
            return false;
        query = new ComQuery { Attributes = attributes, Sql = walk.Rest };
        return true;
    }
}
