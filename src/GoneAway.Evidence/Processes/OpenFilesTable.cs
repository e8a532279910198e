using System.Globalization;

namespace GoneAway.Evidence.Processes;

/// <summary>Open files by process: <c>lsof</c>, BSD's <c>fstat</c> and <c>sockstat</c>.</summary>
internal sealed class OpenFilesTable : ISocketTable
{
    public bool TryLine(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length < 4)
            return false;
        if (words[0] is "COMMAND" or "USER" && (line.Text.Contains(" PID", StringComparison.Ordinal) && line.Text.Contains(" FD ", StringComparison.Ordinal)))
            return true;
        return TryLsof(line, out row) || TryFstat(line, out row) || TrySockstat(line, out row);
    }

    /// <summary>python3 31337 www 5u IPv4 795927 0t0 TCP 127.0.0.1:46844->127.0.0.1:3306 (ESTABLISHED QR=0 QS=0); TID and TASKCMD may stand before the user.</summary>
    private static bool TryLsof(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length < 6 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            return false;
        int type = Array.FindIndex(words, 3, static w => w is "IPv4" or "IPv6" or "sock" or "unix");
        if (type < 0)
            // Another open file of a process: a row, but not of a socket.
            return Array.Exists(words, static w => w is "REG" or "DIR" or "CHR" or "FIFO" or "a_inode" or "KQUEUE" or "PIPE" or "NPOLICY" or "systm" or "BLK" or "netlink" or "unknown" or "NOFD" or "DEL" or "LINK" or "PSXSHM" or "PSXSEM");
        int? descriptor = Descriptor(words[type - 1]);
        if (descriptor is null && words[type - 1] is not "NOFD")
            return false;
        var holder = new Holder(Name(words[0]), pid, descriptor);
        int node = Array.IndexOf(words, "TCP", type);
        // Threads of one process have its descriptors.
        string? device = type + 1 < words.Length && words[type + 1] != "TCP" ? words[type + 1] : null;
        if (words[type] == "unix")
        {
            string? path = Array.Find(words, static w => w.StartsWith('/'));
            row = new SocketRow { Line = line.Index, Path = path ?? "", Identity = device, Holders = [holder] };
            return true;
        }
        if (node < 0 || node + 1 >= words.Length)
        {
            row = words[type] == "sock" ? new SocketRow { Line = line.Index, Identity = device, Holders = [holder], IsDescriptor = true } : null;
            return true;
        }
        row = Ends(words[node + 1], new SocketRow
        {
            Line = line.Index, Identity = device, Holders = [holder], State = node + 2 < words.Length ? SocketEnd.State(words[node + 2].AsSpan().Trim("()")) : null,
            Unread = Number(line.Text, "QR="), Unsent = Number(line.Text, "QS="),
        });
        return true;
    }

    /// <summary>www perl 4711 2* internet stream tcp 0xd8cd7700 10.0.0.1:4711 --> 10.0.0.2:3306; FreeBSD ends after the address of the structure.</summary>
    private static bool TryFstat(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        int star = Array.FindIndex(words, 2, static w => w.Length is > 1 and < 8 && w[^1] == '*' && char.IsAsciiDigit(w[0]));
        if (star < 2 || star + 2 >= words.Length)
            return IsFstatFile(words);
        if (!int.TryParse(words[star - 1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || !int.TryParse(words[star].AsSpan(0, words[star].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            return false;
        int internet = Array.FindIndex(words, star + 1, static w => w is "internet" or "internet6");
        if (internet < 0 || Array.IndexOf(words, "stream", star + 1) < 0)
            return words[star + 1] is "local" or "pipe" or "unix" or "route" or "kqueue" or "internet" or "internet6" or "pseudo-terminal" or "event" or "crypto" or "misc" or "semaphore" or "shm" or "error" or "generic";
        var found = new SocketRow { Line = line.Index, Holders = [new Holder(Name(words[star - 2]), pid, descriptor)], HidesPeer = true };
        // The structure's address: of the protocol's block, shared by all holders.
        string? block = Array.Find(words, static w => w.StartsWith("0x", StringComparison.Ordinal) || w.StartsWith("fffff", StringComparison.Ordinal));
        int arrow = Array.FindIndex(words, star, static w => w is "-->" or "<--" or "<->");
        if (arrow > 0 && arrow + 1 < words.Length && SocketEnd.TryParse(words[arrow - 1], out string local, out int? localPort) && SocketEnd.TryParse(words[arrow + 1], out string peer, out int? peerPort))
            found = found with { LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, HidesPeer = false };
        else if (words[^1].Contains(':') && SocketEnd.TryParse(words[^1], out local, out localPort))
            // *:3306 or 10.0.0.1:3306 alone: it listens.
            found = found with { LocalHost = local, LocalPort = localPort, State = "LISTEN", HidesPeer = false };
        row = found with { Identity = block };
        return true;
    }

    /// <summary>www perl 4711 wd /usr 12345 drwxr-xr-x r 512</summary>
    private static bool IsFstatFile(string[] words) =>
        words.Length >= 6 && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && (words[3] is "wd" or "root" or "text" or "tr" or "ctty" or "jail" || words[3].Length <= 5 && !words[3].AsSpan().ContainsAnyExceptInRange('0', '9'))
        && (words[4].StartsWith('/') || words[4] == "-");

    /// <summary>www perl 4711 2 tcp4 10.0.0.1:4711 10.0.0.2:3306</summary>
    private static bool TrySockstat(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        int protocol = Array.FindIndex(words, 3, static w => w is "tcp" or "tcp4" or "tcp6" or "tcp46" or "udp4" or "udp6" or "udp46" or "stream" or "dgram" or "seqpac");
        if (protocol < 4 || !int.TryParse(words[protocol - 2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || !int.TryParse(words[protocol - 1], NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            return false;
        if (!words[protocol].StartsWith("tcp", StringComparison.Ordinal) || protocol + 2 >= words.Length)
            return true;
        var found = new SocketRow { Line = line.Index, Holders = [new Holder(Name(words[protocol - 3]), pid, descriptor)] };
        if (!SocketEnd.TryParse(words[protocol + 1], out string local, out int? localPort) || !SocketEnd.TryParse(words[protocol + 2], out string peer, out int? peerPort))
            return false;
        row = found with { LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, State = peerPort is null ? "LISTEN" : Array.FindLast(words, static w => SocketEnd.State(w) is not null) is { } word ? SocketEnd.State(word) : null };
        return true;
    }

    private static SocketRow? Ends(string name, SocketRow row)
    {
        int arrow = name.IndexOf("->", StringComparison.Ordinal);
        if (!SocketEnd.TryParse(arrow < 0 ? name : name.AsSpan(0, arrow), out string local, out int? localPort))
            return null;
        row = row with { LocalHost = local, LocalPort = localPort };
        return arrow >= 0 && SocketEnd.TryParse(name.AsSpan(arrow + 2), out string peer, out int? peerPort) ? row with { PeerHost = peer, PeerPort = peerPort } : row;
    }

    /// <summary>5u, 12r, 3uW; null for cwd, txt, mem.</summary>
    private static int? Descriptor(string word) => word.Length < 10 && char.IsAsciiDigit(word[0]) && word.AsSpan().TrimEnd("rwuNRWULxX -").ContainsAnyExceptInRange('0', '9') is false ? Logs.SystemLine.Int(word) : null;

    private static string? Name(string word) => Logs.SystemLine.Name(word.Replace("\\x20", " ", StringComparison.Ordinal));

    private static long? Number(string text, string key) => Logs.SystemLine.Number(Logs.SystemLine.After(text, key));
}
