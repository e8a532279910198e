using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>Takes secrets out of one text, line by line, and remembers where: passwords, tokens, keys, hashes, and the data in rows of locks.</summary>
public sealed class Scrubber
{
    public const string Replacement = "(removed)";
    private const int MostNamed = 200;

    private readonly List<(int Line, string What)> removed = [];
    private bool inKey;
    private int number;

    /// <summary>Where something was taken out, and what it was called.</summary>
    public IReadOnlyList<(int Line, string What)> Removed => removed;
    /// <summary>All of them, those past the list included.</summary>
    public int Count { get; private set; }

    /// <summary>All lines of a text.</summary>
    public string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            int stop = end < 0 ? text.Length : end;
            clean.Append(CleanLine(text[at..stop]));
            if (end >= 0)
                clean.Append('\n');
            at = stop + 1;
        }
        return clean.ToString();
    }

    /// <summary>The next line, without its end.</summary>
    public string CleanLine(string line)
    {
        number++;
        if (line.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            inKey = line.Contains("BEGIN ", StringComparison.Ordinal) && !line.Contains("-----END", StringComparison.Ordinal);
            return inKey || line.Contains("BEGIN ", StringComparison.Ordinal) ? Whole("private key") : line;
        }
        if (inKey)
            return Replacement;
        line = Addresses(line);
        line = Statements(line);
        line = Words(line);
        line = RowData(line);
        for (int from = 0; SecretKeys.TryFind(line, from, out int start, out int end, out string name); from = start + Replacement.Length)
            line = Cut(line, start, end, name);
        return line;
    }

    private string Whole(string what)
    {
        Note(what);
        return Replacement;
    }

    private string Cut(string line, int start, int end, string what)
    {
        Note(what);
        return string.Concat(line.AsSpan(0, start), Replacement, line.AsSpan(end));
    }

    private void Note(string what)
    {
        Count++;
        if (removed.Count < MostNamed)
            removed.Add((number, what));
    }

    /// <summary>mysql://user:secret@host, and Go's user:secret@tcp(host).</summary>
    private string Addresses(string line)
    {
        for (int at = line.IndexOf("://", StringComparison.Ordinal); at >= 0; at = line.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            int stop = at + 3;
            while (stop < line.Length && line[stop] is not (' ' or '\t' or '"' or '\'' or '<' or '>' or '`' or '|'))
                stop++;
            int last = line.LastIndexOf('@', stop - 1);
            int colon = last <= at + 3 ? -1 : line.IndexOf(':', at + 3, last - at - 3);
            if (colon > 0 && colon + 1 < last && line[(colon + 1)..last] != Replacement)
                line = Cut(line, colon + 1, last, "password in an address");
        }
        foreach (string mark in (string[])["@tcp(", "@unix("])
            for (int at = line.IndexOf(mark, StringComparison.Ordinal); at > 0; at = line.IndexOf(mark, at + 1, StringComparison.Ordinal))
            {
                int start = at;
                while (start > 0 && line[start - 1] is not (' ' or '\t' or '"' or '\'' or '`'))
                    start--;
                int colon = line.IndexOf(':', start, at - start);
                if (colon >= 0 && colon + 1 < at && line[(colon + 1)..at] != Replacement)
                {
                    line = Cut(line, colon + 1, at, "password in an address");
                    at = line.IndexOf(mark, colon, StringComparison.Ordinal);
                }
            }
        return line;
    }

    /// <summary>IDENTIFIED BY '...', SET PASSWORD ... = '...', PASSWORD('...'): every literal behind them.</summary>
    private string Statements(string line)
    {
        int at = -1;
        foreach (string mark in (string[])["IDENTIFIED ", "SET PASSWORD", "PASSWORD("])
            if (line.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var found && (at < 0 || found < at))
                at = found;
        if (at < 0)
            return line;
        for (int i = at; i < line.Length; i++)
        {
            if (line[i] is not ('\'' or '"'))
                continue;
            int end = i + 1;
            while (end < line.Length && line[end] != line[i])
                end += line[end] == '\\' ? 2 : 1;
            end = Math.Min(end, line.Length);
            // 'app'@'10.%' is an account, and no secret.
            bool account = end + 1 < line.Length && line[end + 1] == '@' || i > 0 && line[i - 1] == '@';
            if (!account && end > i + 1 && line[(i + 1)..end] != Replacement)
            {
                line = Cut(line, i + 1, end, "password in a statement");
                end = i + 1 + Replacement.Length;
            }
            i = end;
        }
        // IDENTIFIED VIA unix_socket AS 0x2441...
        if (line.IndexOf(" AS 0x", at, StringComparison.OrdinalIgnoreCase) is > 0 and var hex)
        {
            int end = hex + 6;
            while (end < line.Length && char.IsAsciiHexDigit(line[end]))
                end++;
            line = Cut(line, hex + 4, end, "password hash in a statement");
        }
        return line;
    }

    /// <summary>Secrets that have no sign of equality: HAProxy's <c>stats auth</c> and user lists, clients' <c>-psecret</c>, MySQL's first password.</summary>
    private string Words(string line)
    {
        string text = line.TrimStart();
        int indent = line.Length - text.Length;
        if (text.StartsWith("stats auth ", StringComparison.OrdinalIgnoreCase) && line.IndexOf(':', indent) is > 0 and var colon)
            return Cut(line, colon + 1, line.Length, "stats auth");
        if (text.StartsWith("user ", StringComparison.OrdinalIgnoreCase))
            foreach (string mark in (string[])[" insecure-password ", " password "])
                if (line.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is > 0 and var at)
                {
                    int start = at + mark.Length, end = line.IndexOf(' ', start);
                    return Cut(line, start, end < 0 ? line.Length : end, "user's password");
                }
        const string First = "temporary password is generated for ";
        if (line.IndexOf(First, StringComparison.Ordinal) is >= 0 and var first && line.IndexOf(": ", first + First.Length, StringComparison.Ordinal) is > 0 and var behind)
            return Cut(line, behind + 2, line.Length, "temporary password");
        foreach (string scheme in (string[])["Basic ", "Bearer "])
            if (line.IndexOf(scheme, StringComparison.OrdinalIgnoreCase) is >= 0 and var header && line.Contains("uthorization", StringComparison.Ordinal))
            {
                int start = header + scheme.Length, end = start;
                while (end < line.Length && line[end] is not (' ' or '"' or '\'' or '|'))
                    end++;
                if (end > start && line[start..end] != Replacement)
                    line = Cut(line, start, end, "Authorization header");
            }
        bool client = line.Contains("mysql", StringComparison.Ordinal) || line.Contains("mariadb", StringComparison.Ordinal);
        for (int at = client ? line.IndexOf(" -p", StringComparison.Ordinal) : -1; at >= 0; at = line.IndexOf(" -p", at + 3, StringComparison.Ordinal))
        {
            int end = at + 3;
            while (end < line.Length && line[end] is not (' ' or '\t'))
                end++;
            if (end > at + 3 && !line.AsSpan(at + 3, end - at - 3).StartsWith("id", StringComparison.Ordinal) && line[(at + 3)..end] != Replacement)
                line = Cut(line, at + 3, end, "-p of a client");
        }
        return line;
    }

    /// <summary>InnoDB's status prints the rows that are locked: <c> 0: len 4; hex 80000001; asc     ;;</c>.</summary>
    private string RowData(string line) =>
        line.IndexOf("; hex ", StringComparison.Ordinal) is > 0 and var hex && line.Contains(": len ", StringComparison.Ordinal) ? Cut(line, hex + 6, line.Length, "data of a row") : line;
}
