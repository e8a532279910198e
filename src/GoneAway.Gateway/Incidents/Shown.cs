using System.Globalization;
using System.Text;

namespace GoneAway.Gateway.Incidents;

/// <summary>Bytes that somebody else wrote, fit to be shown: never a control character, never a terminal escape.</summary>
internal static class Shown
{
    /// <summary>At most that many characters or a few more; what cannot be shown stands as \xNN, \n, \t.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, int limit)
    {
        var text = new StringBuilder(Math.Min(bytes.Length, limit));
        while (!bytes.IsEmpty && text.Length < limit)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{bytes[0]:x2}");
                bytes = bytes[1..];
                continue;
            }
            bytes = bytes[used..];
            text.Append(rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => IsPlain(rune) ? rune.ToString() : $"\\u{{{rune.Value:x}}}",
            });
        }
        return text.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
