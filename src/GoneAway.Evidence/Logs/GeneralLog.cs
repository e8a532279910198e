using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>KILL statements in a server's general log, and in what audit plugins write.</summary>
internal sealed class GeneralLog : LineReader
{
    public override string Kind => "MySQL general log";

    public override IReadOnlyList<string> Triggers { get; } = ["Query\tKILL ", "Query\tkill ", "Query\tKill ", "Query     KILL ", "Query     kill ", ",'KILL ", ",'kill ", "\"KILL ", "\"kill "];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int at = text.IndexOf("kill ", StringComparison.OrdinalIgnoreCase);
        if (at < 1 || !TryVictim(text[(at + 5)..], out uint victim))
            return false;
        ReadOnlySpan<char> before = text[..at].TrimEnd(" \t");
        uint? killer = null;
        string? user = null;
        if (before.EndsWith("Query", StringComparison.Ordinal))
            killer = LastNumber(before[..^5].TrimEnd(" \t"));
        else if (before.EndsWith(",'", StringComparison.Ordinal))
            user = AuditUser(before);
        else if (before.EndsWith("\"", StringComparison.Ordinal))
            user = Keyed(before, "\"user\":");
        if (killer is null && user is null)
            return false;
        findings.Add(new Sighting
        {
            Sign = Sign.KillLogged, Origin = Origin.Server, Source = line.Source, Text = Shown.Of(text), Stamp = line.Stamp, ThreadId = victim,
            User = user ?? $"connection {killer}",
        });
        return true;
    }

    /// <summary>"8", "CONNECTION 8", "HARD CONNECTION 8"; KILL QUERY leaves the connection alive.</summary>
    private static bool TryVictim(ReadOnlySpan<char> text, out uint victim)
    {
        foreach (string word in (ReadOnlySpan<string>)["HARD ", "SOFT ", "CONNECTION "])
        {
            text = text.TrimStart(' ');
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                text = text[word.Length..];
        }
        text = text.TrimStart(' ');
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = end < 0 ? text : text[..end];
        return uint.TryParse(number, out victim) && (end < 0 || text[end] is ' ' or ';' or '\'' or '"' or '\t' or '\r');
    }

    /// <summary>"20261120 22:05:20,host,root,localhost,12,345,QUERY,db,'KILL 8',0" of MariaDB's server_audit: time, server, user.</summary>
    private static string? AuditUser(ReadOnlySpan<char> before)
    {
        int first = before.IndexOf(',');
        if (first < 0 || !before.Contains(",QUERY,", StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> rest = before[(first + 1)..];
        int second = rest.IndexOf(',');
        if (second < 0)
            return null;
        rest = rest[(second + 1)..];
        int third = rest.IndexOf(',');
        return third < 0 ? null : ServerLog.Name(rest[..third]) ?? "unknown";
    }

    private static string? Keyed(ReadOnlySpan<char> text, string key)
    {
        int at = text.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return null;
        ReadOnlySpan<char> value = text[(at + key.Length)..].TrimStart(' ');
        if (value is not ['"', ..])
            return null;
        int end = value[1..].IndexOf('"');
        return end < 0 ? null : ServerLog.Name(value.Slice(1, end));
    }

    private static uint? LastNumber(ReadOnlySpan<char> text) => uint.TryParse(text[(text.LastIndexOfAny(" \t") + 1)..], out uint number) ? number : null;
}
