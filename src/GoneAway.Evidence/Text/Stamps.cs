using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Text;

/// <summary>Finds the time at the beginning of a log line, in the forms that logs use.</summary>
public static class Stamps
{
    private const int Reach = 120;
    private static readonly string[] Keys = ["\"time\"", "\"@timestamp\"", "\"timestamp\"", "\"datetime\"", "\"asctime\"", "\"ts\"", "\"date\""];
    // Abbreviations that mean one thing; CST, IST and BST mean several.
    private static readonly (string Name, int Hours)[] Zones = [("CEST", 2), ("CET", 1), ("EEST", 3), ("EET", 2), ("WEST", 1), ("WET", 0), ("EDT", -4), ("EST", -5), ("PDT", -7), ("PST", -8), ("JST", 9), ("MSK", 3)];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>The first time that stands in the first characters of the line.</summary>
    public static bool TryFind(ReadOnlySpan<char> line, out Stamp stamp)
    {
        // Docker's own time has a zone; the text that it wraps seldom has.
        if (line.StartsWith("{\"log\":", StringComparison.Ordinal) && TryKeyed(line, out stamp))
            return true;
        ReadOnlySpan<char> head = line.Length > Reach ? line[..Reach] : line;
        // A date begins with a digit or a month's name, at the start of a word.
        for (int i = 0; i < head.Length - 7; i++)
        {
            if (i > 0 && char.IsAsciiLetterOrDigit(head[i - 1]))
                continue;
            ReadOnlySpan<char> rest = line[i..];
            // A bare number of ten digits inside a sentence is anything: a page, a size, a log position.
            if (i > 0 && head[i - 1] is ' ' or '\t' or '-' or '/' or ',' or '.' && new Digits(rest).Run is 10 or 13)
                continue;
            if (char.IsAsciiDigit(head[i]) ? TryNumeric(rest, out stamp) : char.IsAsciiLetterUpper(head[i]) && TryNamed(rest, out stamp))
            {
                if (!IsOfBuild(head[..i]))
                    return true;
                break;
            }
        }
        stamp = default;
        return line.Length > Reach && line[0] == '{' && TryKeyed(line, out stamp);
    }

    /// <summary>"Python version: 3.11.2 (main, Apr 28 2025, 14:11:48)", "compiled with version: 12.2.0 on 19 May 2023": when the program was built, not when it wrote.</summary>
    private static bool IsOfBuild(ReadOnlySpan<char> before) =>
        before.Contains("version: ", StringComparison.OrdinalIgnoreCase) || before.Contains("built ", StringComparison.OrdinalIgnoreCase) || before.Contains("compiled ", StringComparison.OrdinalIgnoreCase) || before.Contains("build date", StringComparison.OrdinalIgnoreCase);

    /// <summary>The time of a record in JSON, wherever in it that stands.</summary>
    private static bool TryKeyed(ReadOnlySpan<char> line, out Stamp stamp)
    {
        foreach (string key in Keys)
        {
            // The keys stand near the beginning or the end; between them may be a stack trace.
            int at = line.LastIndexOf(key, StringComparison.Ordinal);
            if (at < 0)
                continue;
            ReadOnlySpan<char> value = line[(at + key.Length)..].TrimStart(" :\"");
            if (value.Length > 9 && char.IsAsciiDigit(value[0]) && TryNumeric(value, out stamp))
                return true;
        }
        stamp = default;
        return false;
    }

    private static bool TryNumeric(ReadOnlySpan<char> text, out Stamp stamp)
    {
        stamp = default;
        var scan = new Digits(text);
        int length = scan.Run;
        return length switch
        {
            // 2026-11-20T10:00:00.123456Z, 2026/11/20 10:00:00, 20261120 10:00:00
            4 when text.Length > 18 && text[4] is '-' or '/' or '.' => TryIso(text, out stamp),
            // 261120 10:00:00, as MySQL and MariaDB wrote until 5.6 and 10.1
            6 when text.Length > 13 && text[6] == ' ' => TryDate(2000 + Two(text, 0), Two(text, 2), Two(text, 4), text[7..], out stamp),
            8 when text.Length > 16 && text[8] is ' ' or 'T' or '-' => TryDate(Two(text, 0) * 100 + Two(text, 2), Two(text, 4), Two(text, 6), text[9..], out stamp),
            // 20/Nov/2026:22:05:18.678, 20-Nov-2026 10:00:00
            1 or 2 when text.Length > length + 15 && text[length] is '/' or '-' or ' ' => TryDayFirst(text, length, out stamp),
            // 1700000000.123, 1700000000123
            10 or 13 => TryEpoch(text, length, out stamp),
            _ => false,
        };
    }

