namespace GoneAway.Evidence.Processes;

/// <summary>The lines between outputs that people paste: a shell's prompt with the command, <c>head</c>'s file names.</summary>
internal static class Prompt
{
    /// <summary>Without quoting ("> ", "| ") and terminal colours in front.</summary>
    public static string Clean(string line)
    {
        if (line.Contains('\x1b', StringComparison.Ordinal))
            line = WithoutColours(line);
        ReadOnlySpan<char> rest = line.AsSpan().TrimEnd();
        while (rest.Length > 1 && rest[0] is '>' or '|' && rest[1] == ' ')
            rest = rest[2..];
        return rest.Length == line.Length ? line : rest.ToString();
    }

    /// <summary><c>[root@db1 ~]# ss -tnp</c>, <c>user@host:~$ ss -tnp</c>, <c>$ ss -tnp</c>, <c># ss -tnp</c>, <c>==> /proc/net/tcp &lt;==</c>, <c>/proc/4711/fd:</c>.</summary>
    public static bool TryCommand(string line, out string command)
    {
        command = "";
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        if (text.Length is < 3 or > 1000)
            return false;
        if (text.StartsWith("==> ", StringComparison.Ordinal) && text.EndsWith(" <==", StringComparison.Ordinal))
        {
            command = text[4..^4].Trim().ToString();
            return true;
        }
        if (text[0] == '/' && text[^1] == ':' && !text.Contains(' '))
        {
            command = text[..^1].ToString();
            return true;
        }
        if (text.StartsWith("+ ", StringComparison.Ordinal) && char.IsAsciiLetter(text[2]))
        {
            command = text[2..].ToString();
            return true;
        }
        int sign = text.IndexOfAny("$#%");
        if (sign < 0 || sign > 100 || sign + 2 >= text.Length || text[sign + 1] != ' ')
            return false;
        ReadOnlySpan<char> before = text[..sign].TrimEnd();
        bool prompt = before.IsEmpty || before.Contains('@') || before[^1] is ']' or '~' || before.StartsWith("bash-", StringComparison.Ordinal) || before.StartsWith("sh-", StringComparison.Ordinal) || before[0] == '/';
        if (!prompt || text[sign + 2] is not ('/' or '.') && !char.IsAsciiLetterLower(text[sign + 2]))
            return false;
        command = text[(sign + 2)..].Trim().ToString();
        return true;
    }

    /// <summary>The program that a command runs: without sudo, a path in front and what runs it elsewhere.</summary>
    public static string Program(string command)
    {
        foreach (string word in command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (word is not ("sudo" or "watch" or "time" or "doas") && !word.StartsWith('-') && !word.Contains('=', StringComparison.Ordinal))
                return word[(word.LastIndexOf('/') + 1)..];
        return "";
    }

    private static string WithoutColours(string line)
    {
        var plain = new System.Text.StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\x1b')
            {
                plain.Append(line[i]);
                continue;
            }
            if (i + 1 < line.Length && line[i + 1] == '[')
                for (i += 2; i < line.Length && !char.IsAsciiLetter(line[i]); i++)
                    if (line[i] is not (';' or '?') && !char.IsAsciiDigit(line[i]))
                        break;
        }
        return plain.ToString();
    }
}
