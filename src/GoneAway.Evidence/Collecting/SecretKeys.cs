namespace GoneAway.Evidence.Collecting;

/// <summary>Finds values that stand behind a telling name: <c>password = x</c>, <c>"apiKey": "x"</c>, <c>'pass' => 'x'</c>, <c>| report_password | x |</c>, <c>--password=x</c>.</summary>
internal static class SecretKeys
{
    private static readonly string[] Words =
    [
        "password", "passwd", "pwd", "pass", "passphrase", "secret", "token", "credential", "credentials", "authorization", "requirepass", "auth_pass", "auth_string", "authentication_string",
        "apikey", "api_key", "accesskey", "access_key", "secretkey", "secret_key", "privatekey", "private_key", "encryption_key", "fastopen_key",
    ];

    // What servers and logs say of passwords without telling one.
    private static readonly string[] Harmless = ["YES", "NO", "ON", "OFF", "TRUE", "FALSE", "NULL", "NONE", "''", "\"\"", "0", "1", Scrubber.Replacement];

    /// <summary>The next value from <paramref name="from"/> on: where it begins and ends, and its name.</summary>
    public static bool TryFind(string line, int from, out int start, out int end, out string name)
    {
        (start, end, name) = (0, 0, "");
        for (int i = from; i < line.Length; i++)
        {
            if (!IsName(line[i]) || i > 0 && IsName(line[i - 1]))
                continue;
            int stop = i;
            while (stop < line.Length && IsName(line[stop]))
                stop++;
            string key = line[i..stop].Trim('-', '.');
            if (IsSecret(key) && TryValue(line, i, stop, out start, out end) && !IsHarmless(key, line[start..end]))
            {
                name = key;
                return true;
            }
            i = stop - 1;
        }
        return false;
    }

    /// <summary>The name ends in such a word: DB_PASSWORD, spring.datasource.password, dbPassword2; not default_password_lifetime.</summary>
    internal static bool IsSecret(string name)
    {
        string plain = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '_', '-').Replace('-', '_');
        if (plain.StartsWith("Com_", StringComparison.Ordinal))
            return false;
        if (plain.Equals("auth", StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (string word in Words)
            if (plain.EndsWith(word, StringComparison.OrdinalIgnoreCase)
                && (plain.Length == word.Length || plain[^(word.Length + 1)] is '_' or '.' || word.Length > 5 || char.IsAsciiLetterUpper(plain[^word.Length]) && char.IsAsciiLetterLower(plain[^(word.Length + 1)])))
                return true;
        return false;
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private static bool IsHarmless(string key, string value) =>
        Array.Exists(Harmless, one => one.Equals(value.Trim(), StringComparison.OrdinalIgnoreCase)) || value.Length == 0 || key is "PWD" or "OLDPWD" && value.StartsWith('/')
        || key.Equals("auth", StringComparison.OrdinalIgnoreCase) && value.StartsWith('{');

    private static bool TryValue(string line, int keyStart, int keyEnd, out int start, out int end)
    {
        (start, end) = (0, 0);
        int at = keyEnd;
        bool quoted = at < line.Length && line[at] is '"' or '\'' or '`';
        if (quoted)
            at++;
        // <password>x</password>
        bool element = at < line.Length && line[at] == '>' && keyStart > 0 && line[keyStart - 1] == '<';
        while (at < line.Length && line[at] is ' ' or '\t' or ']' or ')')
            at++;
        // name="password" value="x"
        if (quoted && at + 6 < line.Length && string.CompareOrdinal(line, at, "value=", 0, 6) == 0)
            at += 6;
        else if (at < line.Length && line[at] is '=' or ':')
            at += at + 1 < line.Length && line[at + 1] is '>' or '=' ? 2 : 1;
        else if (at < line.Length && (line[at] == '|' || element || quoted && line[at] == ','))
            at++;
        else if (keyEnd < line.Length && line[keyEnd] == '\t' && keyStart == 0)
            at = keyEnd + 1;
        else
            return false;
        bool row = line[Math.Min(at, line.Length) - 1] == '|';
        while (at < line.Length && line[at] is ' ' or '\t')
            at++;
        if (at >= line.Length)
            return false;
        start = at;
        if (line[at] is '"' or '\'' or '`')
        {
            char quote = line[at];
            start = ++at;
            while (at < line.Length && line[at] != quote)
                at += line[at] == '\\' ? 2 : 1;
            end = Math.Min(at, line.Length);
            return end > start;
        }
        // A setting that has the line for itself takes all of it: passwords hold any character.
        bool own = line.AsSpan(0, keyStart).IndexOfAnyExcept(" \t-+") < 0 || line.AsSpan(0, keyStart).TrimStart().StartsWith("export ", StringComparison.Ordinal);
        bool header = line.AsSpan(keyStart, keyEnd - keyStart).EndsWith("authorization", StringComparison.OrdinalIgnoreCase);
        string stops = row ? "|" : header ? "\"'" : element ? "<" : own ? "\r\n" : " \t,;&)<>}\"'|\r\n";
        while (at < line.Length && !stops.Contains(line[at]))
            at++;
        end = at;
        while (end > start && line[end - 1] is ' ' or '\t' or ',')
            end--;
        return end > start;
    }
}
