using System.Buffers;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>What a line is within a traceback, whatever syslog, a container runtime or a person put before it.</summary>
internal static class LineContent
{
    private static readonly string[] Joints = ["During handling of the above exception", "The above exception was the direct cause", "[previous exception]"];

    private static readonly string[] Links =
    [
        "Caused by", "Next ", "Previous exception", "Previous: ", "Cause:", "Wrapped by", "---> ", "[object] (", "--- End of inner exception", "Suppressed: ", "The last packet ", "Last packet sent to the server", "### ", "; SQL",
        "nested exception is ", "MESSAGE: ", "STACKTRACE:", "** BEGIN NESTED", "** END NESTED", "[cause]:", "From event:", "(Inner Exception #",
    ];

    private static readonly string[] Frames = ["File \"", "at ", "from ", "in `", "... ", "[SQL", "[parameters", "(Background on this error", "[stacktrace]", "Stack trace:", "thrown in ", "--- End of stack trace", "{main}", "\"}", "}", "{", "File \\\"", "(last message repeated "];

    // .NET's console: fail: Microsoft.EntityFrameworkCore.Query[10100]
    private static readonly string[] Levels = ["fail: ", "crit: ", "warn: ", "info: ", "dbug: "];

    public enum Part : byte
    {
        Blank,
        /// <summary>Ties the error before it to the one after it.</summary>
        Joint,
        /// <summary>Belongs to the error before it and may itself be one: the next error of a chain.</summary>
        Link,
        /// <summary>A place in code, or another line that no error starts with.</summary>
        Frame,
        Traceback,
        /// <summary>Begins a record of its own.</summary>
        Header,
        Other,
    }

    public static Part Of(ReadOnlySpan<char> line, out int indent)
    {
        ReadOnlySpan<char> content = WithoutPrefix(line, out bool headed);
        ReadOnlySpan<char> text = content.TrimStart(" \t|");
        indent = content.Length - text.Length;
        if (text.IsWhiteSpace())
            return Part.Blank;
        if (text.StartsWith("Traceback (most recent call last)", StringComparison.Ordinal))
            return Part.Traceback;
        foreach (string joint in Joints)
            if (text.StartsWith(joint, StringComparison.Ordinal))
                return Part.Joint;
        if (text.EndsWith("with root cause", StringComparison.Ordinal))
            return Part.Joint;
        foreach (string link in Links)
            if (text.StartsWith(link, StringComparison.Ordinal))
                return Part.Link;
        if (text[0] == '#' && text.Length > 1 && char.IsAsciiDigit(text[1]))
            return Part.Frame;
        // A record in JSON; a driver's fields are {code: ...} or { code: ... }
        if (text.StartsWith("{\"", StringComparison.Ordinal) && text.Length > 8)
            return Part.Header;
        foreach (string frame in Frames)
            if (text.StartsWith(frame, StringComparison.Ordinal))
                return Part.Frame;
        if (IsPlace(text))
            return Part.Frame;
        if (indent > 0)
            return Part.Other;
        foreach (string level in Levels)
            if (text.StartsWith(level, StringComparison.Ordinal))
                return Part.Header;
        return headed || Stamps.TryFind(content.Length > 48 ? content[..48] : content, out _) ? Part.Header : Part.Other;
    }

