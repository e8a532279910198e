using System.Globalization;

namespace GoneAway.Evidence.Server;

/// <summary>What <c>mysqladmin status</c>, <c>mysqladmin version</c> and the client's <c>\s</c> print beside tables.</summary>
internal static class StatusLines
{
    private static readonly (string Label, string Counter)[] Labels =
    [
        ("Uptime:", "Uptime"), ("Threads:", "Threads_connected"), ("Questions:", "Questions"), ("Slow queries:", "Slow_queries"), ("Opens:", "Opened_tables"), ("Open tables:", "Open_tables"),
    ];

    /// <summary>"Uptime: 591820  Threads: 3  Questions: 123  Slow queries: 0 ...".</summary>
    public static bool TryCounters(string line, List<(string Name, string Value)> counters)
    {
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (!rest.StartsWith("Uptime: ", StringComparison.Ordinal) && !rest.StartsWith("Threads: ", StringComparison.Ordinal) || !rest.Contains("Questions: ", StringComparison.Ordinal))
            return false;
        foreach ((string label, string counter) in Labels)
        {
            int at = rest.IndexOf(label, StringComparison.Ordinal);
            if (at < 0)
                continue;
            ReadOnlySpan<char> value = rest[(at + label.Length)..].TrimStart();
            int end = value.IndexOfAnyExceptInRange('0', '9');
            end = end < 0 ? value.Length : end;
            if (end > 0)
                counters.Add((counter, value[..end].ToString()));
        }
        return counters.Count > 0;
    }

    /// <summary>"Server version:		8.0.36 MySQL Community Server - GPL".</summary>
    public static bool TryVersion(string line, out string version)
    {
        version = "";
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (!rest.StartsWith("Server version", StringComparison.Ordinal))
            return false;
        rest = rest["Server version".Length..].TrimStart(": \t");
        int end = rest.IndexOf(' ');
        version = (end < 0 ? rest : rest[..end]).ToString();
        return version.Length > 2 && char.IsAsciiDigit(version[0]) && version.Contains('.', StringComparison.Ordinal);
    }

    /// <summary>"Uptime:			6 days 20 hours 39 min 18 sec".</summary>
    public static bool TryUptime(string line, out string seconds)
    {
        seconds = "";
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (!rest.StartsWith("Uptime:", StringComparison.Ordinal) || !rest.EndsWith(" sec", StringComparison.Ordinal))
            return false;
        long total = 0, number = -1;
        foreach (Range range in rest[7..].ToString().AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = rest[7..][range].Trim();
            if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long read) && read < 1_000_000)
                number = read;
            else if (word.Length > 0 && number >= 0)
            {
                total += number * (word[0] switch { 'd' => 86400, 'h' => 3600, 'm' => 60, 's' => 1, _ => 0 });
                number = -1;
            }
        }
        seconds = total.ToString(CultureInfo.InvariantCulture);
        return total > 0;
    }
}
