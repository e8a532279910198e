using System.Text;

namespace GoneAway.Reports.Html;

/// <summary>Text as it may stand in HTML and SVG, between tags and in double-quoted attributes; well-formed as XML too.</summary>
internal static class Markup
{
    public static string Of(string text)
    {
        string plain = Plain.Of(text);
        var safe = new StringBuilder(plain.Length + 16);
        for (int i = 0; i < plain.Length; i++)
        {
            char c = plain[i];
            switch (c)
            {
                case '&': safe.Append("&amp;"); break;
                case '<': safe.Append("&lt;"); break;
                case '>': safe.Append("&gt;"); break;
                case '"': safe.Append("&quot;"); break;
                case '\'': safe.Append("&#39;"); break;
                case >= '\ufffe': safe.Append('\ufffd'); break;
                default:
                    if (!char.IsSurrogate(c))
                        safe.Append(c);
                    else if (i + 1 < plain.Length && char.IsSurrogatePair(c, plain[i + 1]))
                        safe.Append(c).Append(plain[++i]);
                    else
                        safe.Append('\ufffd');
                    break;
            }
        }
        return safe.ToString();
    }

    /// <summary>At most so many characters, the last an ellipsis where some are missing; a pair of surrogates is never cut.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        int end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..end] + "…";
    }
}
