using System.Buffers;

namespace GoneAway.Evidence.Logs;

/// <summary>Values by key in a log line that is JSON, <c>key=value</c> or <c>key: value</c>, also where it is quoted inside another one.</summary>
internal static class Keyed
{
    private static readonly SearchValues<char> Ends = SearchValues.Create(" ,;}|\t");

    /// <summary>The value of the first of the keys that the line has; empty when it has none. Keys are met whole and in any case.</summary>
    public static ReadOnlySpan<char> Value(ReadOnlySpan<char> line, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            int from = 0;
            while (from < line.Length && line[from..].IndexOf(key, StringComparison.OrdinalIgnoreCase) is var found and >= 0)
            {
                int at = from + found;
                from = at + key.Length;
                if (at > 0 && (char.IsAsciiLetterOrDigit(line[at - 1]) || line[at - 1] is '_' or '-' or '.'))
                    continue;
                if (TryAfter(line[from..], out ReadOnlySpan<char> value))
                    return value;
            }
        }
        return default;
    }

    private static bool TryAfter(ReadOnlySpan<char> rest, out ReadOnlySpan<char> value)
    {
        value = default;
        rest = rest.TrimStart("\\\"'");
        if (rest.IsEmpty || rest[0] is not ('=' or ':'))
            return false;
        rest = rest[1..].TrimStart(' ');
        ReadOnlySpan<char> inner = rest.TrimStart("\\\"'");
        int end = inner.Length == rest.Length ? rest.IndexOfAny(Ends) : inner.IndexOfAny('"', '\'', '\\');
        value = (end < 0 ? inner : inner[..end]).Trim();
        return true;
    }
}
