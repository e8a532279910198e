using System.Buffers;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

internal enum ServerLogLevel : byte
{
    None,
    Note,
    Warning,
    Error,
    System,
}

/// <summary>A line of a server's error log with what stands before its message taken apart, whatever else was put in front of it.</summary>
internal readonly ref struct ServerLogEntry
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> Quoting = SearchValues.Create("|> *-`\"'\t");

    public ReadOnlySpan<char> Message { get; init; }
    public ServerLogLevel Level { get; init; }
    /// <summary>The number after the time: the thread in MySQL 5.7 and later and in MariaDB 10.2 and later, the process in 5.6.</summary>
    public long? Number { get; init; }
    /// <summary>The time is written in ISO 8601: MySQL 5.7 or later.</summary>
    public bool IsIso { get; init; }
    /// <summary>The hour is padded with a blank, which only MariaDB does with a four-digit year.</summary>
    public bool IsPadded { get; init; }
    /// <summary>N of [MY-N]; 0 when there is none.</summary>
    public int Code { get; init; }
    /// <summary>Where the time stands; it is read only for lines that are kept.</summary>
    public ReadOnlySpan<char> Time { get; init; }

    public Stamp? Stamp => !Time.IsEmpty && Stamps.TryFind(Time, out Stamp stamp) ? stamp : null;

    /// <summary>The connection that the line was written for, where the number after the time certainly is one.</summary>
    public uint? ThreadId => IsIso || IsPadded ? Thread : null;

    /// <summary>The same for messages that only servers write whose number is the thread.</summary>
    public uint? Thread => Number is > 0 and <= uint.MaxValue ? (uint)Number : null;

    /// <summary>Takes a line apart at its level in brackets. False when what stands before it is no server's.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ServerLogEntry entry)
    {
        entry = default;
        int at = LevelOf(text, out ServerLogLevel level, out int after);
        if (at < 0)
            return TryInnoDb(text, out entry);
        ReadOnlySpan<char> before = text[..at].TrimEnd(" \t");
        ReadOnlySpan<char> message = text[after..].TrimStart(' ');
        int code = CodeOf(ref message);
        if (message.StartsWith("[Entrypoint]", StringComparison.Ordinal))
            return false;
        message = ServerLogJson.Unwrapped(before, message).TrimEnd();
        entry = new ServerLogEntry { Message = message, Level = level, Code = code };
        return TryHead(before, ref entry) || IsHeadless(before);
    }

    /// <summary>
    /// InnoDB wrote without a level until 5.6: "130928 22:56:26  InnoDB: ...", "2014-05-05 10:48:05 7f51e0dd1740 InnoDB: ...", and further
    /// lines of the same message with nothing before them.
    /// </summary>
    private static bool TryInnoDb(ReadOnlySpan<char> text, out ServerLogEntry entry)
    {
        entry = default;
        ReadOnlySpan<char> head = text.Length > 200 ? text[..200] : text;
        int at = head.IndexOf("InnoDB: ", StringComparison.Ordinal);
        if (at < 0)
            return false;
        ReadOnlySpan<char> before = text[..at].TrimEnd(" \t");
        entry = new ServerLogEntry { Message = text[at..].TrimEnd() };
        if (before.IsEmpty || IsHeadless(before) || before[^1] == '|')
            return true;
        ReadOnlySpan<char> last = LastWord(before);
        if (last.Length is >= 4 and <= 16 && !last.ContainsAnyExcept(Hexadecimal))
            before = before[..^last.Length].TrimEnd(" \t");
        last = LastWord(before);
        return last.Length is 7 or 8 && TryOldHead(before, last, 0, ref entry);
    }

    /// <summary>The first level in brackets that stands near the beginning.</summary>
    private static int LevelOf(ReadOnlySpan<char> text, out ServerLogLevel level, out int after)
    {
        ReadOnlySpan<char> head = text.Length > 400 ? text[..400] : text;
        for (int at = 0; at < head.Length && head[at..].IndexOf('[') is var found and >= 0;)
        {
            at += found + 1;
            ReadOnlySpan<char> rest = head[at..];
            (level, int length) = rest switch
            {
                ['N', 'o', 't', 'e', ']', ..] => (ServerLogLevel.Note, 5),
                ['W', 'a', 'r', 'n', 'i', 'n', 'g', ']', ..] => (ServerLogLevel.Warning, 8),
                ['E', 'R', 'R', 'O', 'R', ']', ..] => (ServerLogLevel.Error, 6),
                ['S', 'y', 's', 't', 'e', 'm', ']', ..] => (ServerLogLevel.System, 7),
                _ => (ServerLogLevel.None, 0),
            };
            if (length > 0)
            {
                after = at + length;
                return at - 1;
            }
        }
        level = ServerLogLevel.None;
        after = 0;
        return -1;
    }

    /// <summary>Takes "[MY-010914] [Server] " off the message.</summary>
    private static int CodeOf(ref ReadOnlySpan<char> message)
    {
        if (!message.StartsWith("[MY-", StringComparison.Ordinal))
            return 0;
        int close = message.IndexOf(']');
        if (close is < 5 or > 12 || !int.TryParse(message[4..close], System.Globalization.NumberStyles.None, null, out int code))
            return 0;
        message = message[(close + 1)..].TrimStart(' ');
        if (message is ['[', ..] && message.IndexOf(']') is > 0 and < 24 and var end)
            message = message[(end + 1)..].TrimStart(' ');
        return code;
    }

    /// <summary>Reads "date time [number]" that ends the text before the level.</summary>
    private static bool TryHead(ReadOnlySpan<char> before, ref ServerLogEntry entry)
    {
        long? number = null;
        ReadOnlySpan<char> last = LastWord(before);
        if (last.Length is > 0 and < 20 && !last.ContainsAnyExceptInRange('0', '9') && long.TryParse(last, out long value))
        {
            number = value;
            before = before[..^last.Length].TrimEnd(" \t");
            last = LastWord(before);
        }
        if (last.Length < 7 || !(char.IsAsciiDigit(last[^1]) || last[^1] == 'Z') || !last.Contains(':'))
            return false;
        int t = last.LastIndexOf('T');
        if (t >= 10 && char.IsAsciiDigit(last[t - 1]))
        {
            ReadOnlySpan<char> iso = last[(t - 10)..];
            if (number is null || iso.Length < 16 || iso[4] != '-' || iso[7] != '-' || iso[13] != ':' || !char.IsAsciiDigit(iso[0]))
                return false;
            entry = entry with { Number = number, IsIso = true, Time = iso };
            return true;
        }
        return TryOldHead(before, last, number, ref entry);
    }

    /// <summary>"2026-11-20  8:42:10 5" of MariaDB, "2013-09-28 22:56:26 1234" of 5.6, "130928 22:56:26" of all before.</summary>
    private static bool TryOldHead(ReadOnlySpan<char> before, ReadOnlySpan<char> time, long? number, ref ServerLogEntry entry)
    {
        ReadOnlySpan<char> dated = before[..^time.Length].TrimEnd(' ');
        bool isLong = dated.Length >= 10 && dated[^3] == '-' && dated[^6] == '-';
        bool isShort = !isLong && dated.Length >= 6 && !dated[^6..].ContainsAnyExceptInRange('0', '9') && (dated.Length == 6 || !char.IsAsciiDigit(dated[^7]));
        if (!isShort && !(isLong && number is not null) || time.Length is not (7 or 8) || time[^3] != ':' || time[^6] != ':')
            return false;
        entry = entry with { Number = number, IsPadded = isLong && time.Length == 7, Time = before[(dated.Length - (isLong ? 10 : 6))..] };
        return true;
    }

    /// <summary>A level with nothing before it but quoting, or the tag that syslog gives.</summary>
    private static bool IsHeadless(ReadOnlySpan<char> before)
    {
        if (before.IndexOfAnyExcept(Quoting) < 0)
            return true;
        return before[^1] == ':' && (before.Contains("mysqld", StringComparison.Ordinal) || before.Contains("mariadbd", StringComparison.Ordinal));
    }

    private static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> text) => text[(text.LastIndexOfAny(" \t") + 1)..];
}
