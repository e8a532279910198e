namespace GoneAway.Evidence.Text;

/// <summary>Text of others made fit to be shown: at most 400 characters, control characters escaped, no terminal colours.</summary>
internal static class Shown
{
    private const int Most = 400;

    public static string Of(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        bool cut = text.Length > Most;
        if (cut)
            text = text[..Most];
        string shown = text.ContainsAnyInRange('\0', '\x1f') || text.ContainsAnyInRange('\x7f', '\x9f') ? Escaped(text) : text.ToString();
        return cut ? shown + "…" : shown;
    }

    private static string Escaped(ReadOnlySpan<char> text)
    {
        var shown = new System.Text.StringBuilder(text.Length + 16);
        foreach (char c in text)
            if (c == '\t')
                shown.Append(' ');
            else if (char.IsControl(c))
                shown.Append($"\\x{(int)c:x2}");
            else
                shown.Append(c);
        return shown.ToString();
    }
}
