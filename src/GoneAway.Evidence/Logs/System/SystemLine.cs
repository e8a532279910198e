using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>What the readers of the system's logs have in common: pieces of a line, and a sighting made of it.</summary>
internal static class SystemLine
{
    /// <summary>A sighting of the line. Its time is the line's own: a kernel's neighbour lines are not parts of one message.</summary>
    public static Sighting Of(LogLine line, Sign sign) => new()
    {
        Sign = sign,
        Origin = Origin.System,
        Source = line.Source,
        Text = Shown.Of(line.Text),
        Stamp = OwnStamp(line.Text),
    };

    public static Stamp? OwnStamp(ReadOnlySpan<char> text) => Stamps.TryFind(text, out Stamp stamp) ? stamp : null;

    public static bool Has(ReadOnlySpan<char> text, string part) => text.Contains(part, StringComparison.Ordinal);

    /// <summary>One of the lines from..to around it holds the text.</summary>
    public static bool IsNear(LogLine line, int from, int to, string part)
    {
        for (int offset = from; offset <= to; offset++)
            if (offset != 0 && Has(line.Line(offset), part))
                return true;
        return false;
    }

    /// <summary>What stands behind the first occurrence of the text; empty when it is not there.</summary>
    public static ReadOnlySpan<char> After(ReadOnlySpan<char> text, string part)
    {
        int at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? default : text[(at + part.Length)..];
    }

    /// <summary>What stands before the first occurrence of the text; empty when it is not there.</summary>
    public static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, string part)
    {
        int at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? default : text[..at];
    }

    /// <summary>What stands between the two texts; empty when it does not.</summary>
    public static ReadOnlySpan<char> Between(ReadOnlySpan<char> text, string open, string close)
    {
        ReadOnlySpan<char> rest = After(text, open);
        int end = rest.IndexOf(close, StringComparison.Ordinal);
        return end < 0 ? default : rest[..end];
    }

    /// <summary>The whole number at the beginning, blanks skipped; null when there is none.</summary>
    public static long? Number(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        return digits.Length is > 0 and < 19 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    public static int? Int(ReadOnlySpan<char> text) => Number(text) is >= 0 and <= int.MaxValue and var number ? (int)number : null;

    /// <summary>The word at the beginning, to the next blank.</summary>
    public static ReadOnlySpan<char> Word(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        int end = text.IndexOfAny(' ', '\t');
        return end < 0 ? text : text[..end];
    }

    /// <summary>The word at the end.</summary>
    public static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        return text[(text.LastIndexOfAny(' ', '\t') + 1)..];
    }

    /// <summary>The text as a name; null when it is empty or too long for one.</summary>
    public static string? Name(ReadOnlySpan<char> text)
    {
        text = text.Trim().Trim("\"'`");
        return text.Length is 0 or > 200 ? null : Shown.Of(text);
    }
}
