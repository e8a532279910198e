using System.Buffers;
using System.Globalization;

namespace GoneAway.Gateway.Configuration;

/// <summary>Durations (<c>500ms</c>, <c>10s</c>, <c>1m30s</c>) and sizes (<c>16MB</c>, <c>1GiB</c>, <c>64M</c>).</summary>
internal static class Units
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Ticks)[] Times =
        [("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay)];

    // K, M and G as MySQL's own option files mean them: powers of 1024.
    private static readonly (string Unit, long Bytes)[] Sizes =
        [("", 1), ("B", 1), ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40),
         ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1000), ("KB", 1000), ("MB", 1000_000), ("GB", 1000_000_000), ("TB", 1000_000_000_000)];

    /// <summary>One or more numbers, each with its unit; a bare 0 needs none.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0")
            return true;
        decimal ticks = 0;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            if (!TryPart(ref rest, out decimal number, out ReadOnlySpan<char> unit) || Find(Times, unit) is not { } scale)
                return false;
            ticks += number * scale;
            if (ticks > TimeSpan.MaxValue.Ticks)
                return false;
        }
        duration = TimeSpan.FromTicks((long)ticks);
        return text.Length > 0;
    }

    /// <summary>Bytes: a number and a unit.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> rest = text;
        if (!TryPart(ref rest, out decimal number, out ReadOnlySpan<char> unit) || !rest.IsEmpty || Find(Sizes, unit) is not { } scale || number * scale > long.MaxValue)
            return false;
        bytes = (long)(number * scale);
        return true;
    }

    public static string Show(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        for (int i = Times.Length - 1; i >= 0; i--)
            if (duration.Ticks % Times[i].Ticks == 0)
                return (duration.Ticks / Times[i].Ticks).ToString(CultureInfo.InvariantCulture) + Times[i].Unit;
        return duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) + "ms";
    }

    public static string ShowSize(long bytes)
    {
        string[] units = ["TiB", "GiB", "MiB", "KiB"];
        for (int i = 0; i < units.Length; i++)
            if (bytes != 0 && bytes % (1L << (40 - (10 * i))) == 0)
                return (bytes >> (40 - (10 * i))).ToString(CultureInfo.InvariantCulture) + units[i];
        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryPart(ref ReadOnlySpan<char> rest, out decimal number, out ReadOnlySpan<char> unit)
    {
        int digits = rest.IndexOfAnyExcept(Digits);
        if (digits < 0)
            digits = rest.Length;
        ReadOnlySpan<char> after = rest[digits..];
        int letters = after.IndexOfAny(Digits);
        unit = (letters < 0 ? after : after[..letters]).Trim(' ');
        bool isNumber = digits is > 0 and < 16 & decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        rest = letters < 0 ? default : after[letters..];
        return isNumber;
    }

    private static long? Find((string Unit, long Scale)[] units, ReadOnlySpan<char> name)
    {
        foreach ((string unit, long scale) in units)
            if (name.SequenceEqual(unit))
                return scale;
        return null;
    }
}
