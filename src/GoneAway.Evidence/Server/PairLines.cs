namespace GoneAway.Evidence.Server;

/// <summary>Settings one a line: <c>name = value</c>, <c>name: value</c>, <c>name | value</c>, <c>name value</c>, <c>"name": "value",</c>.</summary>
internal static class PairLines
{
    private const int LongestValue = 4000;

    /// <summary>Reads one line; the name must be known.</summary>
    /// <param name="isTelling">Nobody but a MySQL server has that setting, or the shape is one that only servers' tables have.</param>
    public static bool TryRead(string line, out string name, out string value, out bool isTelling)
    {
        (name, value, isTelling) = ("", "", false);
        ReadOnlySpan<char> rest = line.AsSpan().TrimStart().TrimStart("-*|").TrimStart();
        if (rest.Length < 5 || rest.Length > LongestValue)
            return false;
        bool quoted = rest[0] is '"' or '\'' or '`';
        if (quoted)
            rest = rest[1..];
        int end = 0;
        if (rest.StartsWith("@@", StringComparison.Ordinal))
            end = 2;
        while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] is '_' or '.'))
            end++;
        if (end is 0 or > 80 || end >= rest.Length)
            return false;
        string found = rest[..end].ToString();
        if (!ServerNames.IsKnown(Bare(found)))
            return false;
        rest = rest[end..];
        if (quoted && rest[0] is '"' or '\'' or '`')
            rest = rest[1..];
        ReadOnlySpan<char> after = rest.TrimStart();
        bool tab = rest.Length > 0 && rest[0] == '\t';
        bool separated = after.Length > 0 && after[0] is '=' or ':' or '|';
        if (separated)
            after = after[(after.StartsWith("=>", StringComparison.Ordinal) ? 2 : 1)..];
        else if (rest.Length == 0 || !char.IsWhiteSpace(rest[0]))
            return false;
        // Where a column's bar ends the line, the value was cut off.
        if (separated && rest.TrimStart()[0] == '|' && after.IsWhiteSpace())
            return false;
        after = after.Trim().TrimEnd("|,;").Trim();
        if (after.Length > 1 && after[0] is '"' or '\'' && after[^1] == after[0])
            after = after[1..^1];
        // Words after a name are a sentence, unless something parts them.
        if (!separated && !tab && (after.Length == 0 || after.Contains(' ') && rest.Length - after.Length < 3 || !IsValue(after)))
            return false;
        if (separated && !tab && IsSentence(after))
            return false;
        (name, value) = (found, after.ToString());
        isTelling = ServerNames.IsTelling(Bare(found)) || found.StartsWith("@@", StringComparison.Ordinal);
        return true;
    }

    /// <summary>Without <c>@@</c>, <c>@@global.</c> and their kin.</summary>
    public static string Bare(string name)
    {
        ReadOnlySpan<char> bare = name.AsSpan().TrimStart('@');
        int dot = bare.IndexOf('.');
        if (dot > 0 && (bare[..dot] is "mysqld" || bare[..dot].Equals("global", StringComparison.OrdinalIgnoreCase) || bare[..dot].Equals("session", StringComparison.OrdinalIgnoreCase) || bare[..dot].Equals("local", StringComparison.OrdinalIgnoreCase)))
            bare = bare[(dot + 1)..];
        return bare.ToString();
    }

    private static bool IsValue(ReadOnlySpan<char> value) =>
        value[0] is '/' or '.' || char.IsAsciiDigit(value[0]) || value.IndexOf(' ') < 0 && (value is "ON" or "OFF" or "YES" or "NO" or "DISABLED" || value.IndexOfAny("_/:.,") > 0 && value[^1] != '.' || value.IndexOfAnyExceptInRange('A', 'Z') < 0);

    private static bool IsSentence(ReadOnlySpan<char> value) => value.Count(' ') > 6 && !value.Contains(',');
}