    private static bool TryIso(ReadOnlySpan<char> text, out Stamp stamp)
    {
        stamp = default;
        char separator = text[4];
        return text[7] == separator && text[10] is ' ' or 'T' or '_' or ':'
            && TryDate(Two(text, 0) * 100 + Two(text, 2), Two(text, 5), Two(text, 8), text[11..], out stamp);
    }

    private static bool TryDayFirst(ReadOnlySpan<char> text, int digits, out Stamp stamp)
    {
        stamp = default;
        int day = digits == 2 ? Two(text, 0) : text[0] - '0';
        char separator = text[digits];
        ReadOnlySpan<char> rest = text[(digits + 1)..];
        int month = MonthOf(rest);
        if (month > 0)
            return rest[3] == separator && Four(rest[4..]) is > 1970 and var year && rest.Length > 9 && rest[8] is ':' or ' ' or 'T'
                && TryDate(year, month, day, rest[9..], out stamp);
        // 20/11/2026 10:00:00 and 11/20/2026 10:00:00: the number above 12 is the day.
        if (digits != 2 || separator == ' ' || rest.Length < 9 || rest[2] != separator || Four(rest[3..]) is not (> 1970 and var y) || rest[7] is not (' ' or 'T'))
            return false;
        int second = Two(rest, 0);
        return second > 12 ? TryDate(y, day, second, rest[8..], out stamp) : TryDate(y, second, day, rest[8..], out stamp);
    }

    private static bool TryEpoch(ReadOnlySpan<char> text, int digits, out Stamp stamp)
    {
        stamp = default;
        if (!double.TryParse(text[..(digits + Fraction(text[digits..]))], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            return false;
        double seconds = digits == 13 ? value / 1000 : value;
        if (seconds is < 946_684_800 or > 4_102_444_800)
            return false;
        stamp = new Stamp(DateTime.UnixEpoch.AddSeconds(seconds), TimeSpan.Zero);
        return true;
    }

    /// <summary>"Nov 20 10:00:00", "Nov 20, 2026 10:00:00 AM", "Fri Nov 20 10:00:00 2026".</summary>
    private static bool TryNamed(ReadOnlySpan<char> text, out Stamp stamp)
    {
        stamp = default;
        int month = MonthOf(text);
        if (month == 0 || text.Length < 12 || text[3] != ' ')
            return false;
        ReadOnlySpan<char> rest = text[4..].TrimStart(' ');
        int digits = new Digits(rest).Run;
        if (digits is < 1 or > 2)
            return false;
        int day = digits == 2 ? Two(rest, 0) : rest[0] - '0';
        rest = rest[digits..].TrimStart(", ");
        int year = 1;
        if (Four(rest) is > 1970 and var first && rest.Length > 5 && rest[4] is ' ' or ',')
        {
            year = first;
            rest = rest[5..].TrimStart(' ');
        }
        if (!TryDate(year, month, day, rest, out stamp))
            return false;
        // Fri Nov 20 10:00:00.123456 2026, Fri Nov 20 10:00:00 CET 2026
        int time = rest.IndexOf(' ');
        if (year == 1 && time > 0 && rest[(time + 1)..].IndexOfAnyExceptInRange('A', 'Z') is >= 3 and <= 5 and var zone && rest[(time + 1 + zone)..] is [' ', ..])
            time += zone + 1;
        if (year == 1 && time > 0 && Four(rest[(time + 1)..]) is > 1970 and < 2200 and var last && (rest.Length <= time + 5 || !char.IsAsciiLetterOrDigit(rest[time + 5])))
            stamp = stamp with { Clock = new DateTime(last, stamp.Clock.Month, Math.Min(day, DateTime.DaysInMonth(last, month))).Add(stamp.Clock.TimeOfDay) };
        return true;
    }

    /// <summary>Reads the time of day and its zone after a date.</summary>
    private static bool TryDate(int year, int month, int day, ReadOnlySpan<char> time, out Stamp stamp)
    {
        stamp = default;
        if (time.Length > 0 && time[0] == ' ')
            time = time[1..];
        int hourDigits = new Digits(time).Run;
        if (hourDigits is < 1 or > 2 || time.Length < hourDigits + 3 || time[hourDigits] != ':')
            return false;
        int hour = hourDigits == 2 ? Two(time, 0) : time[0] - '0';
        int minute = Two(time, hourDigits + 1), second = 0, at = hourDigits + 3;
        double fraction = 0;
        if (time.Length >= at + 3 && time[at] == ':')
        {
            second = Two(time, at + 1);
            at += 3;
            int length = Fraction(time[at..]);
            if (length > 1)
            {
                ReadOnlySpan<char> digits = time.Slice(at + 1, length - 1);
                foreach (char c in digits.Length > 9 ? digits[..9] : digits)
                    fraction = fraction * 10 + (c - '0');
                fraction /= Math.Pow(10, Math.Min(9, digits.Length));
                at += length;
            }
        }
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year == 1 ? 2024 : Math.Clamp(year, 1, 9998), month) || hour > 23 || minute is < 0 or > 59 || second is < 0 or > 60 || year is < 1 or > 9998)
            return false;
        ReadOnlySpan<char> rest = time[at..];
        if (rest.TrimStart(' ') is ['A' or 'P' or 'a' or 'p', 'M' or 'm', ..] half && hour is >= 1 and <= 12)
            hour = hour % 12 + (half[0] is 'P' or 'p' ? 12 : 0);
        int baseDay = year == 1 && day > DateTime.DaysInMonth(1, month) ? DateTime.DaysInMonth(1, month) : day;
        DateTime clock = new DateTime(year, month, baseDay, hour, minute, Math.Min(second, 59)).AddTicks((long)(fraction * TimeSpan.TicksPerSecond));
        stamp = new Stamp(clock, Zone(rest));
        return true;
    }

