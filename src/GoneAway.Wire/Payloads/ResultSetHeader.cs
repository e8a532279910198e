namespace GoneAway.Wire.Payloads;

/// <summary>The first packet of a result: how many columns, or the name of a file that the client shall send.</summary>
/// <remarks>MySQL "COM_QUERY Response"; MariaDB "Result Set Packets" for cached metadata.</remarks>
public readonly ref struct ResultSetHeader
{
    private const byte LocalInFile = 0xFB;

    /// <summary>0 when a file is asked for.</summary>
    public int ColumnCount { get; private init; }
    /// <summary>LOAD DATA LOCAL: the client shall send <see cref="FileName"/>.</summary>
    public bool IsFileRequest { get; private init; }
    public ReadOnlySpan<byte> FileName { get; private init; }
    /// <summary>False when the column definitions are left out.</summary>
    public bool MetadataFollows { get; private init; }

    /// <param name="payload">The packet.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="header">The header.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out ResultSetHeader header)
    {
        header = default;
        var reader = new PayloadReader(payload);
        if (!payload.IsEmpty && payload[0] == LocalInFile)
        {
            header = new ResultSetHeader { IsFileRequest = true, FileName = payload[1..] };
            return true;
        }
        const ulong Optional = Capabilities.OptionalResultsetMetadata | Capabilities.MariaDbCacheMetadata;
        // MySQL's pages have the flag before the count; MySQL 9.7 sends it behind, as MariaDB does.
        if (!reader.TryReadLengthEncoded(out ulong columns) || columns is 0 or > 65535)
            return false;
        header = new ResultSetHeader { ColumnCount = (int)columns, MetadataFollows = (capabilities & Optional) == 0 || !reader.TryReadByte(out byte follows) || follows != 0 };
        return true;
    }
}
