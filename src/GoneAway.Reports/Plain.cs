using System.Globalization;
using System.Text;

namespace GoneAway.Reports;

/// <summary>The last guard before a terminal or a page: whatever a text holds, no control character passes.</summary>
public static class Plain
{
    public static string Of(string text)
    {
        foreach (char c in text)
            if (IsUnsafe(c))
                return Rewrite(text);
        return text;
    }

    private static string Rewrite(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (IsUnsafe(c))
                plain.Append("\\u{").Append(((int)c).ToString("x")).Append('}');
            else
                plain.Append(c);
        }
        return plain.ToString();
    }

    // Format characters include the bidirectional overrides, which can make text read as something else.
    private static bool IsUnsafe(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
