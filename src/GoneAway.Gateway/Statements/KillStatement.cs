namespace GoneAway.Gateway.Statements;

/// <summary>What a KILL ends.</summary>
public enum KillKind : byte
{
    Connection,
    /// <summary>The statement that the connection runs.</summary>
    Query,
    /// <summary>MariaDB, KILL QUERY ID: the statement of that query id, not of a thread id.</summary>
    QueryId,
    /// <summary>MariaDB, KILL USER: all connections of a user.</summary>
    User,
}

/// <summary>Whom a KILL means.</summary>
/// <param name="Kind">What ends.</param>
/// <param name="Id">Thread id or query id; 0 where it is no plain number: an expression, a user variable, a user's name.</param>
/// <param name="Start">Where the number begins in the statement; with <paramref name="Length"/> 0 there is none to replace.</param>
/// <param name="Length">Bytes of the number.</param>
/// <param name="IsSoft">MariaDB, KILL SOFT: not where that would harm tables.</param>
public readonly record struct KillTarget(KillKind Kind, ulong Id, int Start, int Length, bool IsSoft);

/// <summary>Reads KILL statements.</summary>
/// <remarks>MySQL manual, "KILL Statement"; MariaDB manual, "KILL".</remarks>
public static class KillStatement
{
    /// <summary>False when the text is no single KILL.</summary>
    public static bool TryRead(ReadOnlySpan<byte> sql, out KillTarget target)
    {
        target = default;
        var lexer = new SqlLexer(sql);
        if (lexer.Next() != SqlToken.Word || !lexer.Is("kill"u8))
            return false;
        SqlToken token = lexer.Next();
        bool soft = lexer.Is("soft"u8);
        if (token == SqlToken.Word && (soft || lexer.Is("hard"u8)))
            token = lexer.Next();
        KillKind kind = KillKind.Connection;
        if (token == SqlToken.Word)
        {
            bool statement = lexer.Is("query"u8), user = lexer.Is("user"u8);
            if (statement || user || lexer.Is("connection"u8))
            {
                kind = statement ? KillKind.Query : user ? KillKind.User : KillKind.Connection;
                token = lexer.Next();
            }
            if (statement && token == SqlToken.Word && lexer.Is("id"u8))
            {
                kind = KillKind.QueryId;
                token = lexer.Next();
            }
        }
        int start = lexer.Start, length = lexer.End - start;
        bool plain = token == SqlToken.Number & TryNumber(sql.Slice(start, length), out ulong id);
        bool more = false;
        for (token = token == SqlToken.End ? token : lexer.Next(); token != SqlToken.End; token = lexer.Next())
        {
            if (token != SqlToken.Semicolon && more)
                return false;
            more |= token == SqlToken.Semicolon;
            plain &= token == SqlToken.Semicolon;
        }
        if (length == 0 || lexer.IsDoubtful)
            return false;
        target = plain && kind != KillKind.User ? new KillTarget(kind, id, start, length, soft) : new KillTarget(kind, 0, 0, 0, soft);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit) || value > (ulong.MaxValue - 9) / 10)
                return false;
            value = value * 10 + (ulong)(digit - '0');
        }
        return digits.Length > 0;
    }
}
