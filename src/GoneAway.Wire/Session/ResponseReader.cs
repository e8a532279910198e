using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Session;

/// <summary>
/// Follows the packets of one response to its end. Tells EOF from OK by their lengths (5 and at least 7 bytes),
/// so that it also works where the capabilities were not seen.
/// </summary>
/// <remarks>MySQL "Text Protocol", "Prepared Statements"; MariaDB "Result Set Packets".</remarks>
public struct ResponseReader
{
    private const ushort MoreResultsExist = 0x0008;
    private const ushort CursorExists = 0x0040;

    private Expecting expecting;
    private byte command;
    private long definitions;
    private long columnsAfterParameters;

    /// <summary>Status flags of the last OK or EOF.</summary>
    public ushort Status { get; private set; }

    /// <summary>True once a result set's header has come and its end has not.</summary>
    public readonly bool InsideResult => expecting is Expecting.Definitions or Expecting.DefinitionsEnd or Expecting.Rows;

    /// <summary>The next packet is a row, or the end of the rows.</summary>
    public readonly bool ExpectsRow => expecting == Expecting.Rows;

    /// <summary>Nothing of the response, or of the next one of several results, has come.</summary>
    public readonly bool AtStart => expecting is Expecting.Start or Expecting.PrepareOk or Expecting.Text;

    /// <summary>A packet of less than 0xFFFFFF bytes that begins so is an OK, or ends the rows; it is no row and no definition.</summary>
    public readonly bool EndsWith(byte first) => first switch
    {
        0x00 => expecting == Expecting.Start,
        0xFE => expecting is Expecting.Rows or Expecting.DefinitionsEnd,
        _ => false,
    };

    /// <summary>Begins with the answer to a command.</summary>
    public void Begin(byte commandCode)
    {
        command = commandCode;
        definitions = columnsAfterParameters = 0;
        expecting = commandCode switch
        {
            CommandCode.Statistics => Expecting.Text,
            CommandCode.FieldList => Expecting.FieldList,
            CommandCode.StmtPrepare => Expecting.PrepareOk,
            CommandCode.StmtFetch => Expecting.Rows,
            _ => Expecting.Start,
        };
    }

    /// <summary>Takes a server packet; anything but ResponseEnd and Error leaves the response open.</summary>
    public PacketRole Take(long length, ReadOnlySpan<byte> prefix, ulong capabilities)
    {
        if (length == 0)
            return expecting == Expecting.Text ? PacketRole.ResponseEnd : PacketRole.Malformed;
        byte first = prefix[0];
        if (expecting == Expecting.Text)
            return first == 0xFF ? PacketRole.Error : PacketRole.ResponseEnd;
        if (first == 0xFF)
            return prefix.Length >= 3 && prefix[1] == 0xFF && prefix[2] == 0xFF ? PacketRole.Progress : PacketRole.Error;
        switch (expecting)
        {
            case Expecting.Start:
                return Start(first, length, prefix, capabilities);
            case Expecting.PrepareOk:
                return Prepared(length, prefix, capabilities);
            case Expecting.Definitions:
                if (--definitions == 0)
                    expecting = Expecting.DefinitionsEnd;
                return PacketRole.Metadata;
            case Expecting.DefinitionsEnd:
                return AfterDefinitions(first, length, prefix);
            case Expecting.PreparedDefinitions:
                return PreparedDefinition(first, length, (capabilities & Capabilities.DeprecateEof) != 0);
            case Expecting.FieldList:
                return IsEof(first, length) || IsOkInPlaceOfEof(first, length) ? PacketRole.ResponseEnd : PacketRole.Metadata;
            default:
                return Row(first, length, prefix);
        }
    }

    private PacketRole Start(byte first, long length, ReadOnlySpan<byte> prefix, ulong capabilities)
    {
        switch (first)
        {
            case 0x00 when length >= 5:
                Status = OkStatus(prefix);
                return EndOfResult();
            case 0xFB:
                return command == CommandCode.Query ? PacketRole.UploadRequest : PacketRole.Malformed;
            case 0xFE when length < 0xFFFFFF:
                Status = IsEof(first, length) ? EofStatus(prefix) : OkStatus(prefix);
                return EndOfResult();
        }
        if (!ResultSetHeader.TryRead(prefix, capabilities, out ResultSetHeader header))
            return PacketRole.Malformed;
        definitions = header.ColumnCount;
        expecting = header.MetadataFollows ? Expecting.Definitions : Expecting.DefinitionsEnd;
        return PacketRole.ResultHeader;
    }

