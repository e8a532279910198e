using System.Buffers;
using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>One TCP segment as <c>tcpdump</c> (from 3 on, with any of -v, -e, -n, -t) or <c>tshark</c> prints it.</summary>
/// <param name="Flags">tcpdump's letters: S, F, R, P; the point of ACK left out.</param>
internal sealed record PacketLine(string FromHost, int FromPort, string ToHost, int ToPort, string Flags, long Length, long? Sequence, long? Acknowledged)
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("SFRPUWE.");

    /// <summary>By the capture's clock: of the day, since 1970 or since the first; null without one.</summary>
    public TimeSpan? Clock { get; init; }
    public Stamp? Stamp { get; init; }

    public static bool TryParse(string text, string before, out PacketLine packet)
    {
        packet = null!;
        if (!TryEnds(text, out string from, out int fromPort, out string to, out int toPort, out ReadOnlySpan<char> rest))
            return TryShark(text, out packet);
        string flags;
        long length = 0;
        long? sequence = null, acknowledged = null;
        if (rest.StartsWith("Flags [", StringComparison.Ordinal))
        {
            int close = rest.IndexOf(']');
            if (close < 0 || close > 20)
                return false;
            flags = rest[7..close].ToString();
            int at = rest.LastIndexOf("length ", StringComparison.Ordinal);
            length = at < 0 ? 0 : Logs.SystemLine.Number(rest[(at + 7)..]) ?? 0;
            sequence = Logs.SystemLine.Number(Logs.SystemLine.After(rest, ", seq "));
            acknowledged = Logs.SystemLine.Number(Logs.SystemLine.After(rest, ", ack "));
        }
        else
        {
            // tcpdump 3: "P 1:10(9) ack 1 win 92", ". ack 1", "S 123:123(0)".
            flags = Logs.SystemLine.Word(rest).ToString();
            if (flags.Length is < 1 or > 6 || flags.AsSpan().ContainsAnyExcept(Letters))
                return false;
            ReadOnlySpan<char> numbers = Logs.SystemLine.Word(rest[flags.Length..]);
            length = Logs.SystemLine.Number(Logs.SystemLine.After(numbers, "(")) ?? 0;
            sequence = numbers.Contains(':') ? Logs.SystemLine.Number(numbers) : null;
            acknowledged = Logs.SystemLine.Number(Logs.SystemLine.After(rest, " ack "));
        }
        (TimeSpan? clock, Stamp? stamp) = Time(text);
        if (clock is null && before.Length > 0)
            // With -v the time stands on the line before.
            (clock, stamp) = Time(before);
        packet = new PacketLine(from, fromPort, to, toPort, flags.Replace(".", "", StringComparison.Ordinal), length, sequence, acknowledged) { Clock = clock, Stamp = stamp };
        return true;
    }

    /// <summary>host.port > host.port: with -e the stations' addresses stand before in the same form, without a colon behind.</summary>
    private static bool TryEnds(string text, out string from, out int fromPort, out string to, out int toPort, out ReadOnlySpan<char> rest)
    {
        (from, fromPort, to, toPort) = ("", 0, "", 0);
        rest = default;
        int at = 0;
        for (int tries = 0; tries < 3; tries++)
        {
            int arrow = text.IndexOf(" > ", at, StringComparison.Ordinal);
            if (arrow < 0)
                return false;
            at = arrow + 3;
            ReadOnlySpan<char> left = Logs.SystemLine.LastWord(text.AsSpan(0, arrow)), right = Logs.SystemLine.Word(text.AsSpan(at));
            if (right.Length < 4 || right[^1] != ':' || !TryEnd(left, out from, out fromPort) || !TryEnd(right[..^1], out to, out toPort))
                continue;
            rest = text.AsSpan(at + right.Length).TrimStart();
            return true;
        }
        return false;
    }

    /// <summary>10.0.0.7.57600, db.example.mysql, fe80::1.3306.</summary>
    private static bool TryEnd(ReadOnlySpan<char> text, out string host, out int port)
    {
        (host, port) = ("", 0);
        int cut = text.LastIndexOf('.');
        if (cut < 1 || cut == text.Length - 1 || text.Length > 300)
            return false;
        ReadOnlySpan<char> name = text[(cut + 1)..];
        int? number = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : name switch { "mysql" => 3306, "mysqlx" => 33060, _ => null };
        if (number is null && !char.IsAsciiLetter(name[0]) || number > 65535)
            return false;
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-' or '_'))
                return false;
        (host, port) = (text[..cut].ToString(), number ?? 0);
        return true;
    }

    /// <summary>tshark: "1 0.000000000 10.0.0.7 → 10.0.0.9 TCP 74 41760 → 3306 [RST, ACK] Seq=0 Ack=1 Win=65495 Len=0".</summary>
    private static bool TryShark(string text, out PacketLine packet)
    {
        packet = null!;
        int open = text.IndexOf('['), close = open < 0 ? -1 : text.IndexOf(']', open);
        // [TCP Retransmission] 41760 → 3306 [PSH, ACK] ...
        while (open > 0 && text.AsSpan(open).StartsWith("[TCP ", StringComparison.Ordinal))
        {
            open = text.IndexOf('[', open + 1);
            close = open < 0 ? -1 : text.IndexOf(']', open);
        }
        if (open < 0 || close < 0 || close - open > 40)
            return false;
        string[] words = text[..open].Replace("->", "→", StringComparison.Ordinal).Split((char[]?)null, 24, StringSplitOptions.RemoveEmptyEntries);
        int first = Array.IndexOf(words, "→"), second = first < 0 ? -1 : Array.IndexOf(words, "→", first + 1);
        if (first < 1 || second < first + 3 || second + 1 >= words.Length || !Port(words[second - 1], out int from) || !Port(words[second + 1], out int to) || Array.IndexOf(words, "TCP", first, second - first) < 0)
            return false;
        string flags = "";
        foreach (Range part in text.AsSpan(open + 1, close - open - 1).Split(", "))
            flags += text.AsSpan(open + 1, close - open - 1)[part] switch { "SYN" => "S", "FIN" => "F", "RST" => "R", "PSH" => "P", _ => "" };
        TimeSpan? clock = first >= 2 && double.TryParse(words[first - 2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < 5e9 ? TimeSpan.FromSeconds(seconds) : null;
        packet = new PacketLine(words[first - 1], from, words[first + 1], to, flags, Logs.SystemLine.Number(Logs.SystemLine.After(text, "Len=")) ?? 0,
            Logs.SystemLine.Number(Logs.SystemLine.After(text, "Seq=")), Logs.SystemLine.Number(Logs.SystemLine.After(text, "Ack=")))
        {
            Clock = clock, Stamp = clock is null ? Time(text).Stamp : null,
        };
        return true;
    }

    private static bool Port(string word, out int port) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;

    /// <summary>09:13:01.144257, 2026-11-21 09:13:01.144257, 1795252381.144257.</summary>
    private static (TimeSpan? Clock, Stamp? Stamp) Time(string text)
    {
        if (Stamps.TryFind(text.AsSpan(0, Math.Min(text.Length, 64)), out Stamp stamp) && stamp.HasYear)
            return (stamp.Clock - DateTime.UnixEpoch, stamp);
        ReadOnlySpan<char> word = Logs.SystemLine.Word(text);
        return word.Contains(':') && word.Length is > 7 and < 20 && TimeSpan.TryParse(word, CultureInfo.InvariantCulture, out TimeSpan clock) ? (clock, null) : (null, null);
    }
}
