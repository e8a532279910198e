using System.Text;

namespace GoneAway.Capture.Decoding;

/// <summary>Makes bytes from the wire fit to be shown: never a control character, never a terminal escape.</summary>
internal static class WireText
{
    /// <summary>At most <paramref name="limit"/> characters; what cannot be shown stands as \xNN, \n, \t.</summary>
    public static string Show(ReadOnlySpan<byte> bytes, int limit)
    {
        var text = new StringBuilder(Math.Min(bytes.Length, limit));
        while (!bytes.IsEmpty && text.Length < limit)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                text.Append("\\x").Append(bytes[0].ToString("x2"));
                bytes = bytes[1..];
                continue;
            }
            bytes = bytes[used..];
            switch (rune.Value)
            {
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                default:
                    if (IsPlain(rune))
                        text.Append(rune);
                    else
                        text.Append("\\u{").Append(rune.Value.ToString("x")).Append('}');
                    break;
            }
        }
        return text.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control
        or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.PrivateUse
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
        or System.Globalization.UnicodeCategory.OtherNotAssigned);
}