    private PacketRole AfterDefinitions(byte first, long length, ReadOnlySpan<byte> prefix)
    {
        if (!IsEof(first, length))
            return Row(first, length, prefix);
        Status = EofStatus(prefix);
        if ((Status & CursorExists) != 0)
            return EndOfResult();
        expecting = Expecting.Rows;
        return PacketRole.Metadata;
    }

    private PacketRole Row(byte first, long length, ReadOnlySpan<byte> prefix)
    {
        if (first != 0xFE || length >= 0xFFFFFF)
        {
            expecting = Expecting.Rows;
            return PacketRole.Row;
        }
        Status = IsEof(first, length) ? EofStatus(prefix) : OkStatus(prefix);
        return EndOfResult();
    }

    private PacketRole EndOfResult()
    {
        if ((Status & MoreResultsExist) == 0)
            return PacketRole.ResponseEnd;
        expecting = Expecting.Start;
        return PacketRole.ResultEnd;
    }

    /// <summary>COM_STMT_PREPARE_OK: status, statement id, columns, parameters, filler, warnings, and whether definitions follow where that is optional.</summary>
    private PacketRole Prepared(long length, ReadOnlySpan<byte> prefix, ulong capabilities)
    {
        if (length < 9 || !PrepareOk.TryRead(prefix, capabilities, out PrepareOk ok))
            return PacketRole.Malformed;
        bool withoutEof = (capabilities & Capabilities.DeprecateEof) != 0;
        if (ok.Columns + ok.Parameters == 0 || !ok.MetadataFollows && withoutEof)
            return PacketRole.ResponseEnd;
        expecting = Expecting.PreparedDefinitions;
        definitions = ok.Parameters > 0 ? ok.Parameters : ok.Columns;
        columnsAfterParameters = ok.Parameters > 0 ? ok.Columns : 0;
        return PacketRole.Metadata;
    }

    /// <summary>
    /// Definitions in one or two groups, each followed by EOF unless that is deprecated: whether one comes shows itself
    /// only behind the first group, or by the next packet being no answer to anything.
    /// </summary>
    private PacketRole PreparedDefinition(byte first, long length, bool withoutEof)
    {
        if (IsEof(first, length))
        {
            if (columnsAfterParameters == 0)
                return PacketRole.ResponseEnd;
            definitions = columnsAfterParameters;
            columnsAfterParameters = 0;
            return PacketRole.Metadata;
        }
        if (definitions == 0 && columnsAfterParameters > 0)
        {
            definitions = columnsAfterParameters;
            columnsAfterParameters = 0;
        }
        definitions--;
        return withoutEof && MayBeComplete ? PacketRole.ResponseEnd : PacketRole.Metadata;
    }

    /// <summary>All definitions of a prepared statement have come; only an EOF could follow.</summary>
    public readonly bool MayBeComplete => expecting == Expecting.PreparedDefinitions && definitions <= 0 && columnsAfterParameters == 0;

    private static bool IsEof(byte first, long length) => first == 0xFE && length is 5 or 1;

    private static bool IsOkInPlaceOfEof(byte first, long length) => first == 0xFE && length is >= 7 and < 0xFFFFFF;

    private static ushort EofStatus(ReadOnlySpan<byte> prefix) => prefix.Length >= 5 ? (ushort)(prefix[3] | prefix[4] << 8) : (ushort)0;

    private static ushort OkStatus(ReadOnlySpan<byte> prefix)
    {
        var reader = new PayloadReader(prefix[1..]);
        return reader.TryReadLengthEncoded(out _) && reader.TryReadLengthEncoded(out _) && reader.TryReadUInt16(out ushort status) ? status : (ushort)0;
    }

    private enum Expecting : byte
    {
        Start,
        Text,
        PrepareOk,
        PreparedDefinitions,
        FieldList,
        Definitions,
        DefinitionsEnd,
        Rows,
    }
}
