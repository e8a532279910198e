using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>HAProxy's log: the end of each session, health of the servers, reloads and limits.</summary>
internal sealed class HaProxyLog : LineReader
{
    public override string Kind => "HAProxy log";

    // Sessions carry their accept date; everything else is known by its words.
    public override IReadOnlyList<string> Triggers { get; } =
    [
        "/Jan/20", "/Feb/20", "/Mar/20", "/Apr/20", "/May/20", "/Jun/20", "/Jul/20", "/Aug/20", "/Sep/20", "/Oct/20", "/Nov/20", "/Dec/20",
        "haproxy[", "termination_state", "term_state", "Connect from ", .. HaProxyNotices.Triggers,
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int bracket = BracketOf(text);
        bool tagged = text.Contains("haproxy", StringComparison.OrdinalIgnoreCase);
        if (HaProxySession.TryRead(text, bracket, out HaProxySession session) && (tagged || session.IsNamed || bracket >= 0 && session.Target is not null))
            return Session(line, bracket, session, findings);
        if (bracket > 0 && HaProxyNotices.TryRefused(line, bracket, findings))
            return true;
        return HaProxyNotices.TryRead(line, tagged, PidOf(text), findings) || TryConnect(line, findings);
    }

    private static bool Session(LogLine line, int bracket, in HaProxySession session, Findings findings)
    {
        if (session.IsEarly)
        {
            findings.Note("HAProxy logs sessions as they begin (option logasap): how they ended is not in this log");
            return true;
        }
        // A real request line: whatever this session was, it was not MySQL.
        if (session.IsHttp && !line.Text.Contains("<BADREQ>", StringComparison.Ordinal))
            return true;
        if (findings.IsFull(Sign.ProxySessionEnded))
        {
            findings.Count(Sign.ProxySessionEnded);
            return true;
        }
        findings.Add(new Sighting
        {
            Sign = Sign.ProxySessionEnded, Origin = Origin.Proxy, Source = line.Source, Text = Shown.Of(line.Text),
            Stamp = EndOf(line, bracket, session.Elapsed), State = session.State, Elapsed = session.Elapsed, Size = session.Bytes,
            Subject = session.Target ?? session.Frontend, ClientHost = session.ClientHost, ClientPort = session.ClientPort,
            ServerHost = session.ServerHost, ServerPort = session.ServerPort, Pid = PidOf(line.Text), Stack = ["haproxy"],
        });
        return true;
    }

    /// <summary>The date in brackets is when the session was accepted; it ended later by its total time.</summary>
    private static Stamp? EndOf(LogLine line, int bracket, TimeSpan? elapsed)
    {
        ReadOnlySpan<char> text = line.Text;
        bool hasHeader = Stamps.TryFind(bracket < 0 ? text : text[..bracket], out Stamp header);
        if (bracket < 0 || !Stamps.TryFind(text[(bracket + 1)..], out Stamp accept))
            return hasHeader ? header : line.Stamp;
        if (elapsed is not { } total || accept.Clock > DateTime.MaxValue - total)
            return hasHeader && header.HasYear ? header : accept;
        DateTime end = accept.Clock + total;
        return new Stamp(end, accept.Offset ?? (hasHeader && header.Offset is { } offset ? Zone(end, header.Clock - offset) : null));
    }

    /// <summary>The zone of the dates in brackets, from the moment at which syslog says the line was written.</summary>
    private static TimeSpan? Zone(DateTime local, DateTime utc)
    {
        double quarters = Math.Round((local - utc).TotalMinutes / 15);
        return Math.Abs(quarters) <= 14 * 4 && Math.Abs((local - utc).TotalMinutes - quarters * 15) < 2 ? TimeSpan.FromMinutes(quarters * 15) : null;
    }

    /// <summary>Where "[20/Nov/2026:22:05:18.678]" begins; below 0 when the line has none.</summary>
    private static int BracketOf(ReadOnlySpan<char> text)
    {
        for (int at = 0; at < text.Length && text[at..].IndexOf('[') is var found and >= 0; at += found + 1)
        {
            ReadOnlySpan<char> date = text[(at + found + 1)..];
            if (date.Length > 20 && date[2] == '/' && date[6] == '/' && date[11] == ':' && char.IsAsciiDigit(date[0]))
                return at + found;
        }
        return -1;
    }

    /// <summary>The number in "haproxy[4810]:".</summary>
    private static int? PidOf(ReadOnlySpan<char> text)
    {
        int at = text.IndexOf("haproxy[", StringComparison.Ordinal);
        if (at < 0)
            return null;
        ReadOnlySpan<char> rest = text[(at + 8)..];
        int end = rest.IndexOf(']');
        return end > 0 && int.TryParse(rest[..end], out int pid) ? pid : null;
    }

    /// <summary>"Connect from 10.0.0.1:40000 to 10.0.0.2:3306 (mysql/TCP)": that somebody came is all that is told.</summary>
    private static bool TryConnect(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int from = text.IndexOf("Connect from ", StringComparison.Ordinal);
        int open = text.LastIndexOf('('), slash = text.LastIndexOf('/');
        if (from < 0 || open < from || slash < open || !text.EndsWith(')') || text[(slash + 1)..^1] is not ("TCP" or "HTTP"))
            return false;
        findings.Note("HAProxy logs only that clients came (no option tcplog): how their sessions ended is not in this log");
        return true;
    }
}
