using System.Globalization;

namespace GoneAway.Evidence.Processes;

/// <summary><c>netstat</c> of Linux (net-tools, busybox), the BSDs, macOS and Windows.</summary>
internal sealed class NetstatTable : ISocketTable
{
    public bool TryLine(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length == 0)
            return false;
        if (words[0] is "Proto" && words.Length > 3 || words[0] == "Active" && line.Text.Contains("onnections", StringComparison.Ordinal)
            || words[0] == "Active" && line.Text.Contains(" sockets", StringComparison.Ordinal) || words is ["Address", "Type", ..])
            return true;
        if (words[0] == "unix")
            return TryUnix(line, out row);
        if (words[0] == "TCP" && words.Length >= 4)
            return TryWindows(line, out row);
        if (words[0] is "udp" or "udp4" or "udp6" or "udp46" or "raw" or "raw6" or "icm4" or "icm6" or "UDP")
            return words.Length >= 4;
        if (words[0] is not ("tcp" or "tcp4" or "tcp6" or "tcp46" or "mptcp") || words.Length < 5
            || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long unread) || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long unsent)
            || !SocketEnd.TryParse(words[3], out string local, out int? localPort) || !SocketEnd.TryParse(words[4], out string peer, out int? peerPort))
            return false;
        string? state = words.Length > 5 ? SocketEnd.State(words[5]) : null;
        row = new SocketRow
        {
            Line = line.Index, LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, State = state, Unread = unread, Unsent = unsent,
            // BSD shows a listener's queues elsewhere; net-tools shows 0 and 0.
            Holders = Program(words), Identity = Inode(words), Timer = Timer(words),
        };
        return true;
    }

    /// <summary>1234/mysqld, 1234/nginx: worker; "-" without privileges. macOS (from 14) has process:pid.</summary>
    private static IReadOnlyList<Holder> Program(string[] words)
    {
        for (int i = 6; i < words.Length; i++)
        {
            if (words[i].IndexOf('/') is > 0 and var slash && int.TryParse(words[i].AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && slash + 1 < words[i].Length)
                return [new Holder(Logs.SystemLine.Name(words[i].AsSpan(slash + 1).TrimEnd(':')), pid, null)];
            if (words[i].IndexOf(':') is > 0 and var colon && char.IsAsciiLetter(words[i][0]) && int.TryParse(words[i].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out pid))
                return [new Holder(Logs.SystemLine.Name(words[i].AsSpan(0, colon)), pid, null)];
        }
        return [];
    }

    /// <summary>With -e the user and the inode stand between the state and the program.</summary>
    private static string? Inode(string[] words) =>
        words.Length >= 9 && words[7].AsSpan().ContainsAnyExceptInRange('0', '9') is false && words[7] != "0" && (words[8] == "-" || words[8].Contains('/')) ? words[7] : null;

    /// <summary>keepalive (7199.12/0/0), on (0.42/3/0), off (0.00/0/0), timewait, probe.</summary>
    private static string? Timer(string[] words)
    {
        if (words.Length < 7 || words[^1] is not ['(', .., ')'] || !words[^1].Contains('/'))
            return null;
        return words[^2] switch { "keepalive" or "on" or "off" => words[^2], "probe" => "persist", "timewait" => "off", _ => null };
    }

    /// <summary>unix  3      [ ]         STREAM     CONNECTED     35684    812/mysqld   /run/mysqld/mysqld.sock</summary>
    private static bool TryUnix(TableLine line, out SocketRow? row)
    {
        row = null;
        if (line.Words.Length < 5 || !line.Text.Contains('[', StringComparison.Ordinal))
            return false;
        row = new SocketRow { Line = line.Index, Path = line.Words[^1].StartsWith('/') || line.Words[^1].StartsWith('@') ? line.Words[^1] : "" };
        return true;
    }

    private static bool TryWindows(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (!SocketEnd.TryParse(words[1], out string local, out int? localPort) || !SocketEnd.TryParse(words[2], out string peer, out int? peerPort))
            return false;
        row = new SocketRow
        {
            Line = line.Index, LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, State = SocketEnd.State(words[3]),
            Holders = words.Length > 4 && int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? [new Holder(null, pid, null)] : [],
        };
        return row.State is not null;
    }
}
