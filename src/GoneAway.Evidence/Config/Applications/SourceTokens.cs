namespace GoneAway.Evidence.Config.Applications;

internal enum TokenKind : byte
{
    Word,
    Text,
    Number,
    Mark,
    LineEnd,
}

/// <summary>A piece of source text of any of the usual languages.</summary>
internal readonly record struct SourceToken(TokenKind Kind, string Text, int Line);

/// <summary>Cuts source text into words, strings, numbers and marks; comments are left out. What the languages have in common is enough here.</summary>
internal static class SourceTokens
{
    private const int MostTokens = 400_000;
    private const int LongestText = 4096;

    public static List<SourceToken> Of(IReadOnlyList<string> lines)
    {
        var tokens = new List<SourceToken>();
        string? open = null;
        var text = new System.Text.StringBuilder();
        int openLine = 0;
        for (int number = 0; number < lines.Count && tokens.Count < MostTokens; number++)
        {
            string line = lines[number];
            int at = 0;
            while (at < line.Length)
            {
                if (open is not null)
                {
                    int close = line.IndexOf(open, at, StringComparison.Ordinal);
                    if (open != "*/" && text.Length < LongestText)
                        text.Append(line, at, (close < 0 ? line.Length : close) - at).Append(close < 0 ? " " : "");
                    if (close < 0)
                        break;
                    if (open != "*/")
                        tokens.Add(new SourceToken(TokenKind.Text, text.ToString(), openLine));
                    at = close + open.Length;
                    open = null;
                    continue;
                }
                char c = line[at];
                if (char.IsWhiteSpace(c))
                    at++;
                else if (IsComment(line, at))
                    break;
                else if (c == '/' && at + 1 < line.Length && line[at + 1] == '*')
                    (open, at) = ("*/", at + 2);
                else if (c is '"' or '\'' && line.AsSpan(at).StartsWith(new string(c, 3), StringComparison.Ordinal) || c == '`')
                {
                    (open, openLine) = (c == '`' ? "`" : new string(c, 3), number);
                    text.Clear();
                    at += open.Length;
                }
                else if (c is '"' or '\'')
                    at = Quoted(line, at, number, tokens);
                else if (char.IsAsciiDigit(c))
                    at = Number(line, at, number, tokens);
                else if (IsWord(c) || c == ':' && at > 0 && at + 1 < line.Length && char.IsAsciiLetter(line[at + 1]) && line[at - 1] is '{' or '(' or ' ' or ',')
                    at = Word(line, at, number, tokens);
                else
                    at = Mark(line, at, number, tokens);
            }
            if (open is null)
                tokens.Add(new SourceToken(TokenKind.LineEnd, "", number));
        }
        return tokens;
    }

    private static bool IsComment(string line, int at) =>
        line[at] == '#' && !(at + 1 < line.Length && line[at + 1] == '{') || line[at] == '/' && at + 1 < line.Length && line[at + 1] == '/' && (at == 0 || line[at - 1] != ':');

    private static int Quoted(string line, int at, int number, List<SourceToken> tokens)
    {
        char quote = line[at];
        var text = new System.Text.StringBuilder();
        int i = at + 1;
        for (; i < line.Length && line[i] != quote; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length)
                i++;
            if (text.Length < LongestText)
                text.Append(line[i]);
        }
        // f"...", b'...', r"...": the letter is not a word.
        if (tokens.Count > 0 && tokens[^1] is { Kind: TokenKind.Word, Text.Length: <= 2 } prefix && prefix.Line == number && at > 0 && line[at - 1] == prefix.Text[^1] && prefix.Text.ToLowerInvariant() is "f" or "b" or "r" or "u" or "rb" or "br" or "fr")
            tokens.RemoveAt(tokens.Count - 1);
        tokens.Add(new SourceToken(TokenKind.Text, text.ToString(), number));
        return i + 1;
    }

    /// <summary>Digits with _ and one point, and the unit or suffix that some languages write right behind.</summary>
    private static int Number(string line, int at, int number, List<SourceToken> tokens)
    {
        int end = at;
        while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_' || line[end] == '.' && end + 1 < line.Length && char.IsAsciiDigit(line[end + 1])))
            end++;
        string text = line[at..end].Replace("_", "", StringComparison.Ordinal);
        // 1800000L, 5f
        if (text.Length > 1 && text[^1] is 'L' or 'l' or 'f' or 'd' && text.AsSpan(0, text.Length - 1).IndexOfAnyExceptInRange('.', '9') < 0)
            text = text[..^1];
        tokens.Add(new SourceToken(TokenKind.Number, text, number));
        return end;
    }

    private static bool IsWord(char c) => char.IsLetter(c) || c is '_' or '$' or '@';

    /// <summary>A name with its parts: <c>time.Second</c>, <c>PDO::ATTR_TIMEOUT</c>, <c>$this-&gt;x</c>, <c>process.env.HOST</c>.</summary>
    private static int Word(string line, int at, int number, List<SourceToken> tokens)
    {
        int end = at + 1;
        while (end < line.Length)
        {
            char c = line[end];
            if (char.IsLetterOrDigit(c) || c is '_' or '$' or '!')
                end++;
            else if (c is '.' or '\\' or '?' && end + 1 < line.Length && (char.IsLetter(line[end + 1]) || line[end + 1] is '_' or '.' && c == '?'))
                end++;
            else if ((c == ':' && end + 1 < line.Length && line[end + 1] == ':' || c == '-' && end + 1 < line.Length && line[end + 1] == '>') && end + 2 < line.Length && (char.IsLetter(line[end + 2]) || line[end + 2] == '_'))
                end += 2;
            else
                break;
        }
        tokens.Add(new SourceToken(TokenKind.Word, line[at..end].Replace("?", "", StringComparison.Ordinal).TrimEnd('!'), number));
        return end;
    }

    private static int Mark(string line, int at, int number, List<SourceToken> tokens)
    {
        string two = at + 1 < line.Length ? line.Substring(at, 2) : "";
        bool paired = two is "=>" or "==" or "!=" or "<=" or ">=" or ":=" or "||" or "&&" or "??" or "->" or "+=" or "**" or "<-";
        tokens.Add(new SourceToken(TokenKind.Mark, paired ? two : line[at].ToString(), number));
        return at + (paired ? 2 : 1);
    }
}
