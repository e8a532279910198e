using System.Globalization;

namespace GoneAway.Evidence.Processes;

/// <summary>What <c>goneaway inspect</c> prints for people: <c>uwsgi[11] fd 5 + uwsgi[12] fd 5 + 1 more  10.0.0.7:46844 → 10.0.0.9:3306  ESTABLISHED, idle 2.40 s</c>.</summary>
internal sealed class InspectTable : ISocketTable
{
    private const string Arrow = " → ";
    private const int MostHolders = 1000;

    public bool TryLine(TableLine line, out SocketRow? row)
    {
        row = null;
        string text = line.Text;
        if (!text.Contains(Arrow, StringComparison.Ordinal) || line.Words[0] == "hazard")
            return IsAround(line);
        string[] columns = text.Trim().Split("  ", StringSplitOptions.RemoveEmptyEntries);
        if (columns.Length != 3 || Holders(columns[0]) is not { Count: > 0 } holders || columns[1].Split(Arrow) is not [var near, var far] || SocketEnd.State(columns[2].Split(',')[0]) is not { } state)
            return false;
        // Of a Unix socket the two ends do not tell which is the server's; its row is known, and says nothing more.
        if (!SocketEnd.TryParse(near, out string local, out int? localPort) || !SocketEnd.TryParse(far, out string peer, out int? peerPort))
            return near.StartsWith("Unix socket ", StringComparison.Ordinal);
        row = new SocketRow { Line = line.Index, State = state, LocalHost = local, LocalPort = localPort, PeerHost = peer, PeerPort = peerPort, Holders = holders, Unread = Unread(columns[2]) };
        return true;
    }

    /// <summary>The lines before and behind the rows.</summary>
    private static bool IsAround(TableLine line) => line.Words switch
    {
        [var count, "connection" or "connections", "to", "MySQL"] => count.All(char.IsAsciiDigit),
        [var count, "hazard" or "hazards"] => count.All(char.IsAsciiDigit),
        ["hazard", var cause, ..] => line.Text.StartsWith("hazard  " + cause, StringComparison.Ordinal),
        ["fix", ..] => line.Text.StartsWith("  fix    ", StringComparison.Ordinal),
        ["No", "hazard", "found."] or ["not", "seen:", ..] => true,
        // The rest of a fix.
        _ => line.Text.StartsWith("         ", StringComparison.Ordinal) && line.Last is not null,
    };

    private static List<Holder> Holders(string column)
    {
        var holders = new List<Holder>();
        foreach (string one in column.Split(" + "))
        {
            int open = one.LastIndexOf('['), close = one.IndexOf("] fd ", Math.Max(0, open), StringComparison.Ordinal);
            if (open < 1 || close < 0 || !int.TryParse(one.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                continue;
            foreach (string descriptor in one[(close + 5)..].Split(','))
                if (holders.Count < MostHolders)
                    holders.Add(new Holder(one[..open], pid, int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null));
        }
        return holders;
    }

    private static long? Unread(string properties)
    {
        foreach (string one in properties.Split(", "))
            if (one.IndexOf(" bytes unread", StringComparison.Ordinal) is > 0 and var end && long.TryParse(one.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                return bytes;
        return null;
    }
}
