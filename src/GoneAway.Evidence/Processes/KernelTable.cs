using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace GoneAway.Evidence.Processes;

/// <summary>What the kernel itself shows: <c>/proc/net/tcp</c> and <c>tcp6</c>, and the links of <c>ls -l /proc/PID/fd</c>.</summary>
internal sealed class KernelTable : ISocketTable
{
    private static readonly string?[] States = [null, "ESTABLISHED", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV"];

    public bool TryLine(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length < 2)
            return false;
        if (words[0] == "sl" && words[1] == "local_address" || words is ["total", _] && line.Index < 4)
            return true;
        return TryProc(line, out row) || TryLink(line, out row);
    }

    /// <summary>3: 0100007F:B708 0100007F:0CEA 08 00000000:00000096 00:00000000 00000000 0 0 795928 2 ...</summary>
    private static bool TryProc(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length < 10 || words[0][^1] != ':' || !TryEnd(words[1], out string local, out int localPort) || !TryEnd(words[2], out string peer, out int peerPort)
            || !int.TryParse(words[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int state) || state < 1 || state >= States.Length || !TryPair(words[4], out long unsent, out long unread))
            return false;
        row = new SocketRow
        {
            Line = line.Index, LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort == 0 ? null : peerPort, State = States[state],
            Unread = unread, Unsent = unsent, Identity = words[9] == "0" ? null : words[9],
            Timer = words[5].Length > 2 ? words[5][..2] switch { "00" => "off", "01" => "on", "02" => "keepalive", "04" => "persist", _ => "off" } : null,
        };
        return true;
    }

    private static bool TryEnd(string word, out string host, out int port)
    {
        (host, port) = ("", 0);
        int colon = word.IndexOf(':');
        if (colon is not (8 or 32) || !int.TryParse(word.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out port) || port is < 0 or > 65535)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < colon; i += 8)
        {
            if (!uint.TryParse(word.AsSpan(i, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint part))
                return false;
            // Words of the host's order, nearly always little-endian.
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i / 2)..], part);
        }
        var address = new IPAddress(bytes[..(colon / 2)]);
        host = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        return true;
    }

    private static bool TryPair(string word, out long first, out long second)
    {
        (first, second) = (0, 0);
        int colon = word.IndexOf(':');
        return colon > 0 && long.TryParse(word.AsSpan(0, colon), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first) && long.TryParse(word.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out second);
    }

    /// <summary>lrwx------ 1 root root 64 Nov 21 07:35 /proc/31337/fd/2 -> 'socket:[795932]'; the pid stands in the path, in a heading or in the command.</summary>
    private static bool TryLink(TableLine line, out SocketRow? row)
    {
        row = null;
        string text = line.Text;
        if (line.Words.Length == 1 || !text.Contains(" -> ", StringComparison.Ordinal))
            return false;
        int arrow = Array.IndexOf(line.Words, "->");
        if (arrow < 1 || arrow + 1 >= line.Words.Length)
            return false;
        string link = line.Words[arrow - 1].Trim('\'', '"');
        string number = link[(link.LastIndexOf('/') + 1)..];
        if (!(line.Words[0].StartsWith('l') && line.Words[0].Length >= 10 || link.Contains("/fd/", StringComparison.Ordinal))
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            return false;
        string target = line.Words[arrow + 1].Trim('\'', '"');
        if (!target.StartsWith("socket:[", StringComparison.Ordinal) || !target.EndsWith(']'))
            return true;
        int? pid = PidOf(link) ?? PidOf(line.Command);
        row = new SocketRow { Line = line.Index, Identity = target[8..^1], Holders = [new Holder(null, pid, descriptor)], IsDescriptor = true, HidesPeer = true };
        return true;
    }

    /// <summary>The number in /proc/4711/fd.</summary>
    internal static int? PidOf(string text)
    {
        int at = text.IndexOf("/proc/", StringComparison.Ordinal);
        return at < 0 ? null : Logs.SystemLine.Int(text.AsSpan(at + 6));
    }
}
