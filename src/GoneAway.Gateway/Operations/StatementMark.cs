namespace GoneAway.Gateway.Operations;

/// <summary>What may be logged of a statement: its first keyword and a digest that is the same for the same statement with other literals.</summary>
public readonly record struct StatementMark(string Keyword, ulong Digest)
{
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    public override string ToString() => $"{Keyword} #{Digest:x16}";

    /// <summary>Literals, comments, the amount of white space and the case of letters do not count. FNV-1a; good for grouping, not against an adversary.</summary>
    public static StatementMark Of(ReadOnlySpan<byte> statement)
    {
        ulong hash = Offset;
        int start = 0;
        while (start < statement.Length && !char.IsAsciiLetter((char)statement[start]))
            start = statement[start] is (byte)'/' or (byte)'-' or (byte)'#' ? Math.Max(Comment(statement, start), start + 1) : start + 1;
        int end = start;
        while (end < statement.Length && end - start < 16 && char.IsAsciiLetter((char)statement[end]))
            end++;
        bool word = false;
        for (int i = start; i < statement.Length;)
        {
            byte one = statement[i];
            if (one is (byte)'\'' or (byte)'"')
            {
                i = Quoted(statement, i);
                one = (byte)'?';
            }
            else if (char.IsAsciiDigit((char)one) && !word)
            {
                while (i < statement.Length && (char.IsAsciiLetterOrDigit((char)statement[i]) || statement[i] == '.'))
                    i++;
                one = (byte)'?';
            }
            else if (Comment(statement, i) is > 0 and var after)
            {
                i = after;
                continue;
            }
            else
            {
                i++;
            }
            word = char.IsAsciiLetterOrDigit((char)one) || one is (byte)'_' or (byte)'$' or >= 0x80;
            if (one > ' ')
                hash = (hash ^ (byte)char.ToLowerInvariant((char)one)) * Prime;
        }
        string keyword = end > start ? System.Text.Encoding.ASCII.GetString(statement[start..end]).ToUpperInvariant() : "?";
        return new StatementMark(keyword, hash);
    }

    private static int Quoted(ReadOnlySpan<byte> text, int at)
    {
        byte quote = text[at++];
        while (at < text.Length && text[at] != quote)
            at += text[at] == '\\' ? 2 : 1;
        return Math.Min(at + 1, text.Length);
    }

    /// <summary>Where the comment that begins here ends; 0 where none begins.</summary>
    private static int Comment(ReadOnlySpan<byte> text, int at)
    {
        ReadOnlySpan<byte> rest = text[at..];
        bool block = rest.StartsWith("/*"u8);
        if (!block && !rest.StartsWith("-- "u8) && !rest.StartsWith("#"u8))
            return 0;
        int length = block ? rest.IndexOf("*/"u8) + 2 : rest.IndexOf((byte)'\n') + 1;
        return length < (block ? 2 : 1) ? text.Length : at + length;
    }
}
