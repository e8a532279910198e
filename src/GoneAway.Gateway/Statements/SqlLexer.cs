namespace GoneAway.Gateway.Statements;

/// <summary>A kind of token.</summary>
internal enum SqlToken : byte
{
    End, Word, Number,
    /// <summary>'...'</summary>
    Text,
    /// <summary>`...`, or "..." which is a name with ANSI_QUOTES.</summary>
    Quoted,
    /// <summary>@name; quoted names are a token of their own behind it.</summary>
    UserVariable,
    /// <summary>@@; its name and scope are words behind it.</summary>
    SystemVariable,
    Semicolon, Open, Close, Comma, Dot, Assign, Comparison, Other,
}

/// <summary>
/// Cuts SQL into tokens as the server's lexer does, and says where the two could differ: a sql_mode or a character set that is not known here
/// decides where quotes end.
/// </summary>
/// <remarks>MySQL sql_lex.cc (lex_one_token, get_text), MariaDB the same; both manuals, "Comments".</remarks>
internal ref struct SqlLexer(ReadOnlySpan<byte> sql)
{
    private const byte W = 1, D = 2, S = 3, Punctuation = 4, Bad = 5;

    private static readonly byte[] Classes = MakeClasses();

    private readonly ReadOnlySpan<byte> sql = sql;
    private int at;
    private int executable;

    /// <summary>Where the present token begins and ends.</summary>
    public int Start { get; private set; }
    public readonly int End => at;

    /// <summary>The token's bytes; those of a quoted one without its quotes.</summary>
    public readonly ReadOnlySpan<byte> Text => sql[Start..at];

    /// <summary>The server may cut otherwise.</summary>
    public bool IsDoubtful { get; private set; }

    /// <summary>There was an executable comment: whether its content counts depends on the server's version.</summary>
    public bool IsConditional { get; private set; }

    /// <summary>The token is in an executable comment.</summary>
    public readonly bool IsInComment => executable > 0;

    /// <summary>The token is this word, given in lower case.</summary>
    public readonly bool Is(ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(Text, word);

    /// <summary>The byte behind the present token is an opening parenthesis.</summary>
    public readonly bool IsFollowedByParenthesis => at < sql.Length && sql[at] == '(';

    /// <summary>A part of the text.</summary>
    public readonly ReadOnlySpan<byte> Between(int start, int end) => sql[start..end];

    /// <summary>The content of the quoted token that was just read.</summary>
    public readonly ReadOnlySpan<byte> Content => at - Start >= 2 ? sql[(Start + 1)..(at - 1)] : default;

    public SqlToken Next()
    {
        ReadOnlySpan<byte> bytes = sql;
        byte[] classes = Classes;
        while ((uint)at < (uint)bytes.Length)
        {
            byte first = bytes[at];
            Start = at;
            switch (classes[first])
            {
                case S:
                    at++;
                    continue;
                case W:
                    while (++at < bytes.Length && classes[bytes[at]] <= D)
                    {
                    }
                    IsDoubtful |= first == '$';
                    return SqlToken.Word;
                case D:
                    return Number();
                case Bad:
                    IsDoubtful = true;
                    at++;
                    return SqlToken.Other;
            }
            SqlToken token = Punctuated(first);
            if (token != SqlToken.End)
                return token;
        }
        Start = at = bytes.Length;
        IsDoubtful |= executable > 0;
        return SqlToken.End;
    }

    /// <summary>One that begins with punctuation; End for a comment that was skipped.</summary>
    private SqlToken Punctuated(byte first)
    {
        at++;
        switch (first)
        {
            case (byte)'(': return SqlToken.Open;
            case (byte)')': return SqlToken.Close;
            case (byte)',': return SqlToken.Comma;
            case (byte)';': return SqlToken.Semicolon;
            case (byte)'=' or (byte)'<' or (byte)'>': return SqlToken.Comparison;
            case (byte)'\'': return Quote(first, SqlToken.Text);
            case (byte)'"': return Quote(first, SqlToken.Quoted);
            case (byte)'`': return Backticks();
            case (byte)'.':
                // 1.e5INTO is 1.e5 and INTO to the server.
                IsDoubtful |= Start > 0 && Classes[sql[Start - 1]] == D && at < sql.Length && Classes[sql[at]] == W;
                return SqlToken.Dot;
            case (byte)'@': return Variable();
            case (byte)':' when Peek() == '=':
                at++;
                return SqlToken.Assign;
            case (byte)'#': return LineComment();
            case (byte)'-' when Peek() == '-' && (at + 1 == sql.Length || sql[at + 1] is <= 0x20 or 0x7F): return LineComment();
            case (byte)'/' when Peek() == '*': return BlockComment();
            case (byte)'*' when executable > 0 && Peek() == '/':
                at++;
                executable--;
                return SqlToken.End;
            default: return SqlToken.Other;
        }
    }

    private readonly int Peek() => at < sql.Length ? sql[at] : -1;

    private SqlToken Number()
    {
        while (++at < sql.Length && Classes[sql[at]] == D)
        {
        }
        if (at == sql.Length || Classes[sql[at]] != W)
            return SqlToken.Number;
        while (++at < sql.Length && Classes[sql[at]] <= D)
        {
        }
        // 5FOR is two tokens or one, depending on what stands before it.
        IsDoubtful |= !IsNumeral(sql[Start..at]);
        return SqlToken.Number;
    }

    private static bool IsNumeral(ReadOnlySpan<byte> word)
    {
        if (word.Length > 2 && word[0] == '0' && word[1] is (byte)'x' or (byte)'b')
        {
            foreach (byte digit in word[2..])
                if (!char.IsAsciiHexDigit((char)digit))
                    return false;
            return true;
        }
        int exponent = word.IndexOfAny("eE"u8);
        return exponent > 0 && exponent + 1 < word.Length && !word[..exponent].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && !word[(exponent + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private SqlToken Quote(byte quote, SqlToken token)
    {
        while (true)
        {
            int found = sql[at..].IndexOfAny(quote, (byte)'\\');
            if (found < 0)
                return Unclosed();
            at += found + 1;
            if (sql[at - 1] == quote)
                break;
            // With NO_BACKSLASH_ESCAPES the quote ends here; in gbk, sjis and big5 a backslash may be a character's second byte.
            IsDoubtful |= at < sql.Length && sql[at] == quote || sql[at - 2] >= 0x80;
            at++;
            if (at > sql.Length)
                return Unclosed();
        }
        return Closed(token);
    }

    private SqlToken Backticks()
    {
        int found = sql[at..].IndexOf((byte)'`');
        if (found < 0)
            return Unclosed();
        at += found + 1;
        return Closed(SqlToken.Quoted);
    }

    private SqlToken Closed(SqlToken token)
    {
        // In names the server steps over whole characters by their first byte alone.
        if (token == SqlToken.Quoted)
            IsDoubtful |= sql[Math.Max(Start, at - 4)..(at - 1)].ContainsAnyInRange((byte)0x80, (byte)0xFF);
        if (executable > 0)
            IsDoubtful |= Text.IndexOf("*/"u8) >= 0;
        return token;
    }

    private SqlToken Unclosed()
    {
        IsDoubtful = true;
        at = sql.Length;
        return SqlToken.Other;
    }

    private SqlToken Variable()
    {
        if (Peek() == '@')
        {
            at++;
            return SqlToken.SystemVariable;
        }
        while (at < sql.Length && (Classes[sql[at]] <= D || sql[at] == '.'))
            at++;
        return SqlToken.UserVariable;
    }

    private SqlToken LineComment()
    {
        IsDoubtful |= executable > 0;
        int end = sql[at..].IndexOf((byte)'\n');
        at = end < 0 ? sql.Length : at + end + 1;
        return SqlToken.End;
    }

    private SqlToken BlockComment()
    {
        at++;
        int mark = Peek() == 'M' ? at + 1 : at;
        if (mark < sql.Length && sql[mark] == '!')
        {
            IsConditional = true;
            executable++;
            for (at = mark + 1; at < sql.Length && Classes[sql[at]] == D; at++)
            {
            }
            return SqlToken.End;
        }
        bool hint = Peek() == '+';
        int end = sql[at..].IndexOf("*/"u8);
        if (end < 0)
        {
            Unclosed();
            return SqlToken.End;
        }
        // A hint's names may be quoted, and hold the comment's end.
        IsDoubtful |= hint && sql.Slice(at, end).IndexOfAny((byte)'`', (byte)'"', (byte)'\'') >= 0;
        at += end + 2;
        return SqlToken.End;
    }

    private static byte[] MakeClasses()
    {
        byte[] classes = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            classes[i] = (char)i switch
            {
                >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_' or '$' => W,
                >= '0' and <= '9' => D,
                ' ' or >= '\t' and <= '\r' => S,
                // 0xA0 is a blank in latin1, and letters of other sets are blanks elsewhere; \ outside of quotes is \N alone.
                >= (char)0x7F or < ' ' or '\\' => Bad,
                _ => Punctuation,
            };
        }
        return classes;
    }
}
