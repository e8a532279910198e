namespace GoneAway.Evidence.Logs;

/// <summary>Names of signals.</summary>
internal static class Signals
{
    private static readonly (string Name, int Number)[] Known =
    [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7), ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13),
        ("ALRM", 14), ("TERM", 15), ("XCPU", 24), ("XFSZ", 25), ("SYS", 31),
    ];

    /// <summary>KILL, SIGKILL or 9; null when it is none.</summary>
    public static int? Number(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (SystemLine.Int(text) is { } number)
            return number is > 0 and < 65 ? number : null;
        if (text.StartsWith("SIG", StringComparison.Ordinal))
            text = text[3..];
        foreach ((string name, int value) in Known)
            if (text.StartsWith(name, StringComparison.Ordinal) && (text.Length == name.Length || !char.IsAsciiLetterOrDigit(text[name.Length])))
                return value;
        return null;
    }
}
