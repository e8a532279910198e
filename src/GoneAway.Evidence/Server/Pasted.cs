using System.Buffers;
using System.Text;

namespace GoneAway.Evidence.Server;

/// <summary>Takes from a line what pasting adds: colours of a terminal, marks of quoting, ends of lines.</summary>
internal static class Pasted
{
    private static readonly string[] Prompts = ["mysql>", "MySQL>", "MariaDB [", "mariadb>", "MySQL [", "mysql [", "percona>", "->", "SQL>", "MySQL  ", "sql>"];
    private static readonly SearchValues<char> NoNames = SearchValues.Create("/.:;,'\")");
    private static readonly string[] Statements = ["show ", "select ", "pager ", "use ", "set ", "flush "];
    private static readonly string[] Answers = ["Query OK", "Empty set", "```", "~~~", "Reading history-file", "Bye", "Your MySQL connection id", "Your MariaDB connection id", "Type 'help;'", "Database changed", "Welcome to the M", "Enter password", "PAGER set", "Copyright (c)", "Oracle is a registered"];

    /// <summary>One line for one line: their numbers stay.</summary>
    public static string[] Clean(IReadOnlyList<string> lines)
    {
        var clean = new string[lines.Count];
        for (int i = 0; i < clean.Length; i++)
            clean[i] = Clean(lines[i]);
        return clean;
    }

    public static string Clean(string line)
    {
        if (line.Contains('\x1b', StringComparison.Ordinal))
            line = WithoutColours(line);
        if (line.AsSpan().ContainsAnyInRange('\u2500', '\u257f'))
            line = InAscii(line);
        // A tab at the end is an empty value.
        ReadOnlySpan<char> rest = line.AsSpan().TrimEnd(" \r\v\f");
        while (rest.TrimStart() is ['>', ..] quoted)
            rest = quoted.Length > 1 && quoted[1] == ' ' ? quoted[2..] : quoted[1..];
        // A table inside of a quotation that is marked by bars itself.
        if (rest.StartsWith("| |", StringComparison.Ordinal) || rest.StartsWith("| +-", StringComparison.Ordinal))
            rest = rest[2..];
        return rest.Length == line.Length ? line : rest.ToString();
    }

    /// <summary>A statement or a shell command that somebody typed, or what a client adds to its answer.</summary>
    public static bool IsDialog(ReadOnlySpan<char> line) => IsStatement(line) || IsAnswer(line.Trim());

    /// <summary>A statement or a shell command that somebody typed.</summary>
    public static bool IsStatement(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        foreach (string prompt in Prompts)
            if (line.StartsWith(prompt, StringComparison.Ordinal))
                return true;
        foreach (string statement in Statements)
            if (line.StartsWith(statement, StringComparison.OrdinalIgnoreCase))
                return true;
        return IsShell(line);
    }

    /// <summary>An interactive client asked: its session's wait_timeout is interactive_timeout.</summary>
    public static bool IsInteractive(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        foreach (string prompt in Prompts)
            if (prompt != "->" && line.StartsWith(prompt, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>A client program is the command; one that is named in a message, or a path of the server's, is none.</summary>
    private static bool IsShell(ReadOnlySpan<char> line)
    {
        int client = line.IndexOf("mysql", StringComparison.Ordinal);
        client = client < 0 ? line.IndexOf("mariadb", StringComparison.Ordinal) : client;
        if (client < 0 || client > 0 && !(line[client - 1] is ' ' or '/') || line.Length > 2000)
            return false;
        int word = line[..client].LastIndexOf(' ') + 1;
        ReadOnlySpan<char> before = line[..word].TrimEnd(), after = line[client..];
        int end = after.IndexOf(' ');
        ReadOnlySpan<char> program = end < 0 ? after : after[..end];
        if (program.ContainsAny(NoNames) || word < client && line[word] is not ('/' or '.' or '~'))
            return false;
        bool prompted = before.Length == 0 || before[^1] is '$' or '#' or '%' || before.IndexOf("sudo") >= 0 || before.IndexOf("exec ") >= 0;
        return prompted && (after.Contains(" -", StringComparison.Ordinal) || after.StartsWith("mysqladmin ", StringComparison.Ordinal) || after.StartsWith("mariadb-admin ", StringComparison.Ordinal) || before.Length > 0);
    }

    private static bool IsAnswer(ReadOnlySpan<char> line)
    {
        foreach (string answer in Answers)
            if (line.StartsWith(answer, StringComparison.Ordinal))
                return true;
        return line.Length > 0 && char.IsAsciiDigit(line[0]) && (line.Contains(" row in set", StringComparison.Ordinal) || line.Contains(" rows in set", StringComparison.Ordinal))
            || line.Length > 10 && line.IndexOfAnyExcept('-') < 0;
    }

    private static string WithoutColours(string line)
    {
        var plain = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\x1b')
            {
                plain.Append(line[i]);
                continue;
            }
            if (i + 1 < line.Length && line[i + 1] == '[')
                for (i += 2; i < line.Length && line[i] is >= ' ' and < '@'; i++) { }
            // A choice of character set: ESC ( B.
            else if (i + 1 < line.Length && line[i + 1] is '(' or ')')
                i += 2;
            else
                i++;
        }
        return plain.ToString();
    }

    /// <summary>Frames drawn with Unicode's lines as the mysql client draws them.</summary>
    private static string InAscii(string line) => string.Create(line.Length, line, static (plain, line) =>
    {
        for (int i = 0; i < plain.Length; i++)
            plain[i] = line[i] switch { '─' or '━' or '═' or '┄' => '-', '│' or '┃' or '║' => '|', >= '\u2500' and <= '\u257f' => '+', _ => line[i] };
    });
}
