using System.Globalization;

namespace GoneAway.Evidence.Processes;

/// <summary>iproute2's <c>ss</c>: all columns optional but the queues and the two ends; <c>users:</c>, <c>timer:</c>, <c>ino:</c> behind them; <c>-i</c> on lines of their own.</summary>
internal sealed class SsTable : ISocketTable
{
    public bool TryLine(TableLine line, out SocketRow? row)
    {
        row = null;
        string[] words = line.Words;
        if (words.Length == 0)
            return false;
        if (line.Text.Contains("Recv-Q", StringComparison.Ordinal) && line.Text.Contains("Address:Port", StringComparison.Ordinal))
            return true;
        if (TryInfo(line, out row))
            return true;
        int at = 0;
        bool unix = words[0].StartsWith("u_", StringComparison.Ordinal);
        if (unix || words[0] is "tcp" or "mptcp" or "udp" or "v_str" or "nl" or "p_raw" or "p_dgr" or "icmp6" or "raw" or "sctp" or "dccp" or "tipc")
            at = 1;
        string? state = at < words.Length ? SocketEnd.State(words[at]) : null;
        if (state is not null)
            at++;
        else if (at + 4 < words.Length && SocketEnd.State(words[at + 4]) is not null)
            // netstat has the state behind the two ends.
            return false;
        else if (at == 0 && line.Command.Contains("state ", StringComparison.Ordinal))
            state = SocketEnd.State(After(line.Command, "state ").ToUpperInvariant());
        if (words.Length < at + 4 || !long.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out long unread) || !long.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long unsent))
            return false;
        row = new SocketRow { Line = line.Index, State = state, Unread = unread, Unsent = unsent, Holders = Users(line.Text), Timer = Timer(line) };
        row = unix ? Unix(row, words, at + 2) : Internet(row, words, at + 2, line.Text);
        return row is not null;
    }

    private static SocketRow? Internet(SocketRow row, string[] words, int at, string text)
    {
        if (!SocketEnd.TryParse(words[at], out string local, out int? localPort) || !SocketEnd.TryParse(words[at + 1], out string peer, out int? peerPort))
            return null;
        string inode = After(text, " ino:");
        return row with { LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, Identity = inode.Length > 0 && inode != "0" ? inode : null };
    }

    /// <summary>u_str ESTAB 0 0 /run/mysqld/mysqld.sock 35684 * 35683 users:(("mysqld",pid=812,fd=40))</summary>
    private static SocketRow? Unix(SocketRow row, string[] words, int at) =>
        words.Length < at + 4 ? null : row with { Path = words[at], Identity = "unix " + words[at + 1], PeerIdentity = words[at + 3] is "0" ? null : "unix " + words[at + 3] };

    /// <summary>"\t cubic wscale:7,7 rto:204 ... lastsnd:3600000 lastrcv:3599000 lastack:3599000": milliseconds. "\t skmem:(...)".</summary>
    private static bool TryInfo(TableLine line, out SocketRow? row)
    {
        row = null;
        string text = line.Text;
        bool info = text.Contains("cwnd:", StringComparison.Ordinal) || text.Contains("skmem:(", StringComparison.Ordinal) || text.Contains(" rto:", StringComparison.Ordinal);
        if (!info || line.Words[0].Contains("users:", StringComparison.Ordinal) || SocketEnd.State(line.Words[0]) is not null)
            return false;
        if (line.Last is not null && long.TryParse(After(text, "lastrcv:"), NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && ms < 1L << 40)
            row = line.Last with { Idle = TimeSpan.FromMilliseconds(ms) };
        return true;
    }

    /// <summary>users:(("uwsgi",pid=11,fd=5),("uwsgi",pid=10,fd=5)); before iproute2 4 ("uwsgi",11,5).</summary>
    internal static IReadOnlyList<Holder> Users(string text)
    {
        int at = text.IndexOf("users:((", StringComparison.Ordinal);
        if (at < 0)
            return [];
        var holders = new List<Holder>();
        at += 7;
        while (at < text.Length && text[at] == '(' && holders.Count < 1000)
        {
            int quote = text.IndexOf("\",", at, StringComparison.Ordinal), close = quote < 0 ? -1 : text.IndexOf(')', quote);
            if (close < 0)
                break;
            string[] numbers = text[(quote + 2)..close].Split(',');
            string name = text[Math.Min(at + 2, quote)..quote];
            if (numbers.Length >= 2)
                holders.Add(new Holder(Logs.SystemLine.Name(name), Logs.SystemLine.Int(Value(numbers[0])), Logs.SystemLine.Int(Value(numbers[^1]))));
            at = close + 1;
            if (at < text.Length && text[at] == ',')
                at++;
        }
        return holders;
    }

    private static string? Timer(TableLine line)
    {
        string timer = After(line.Text, "timer:(");
        if (timer.Length > 0)
            return timer.Split(',')[0];
        // With -o a socket without a timer shows nothing.
        return Asks(line.Command, 'o') ? "off" : null;
    }

    private static bool Asks(string command, char option)
    {
        foreach (string word in command.Split(' '))
            if (word.Length is > 1 and < 12 && word[0] == '-' && word[1] != '-' && word.Contains(option))
                return true;
        return false;
    }

    private static string Value(string text) => text[(text.IndexOf('=') + 1)..];

    private static string After(string text, string key)
    {
        int at = text.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return "";
        at += key.Length;
        int end = text.AsSpan(at).IndexOfAny(" \t)");
        return end < 0 ? text[at..] : text.Substring(at, end);
    }
}