    private static TimeSpan? Zone(ReadOnlySpan<char> rest)
    {
        if (rest.Length > 0 && rest[0] == 'Z')
            return TimeSpan.Zero;
        ReadOnlySpan<char> zone = rest.TrimStart(' ');
        if (zone.StartsWith("UTC", StringComparison.Ordinal) || zone.StartsWith("GMT", StringComparison.Ordinal))
            return TimeSpan.Zero;
        foreach ((string name, int offset) in Zones)
            if (zone.StartsWith(name, StringComparison.Ordinal) && (zone.Length == name.Length || !char.IsAsciiLetter(zone[name.Length])))
                return TimeSpan.FromHours(offset);
        if (zone.Length < 5 || zone[0] is not ('+' or '-'))
            return null;
        int hours = Two(zone, 1), minutes = zone[3] == ':' && zone.Length > 5 ? Two(zone, 4) : Two(zone, 3);
        return hours is < 0 or > 14 || minutes is < 0 or > 59 ? null : new TimeSpan(hours, minutes, 0) * (zone[0] == '-' ? -1 : 1);
    }

    private static int MonthOf(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < Months.Length; i++)
            if (text.StartsWith(Months[i], StringComparison.Ordinal))
                return text.Length > 3 && !char.IsAsciiLetter(text[3]) ? i + 1 : 0;
        return 0;
    }

    /// <summary>Length of ".123" or ",123" at the beginning, 0 when there is none.</summary>
    private static int Fraction(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] is '.' or ',' && char.IsAsciiDigit(text[1]) ? 1 + new Digits(text[1..]).Run : 0;

    private static int Two(ReadOnlySpan<char> text, int at) =>
        text.Length > at + 1 && char.IsAsciiDigit(text[at + 1]) && (char.IsAsciiDigit(text[at]) || text[at] == ' ') ? (text[at] == ' ' ? 0 : text[at] - '0') * 10 + (text[at + 1] - '0') : -1000;

    private static int Four(ReadOnlySpan<char> text) => text.Length < 4 ? -1 : Two(text, 0) * 100 + Two(text, 2);

    private readonly ref struct Digits(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> text = text;

        public int Run
        {
            get
            {
                int end = text.IndexOfAnyExceptInRange('0', '9');
                return end < 0 ? text.Length : end;
            }
        }
    }
}