    /// <summary>The line without quoting marks, a container's name, or the time, host and program of a system log.</summary>
    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> line, out bool headed)
    {
        headed = false;
        if (line.StartsWith("> ", StringComparison.Ordinal))
            line = line[2..];
        // web_1  | Traceback
        int bar = line.Length > 64 ? line[..64].IndexOf("| ", StringComparison.Ordinal) : line.IndexOf("| ", StringComparison.Ordinal);
        if (bar > 0 && line[..bar].TrimEnd(' ').IndexOfAny(' ', '\'', '"') < 0)
            line = line[(bar + 2)..];
        // Docker's JSON file
        if (line.StartsWith("{\"log\":\"", StringComparison.Ordinal))
            return line[8..];
        if (line.Length > 40 && line[0] == '[' && IsOfApache(line, out ReadOnlySpan<char> logged))
            return logged;
        if (IsOfClock(line, out ReadOnlySpan<char> said))
            return said;
        if (line.Length < 16 || !char.IsAsciiLetterOrDigit(line[0]) || !Stamps.TryFind(line[..Math.Min(32, line.Length)], out _))
            return line;
        ReadOnlySpan<char> head = line.Length > 160 ? line[..160] : line;
        foreach (string end in (ReadOnlySpan<string>)[" stdout F ", " stderr F ", " stdout P ", " stderr P "])
            if (head.IndexOf(end, StringComparison.Ordinal) is var at and >= 0)
                return line[(at + end.Length)..];
        // Nov 20 10:00:00 host uwsgi[123]: Traceback
        if (head.IndexOf("]: ", StringComparison.Ordinal) is var tag and >= 0 && head[..tag].LastIndexOf('[') is var open and > 0 && Digits(head[(open + 1)..tag]) && head[open - 1] != ' ')
            return line[(tag + 3)..];
        headed = true;
        int word = 0, last = 0;
        while (word < line.Length && IsOfTime(line[word..], out int length))
            (last, word) = (word, word + length + 1);
        if (word >= line.Length)
            return default;
        if (IsOfOpenStack(line[last..], out ReadOnlySpan<char> traced))
        {
            headed = false;
            return traced;
        }
        return line[word..];
    }

    /// <summary>A time of day alone, before each line of a trace: <c>[16:57:08 WARN]: </c>, <c>[16:57:08] [Server thread/WARN]: </c>.</summary>
    private static bool IsOfClock(ReadOnlySpan<char> line, out ReadOnlySpan<char> rest)
    {
        rest = line;
        ReadOnlySpan<char> clock = line.TrimStart('[');
        if (clock.Length < 12 || clock[2] != ':' || clock[5] != ':' || !Digits(clock[..2]) || !Digits(clock[3..5]) || !Digits(clock[6..8]))
            return false;
        int end = line[..Math.Min(line.Length, 96)].IndexOf("]: ", StringComparison.Ordinal);
        if (end < 0)
            return false;
        rest = line[(end + 3)..];
        return true;
    }

    /// <summary>mod_wsgi's <c>[Fri Nov 20 10:00:00.123456 2026] [wsgi:error] [pid 12:tid 34] [remote 10.0.0.1:555]   File "..."</c>.</summary>
    private static bool IsOfApache(ReadOnlySpan<char> line, out ReadOnlySpan<char> rest)
    {
        rest = line;
        if (line[..Math.Min(line.Length, 120)].IndexOf("] [wsgi:error] [pid ", StringComparison.Ordinal) < 0)
            return false;
        while (rest.Length > 1 && rest[0] == '[' && rest.IndexOf(']') is > 0 and var close)
            rest = rest.Length > close + 1 ? rest[(close + 2)..] : default;
        return true;
    }

    /// <summary>oslo.log repeats its head before each line of a traceback: <c>17087 ERROR oslo_db.sqlalchemy.engines   File "..."</c>.</summary>
    private static bool IsOfOpenStack(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        rest = default;
        int pid = text.IndexOf(' ');
        if (pid < 1 || !Digits(text[..pid]))
            return false;
        text = text[(pid + 1)..];
        int level = text.IndexOf(' ');
        if (level < 1 || text[..level] is not ("ERROR" or "TRACE" or "CRITICAL" or "WARNING"))
            return false;
        text = text[(level + 1)..];
        int name = text.IndexOf(' ');
        if (name < 0)
            return text.Contains('.');
        if (!text[..name].Contains('.') || text[..name].IndexOfAny('[', '(', ':') >= 0)
            return false;
        rest = text[(name + 1)..];
        return !rest.StartsWith("[", StringComparison.Ordinal) && !rest.StartsWith("--- ", StringComparison.Ordinal);
    }

    /// <summary>A place in code without the words around it: <c>app/models/user.rb:12:in `find'</c>, <c>aiomysql/connection.py, line 75, in _connect</c>.</summary>
    private static bool IsPlace(ReadOnlySpan<char> text)
    {
        if (text.IndexOf(".rb:", StringComparison.Ordinal) is var ruby and > 0)
            return text.Length > ruby + 4 && char.IsAsciiDigit(text[ruby + 4]) && text[ruby..].IndexOf(":in ", StringComparison.Ordinal) >= 0 && text[^1] is '\'' or '`';
        return text.IndexOf(".py, line ", StringComparison.Ordinal) is var python and > 0 && text[python..].IndexOf(", in ", StringComparison.Ordinal) > 0;
    }

    private static bool Digits(ReadOnlySpan<char> text) => text.Length > 0 && text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static readonly SearchValues<char> OfTimes = SearchValues.Create("0123456789:-./TZ+,");

    private static bool IsOfTime(ReadOnlySpan<char> text, out int length)
    {
        length = text.IndexOf(' ');
        if (length < 0)
            length = text.Length;
        ReadOnlySpan<char> word = text[..length];
        return length > 0 && (word.IndexOfAnyExcept(OfTimes) < 0 || length == 3 && char.IsAsciiLetterUpper(word[0]) && char.IsAsciiLetterLower(word[1]) && char.IsAsciiLetterLower(word[2]));
    }
}
