using System.Globalization;
using System.Text;

namespace GoneAway.Evidence.Logs;

/// <summary>Error logs inside JSON: the server's own sink (log_sink_json), and lines that a container runtime or a cloud wrapped.</summary>
internal static class ServerLogJson
{
    /// <summary>The message alone, when the line is a string inside JSON (<c>{"log":"2026-... [Note] ...\n","stream":"stderr"}</c>).</summary>
    public static ReadOnlySpan<char> Unwrapped(ReadOnlySpan<char> before, ReadOnlySpan<char> message)
    {
        int quote = before.LastIndexOf('"');
        if (quote < 1 || before[..quote].TrimEnd(' ') is not [.., ':'])
            return message;
        int end = EndOf(message);
        return Unescaped(message[..(end < 0 ? message.Length : end)]);
    }

    /// <summary>An object of log_sink_json on one line.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ServerLogEntry entry)
    {
        entry = default;
        if (text.IndexOf('{') < 0 || !TryValue(text, "\"msg\"", out ReadOnlySpan<char> message) || !TryValue(text, "\"err_code\"", out ReadOnlySpan<char> code))
            return false;
        TryValue(text, "\"label\"", out ReadOnlySpan<char> label);
        TryValue(text, "\"prio\"", out ReadOnlySpan<char> priority);
        entry = new ServerLogEntry
        {
            Message = Unescaped(message), IsIso = true,
            Code = int.TryParse(code, NumberStyles.None, null, out int number) ? number : 0,
            Level = label.Length > 0 ? LevelOf(label) : LevelOf(priority),
            Number = TryValue(text, "\"thread\"", out ReadOnlySpan<char> thread) && long.TryParse(thread, NumberStyles.None, null, out long id) ? id : null,
            Time = TryValue(text, "\"time\"", out ReadOnlySpan<char> time) ? time : default,
        };
        return true;
    }

    /// <summary>A row of performance_schema.error_log in a box or between tabs: the number stands in a cell of its own.</summary>
    public static bool TryParseRow(ReadOnlySpan<char> text, out ServerLogEntry entry)
    {
        entry = default;
        int at = text.IndexOf("MY-0", StringComparison.Ordinal);
        if (at < 1 || text[..at].TrimEnd(' ') is not [.., '|' or '\t' or ','] || text[at..].IndexOfAny(" |\t,") is not (> 5 and < 12 and var length))
            return false;
        char separator = text[..at].TrimEnd(' ')[^1];
        ReadOnlySpan<char> before = text[..at].TrimEnd(' ')[..^1], after = text[(at + length)..];
        if (!TryCell(ref after, separator) || !TryCell(ref after, separator) || !int.TryParse(text[(at + 3)..(at + length)], NumberStyles.None, null, out int code))
            return false;
        int level = before.LastIndexOf(separator);
        ReadOnlySpan<char> head = level < 0 ? default : before[..level];
        ServerLogLevel label = LevelOf(before[(level + 1)..].Trim(" \""));
        if (label == ServerLogLevel.None)
            return false;
        ReadOnlySpan<char> thread = head[(head.LastIndexOf(separator) + 1)..].Trim(" \"");
        entry = new ServerLogEntry
        {
            Message = after.Trim(" \t|\""), IsIso = true, Code = code, Level = label,
            Number = long.TryParse(thread, NumberStyles.None, null, out long id) ? id : null,
            Time = head.TrimStart(" |\""),
        };
        return true;
    }

    public static ServerLogLevel LevelOf(ReadOnlySpan<char> label) => label switch
    {
        "Note" or "3" or "INFORMATION" => ServerLogLevel.Note,
        "Warning" or "2" => ServerLogLevel.Warning,
        "Error" or "ERROR" or "1" => ServerLogLevel.Error,
        "System" or "0" => ServerLogLevel.System,
        _ => ServerLogLevel.None,
    };

    private static bool TryCell(ref ReadOnlySpan<char> text, char separator)
    {
        int at = text.IndexOf(separator);
        if (at < 0)
            return false;
        text = text[(at + 1)..];
        return true;
    }

    /// <summary>The value of a name: a string without its quotes, still escaped, or a number.</summary>
    private static bool TryValue(ReadOnlySpan<char> text, string name, out ReadOnlySpan<char> value)
    {
        value = default;
        int at = text.IndexOf(name, StringComparison.Ordinal);
        if (at < 0)
            return false;
        ReadOnlySpan<char> rest = text[(at + name.Length)..].TrimStart(' ');
        if (rest is not [':', ..])
            return false;
        rest = rest[1..].TrimStart(' ');
        bool isText = rest is ['"', ..];
        if (isText)
            rest = rest[1..];
        int end = isText ? EndOf(rest) : rest.IndexOfAny(" ,}");
        value = end < 0 ? rest : rest[..end];
        return true;
    }

    /// <summary>Where the quote stands that ends a JSON string; below 0 when it was cut off.</summary>
    private static int EndOf(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i;
        return -1;
    }

    private static ReadOnlySpan<char> Unescaped(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
            return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }
            i++;
            if (text[i] == 'u' && i + 4 < text.Length && ushort.TryParse(text.Slice(i + 1, 4), NumberStyles.HexNumber, null, out ushort unit))
            {
                plain.Append((char)unit);
                i += 4;
            }
            else
                plain.Append(text[i] switch { 'n' or 'r' or 't' => ' ', char other => other });
        }
        return plain.ToString();
    }
}
