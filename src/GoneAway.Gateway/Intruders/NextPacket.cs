using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Intruders;

/// <summary>Finds the command behind text that another writer put into the stream.</summary>
/// <remarks>
/// A mistake would execute what nobody sent. So everything has to agree: all before is text to the last byte, whole packets with sequence id 0 fill
/// what follows to the last byte, each is a command of a length that it can have, and there is no second place for which all this holds.
/// </remarks>
public static class NextPacket
{

    /// <summary>
    /// Where the first command begins; 0 when nothing stands before it, -1 when there is none, when it is not all there yet, or when it is not beyond doubt.
    /// </summary>
    public static int Find(ReadOnlySpan<byte> bytes)
    {
        // A sequence id of 0 is a NUL, which text has none of: the first NUL is the header's last byte, or one of its length.
        int zero = bytes.IndexOf((byte)0), found = -1;
        if (zero < 0)
            return -1;
        for (int at = Math.Max(0, zero - PacketHeader.Size + 1); at <= zero; at++)
        {
            if (!IsCommands(bytes[at..]) || !ForeignBytes.IsWholeText(bytes[..at]))
                continue;
            if (found >= 0)
                return -1;
            found = at;
        }
        return found;
    }

    /// <summary>Further bytes may make <see cref="Find"/> succeed: all is text so far, or what may be a packet behind it has no end yet.</summary>
    public static bool MayCome(ReadOnlySpan<byte> bytes)
    {
        int zero = bytes.IndexOf((byte)0);
        if (zero < 0)
            return ForeignBytes.IsText(bytes);
        for (int at = Math.Max(0, zero - PacketHeader.Size + 1); at <= zero; at++)
        {
            if (!ForeignBytes.IsWholeText(bytes[..at]))
                continue;
            if (bytes.Length - at <= PacketHeader.Size)
                return true;
            int length = PacketHeader.LengthOf(bytes[at..]);
            if (bytes[at + 3] == 0 && length > bytes.Length - at - PacketHeader.Size && length < PacketHeader.MaxPart && CommandCode.IsKnown(bytes[at + PacketHeader.Size]))
                return true;
        }
        return false;
    }

    private static bool IsCommands(ReadOnlySpan<byte> bytes)
    {
        do
        {
            if (bytes.Length <= PacketHeader.Size)
                return false;
            int length = PacketHeader.LengthOf(bytes);
            if (bytes[3] != 0 || length is 0 or PacketHeader.MaxPart || length > bytes.Length - PacketHeader.Size || !IsCommand(bytes.Slice(PacketHeader.Size, length)))
                return false;
            bytes = bytes[(PacketHeader.Size + length)..];
        }
        while (!bytes.IsEmpty);
        return true;
    }

    /// <summary>A command that applications send, of a length that it can have.</summary>
    private static bool IsCommand(ReadOnlySpan<byte> payload) => payload[0] switch
    {
        CommandCode.Quit or CommandCode.Ping or CommandCode.Statistics or CommandCode.ResetConnection => payload.Length == 1,
        CommandCode.InitDb => payload.Length is > 1 and <= 257 && ForeignBytes.IsWholeText(payload[1..]),
        CommandCode.Query => payload.Length > 1 && IsQuery(payload[1..]),
        CommandCode.StmtPrepare => payload.Length > 1 && IsStatement(payload[1..]),
        CommandCode.FieldList => payload.Length > 2 && payload[1..].Contains((byte)0),
        CommandCode.SetOption => payload.Length == 3 && payload[1] <= 1 && payload[2] == 0,
        CommandCode.StmtClose or CommandCode.StmtReset => payload.Length == 5,
        CommandCode.StmtFetch => payload.Length == 9,
        CommandCode.StmtExecute => payload.Length >= 10 && payload[5] <= 0x0F && payload[6..10] is [1, 0, 0, 0],
        CommandCode.StmtSendLongData => payload.Length >= 7,
        CommandCode.MariaDbStmtBulkExecute => payload.Length >= 7,
        CommandCode.ChangeUser => payload.Length > 3 && payload[1..].Contains((byte)0),
        _ => false,
    };

    /// <summary>With query attributes a count of them and of their sets stands before the text.</summary>
    private static bool IsQuery(ReadOnlySpan<byte> text) => IsStatement(text) || text.Length > 2 && text[1] == 1 && (text[0] > 0 || IsStatement(text[2..]));

    private static bool IsStatement(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && (text[first] is (byte)'(' or (byte)'/' or (byte)'-' or (byte)'#' or (byte)'{' or (byte)';' || char.IsAsciiLetter((char)text[first]));
    }
}
