using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>"Aborted connection N to db: '...' user: '...' host: '...' (reason)": the server's own word on why a connection ended.</summary>
internal static class ServerLogAborted
{
    private const string Begin = "Aborted connection";
    private const string Database = " to db: '";
    // Servers cut reasons at 64 bytes.
    private const int Longest = 60;

    // Reasons that are no error messages but words in the server's code.
    private static readonly (string Begin, Sign Sign, int? Code)[] Reasons =
    [
        ("Got an error reading communication packets", Sign.AbortedReadError, 1158),
        ("Got timeout reading communication packets", Sign.AbortedReadTimeout, 1159),
        ("Got an error writing communication packets", Sign.AbortedWriteError, 1160),
        ("Got timeout writing communication packets", Sign.AbortedWriteTimeout, 1161),
        ("The client was disconnected by the server because of inactivity", Sign.AbortedInactivity, 4031),
        ("This connection closed normally without authentication", Sign.AbortedUnauthenticated, null),
        ("Got a packet bigger than 'max_allowed_packet' bytes", Sign.AbortedPacketTooLarge, 1153),
        ("Got packets out of order", Sign.ServerPacketsOutOfOrder, 1156),
        ("init_connect command failed", Sign.AbortedInitConnect, 1184),
        ("KILLED", Sign.AbortedKilled, null),
        ("Connection was killed", Sign.AbortedKilled, 1927),
        ("Session was killed", Sign.AbortedKilled, 3169),
        ("Server shutdown in progress", Sign.ForcedClose, 1053),
        ("Bad handshake", Sign.BadHandshake, 1043),
        ("This connection closed normally", Sign.AbortedOther, null),
        ("Unknown error", Sign.AbortedOther, 1105),
        ("Failed on my_net_write()", Sign.AbortedWriteError, null),
        ("failed on my_net_write()", Sign.AbortedWriteError, null),
        ("failed on flush_net()", Sign.AbortedWriteError, null),
        ("Too many connections", Sign.TooManyConnectionsLogged, 1040),
        ("Access denied", Sign.AccessDeniedLogged, 1045),
        ("Connection closed. ", Sign.MemoryLimitExceeded, null),
    ];

    public static bool TryRead(LogLine line, in ServerLogEntry entry, Findings findings)
    {
        ReadOnlySpan<char> message = entry.Message;
        int begin = message.StartsWith(Begin, StringComparison.Ordinal) ? 0 : message.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
            return false;
        // A client that was told so: (1184, "Aborted connection 36 to db: ...").
        if (message[..begin].Contains("1184", StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> text = message[(begin + Begin.Length)..];
        int digits = IdOf(text);
        if (digits < 0)
            return false;
        ReadOnlySpan<char> fields = text[(digits + Database.Length)..];
        ReadOnlySpan<char> reason = ReasonOf(fields, out int fieldsEnd, out bool isCut);
        Sign sign = SignOf(reason, isCut, out int? code);
        fields = fields[..fieldsEnd];
        // Only that reason is logged at any verbosity.
        if (sign != Sign.AbortedInitConnect)
            ServerLog.NotesSeen(line, entry, findings);
        // Before a login all ends look alike: only what the server itself waited for tells more.
        if (sign is Sign.AbortedReadError or Sign.AbortedReadTimeout && fields.Contains("user: 'unauthenticated", StringComparison.Ordinal))
            sign = sign == Sign.AbortedReadTimeout ? Sign.HandshakeTimedOut : Sign.AbortedUnauthenticated;
        if (findings.IsFull(sign))
        {
            findings.Count(sign);
            return true;
        }
        // Before a thread has taken the connection its number is 0.
        uint? id = uint.TryParse(text[..digits].Trim(' '), out uint thread) && thread > 0 ? thread : null;
        findings.Add(ServerLogIdle.WithNeighbours(line, sign, ServerLog.New(line, entry, sign) with
        {
            ThreadId = id, Code = code ?? InnerCode(reason), State = ServerLog.Name(reason),
            Schema = Known(Field(fields, "", out int at)),
            User = Known(Field(fields[at..], "user: '", out _)),
            ClientHost = Known(HostOf(fields[at..])),
        }));
        return true;
    }

    /// <summary>Counts the note without taking it apart, when enough of its kind were kept: of these a log may have millions.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, Findings findings)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
            return false;
        text = text[(begin + Begin.Length)..];
        if (IdOf(text) < 0)
            return false;
        Sign sign = SignOf(ReasonOf(text, out _, out bool isCut), isCut, out _);
        if (!findings.IsFull(sign) || sign is Sign.AbortedReadError or Sign.AbortedReadTimeout && text.Contains("user: 'unauthenticated", StringComparison.Ordinal))
            return false;
        findings.Count(sign);
        return true;
    }

    /// <summary>Length of what stands between "Aborted connection" and "to db:": a number, nothing, or what someone put in its place.</summary>
    private static int IdOf(ReadOnlySpan<char> text)
    {
        int at = (text.Length > 48 ? text[..48] : text).IndexOf(Database, StringComparison.Ordinal);
        return at >= 0 && !text[..at].Trim(' ').Contains(' ') ? at : -1;
    }

    /// <summary>What stands in the last brackets; of a line that was cut, what is left of it.</summary>
    private static ReadOnlySpan<char> ReasonOf(ReadOnlySpan<char> fields, out int end, out bool isCut)
    {
        // The reason may hold brackets itself, so it begins at the first after the closing quote of the host.
        int host = fields.LastIndexOf("' (", StringComparison.Ordinal);
        end = host < 0 ? fields.Length : host + 1;
        isCut = true;
        if (host < 0)
            return default;
        ReadOnlySpan<char> reason = fields[(host + 3)..];
        int close = reason.LastIndexOf(')');
        isCut = close is < 0 or >= Longest;
        // "(Failed on my_net_write())": the last bracket closes the reason; one that was cut at 64 characters has its own only.
        return (close < 0 ? reason : reason[..close]).Trim(' ').TrimEnd('.');
    }

    private static Sign SignOf(ReadOnlySpan<char> reason, bool isCut, out int? code)
    {
        foreach ((string begin, Sign sign, int? number) in Reasons)
            if (reason.StartsWith(begin, StringComparison.Ordinal) || reason.Length >= 12 && isCut && begin.AsSpan().StartsWith(reason, StringComparison.Ordinal))
            {
                code = number;
                return sign;
            }
        code = ServerLogTranslations.CodeOf(reason);
        return code is { } known ? ServerLogTranslations.AbortedSign(known) : Sign.AbortedOther;
    }

    /// <summary>The same, of a reason in a translated line.</summary>
    public static Sign SignOfTranslated(ReadOnlySpan<char> reason, out int? code)
    {
        Sign sign = SignOf(reason.Trim(' ').TrimEnd('.'), isCut: true, out code);
        // Portuguese has quotes around the reason; Japanese begins one with a quote of its own.
        return sign == Sign.AbortedOther ? SignOf(reason.Trim(" '").TrimEnd('.'), isCut: true, out code) : sign;
    }

    /// <summary>The error behind a failed init_connect: "(...; diagnostics area: MY-001146 - ...)".</summary>
    private static int? InnerCode(ReadOnlySpan<char> reason)
    {
        int at = reason.IndexOf("MY-", StringComparison.Ordinal);
        return at >= 0 && reason.Length >= at + 9 && int.TryParse(reason.Slice(at + 3, 6), out int code) ? code : null;
    }

    /// <summary>The quoted text after that name; the quote that ends it is followed by a blank or nothing.</summary>
    private static ReadOnlySpan<char> Field(ReadOnlySpan<char> text, string name, out int next)
    {
        int at = text.IndexOf(name, StringComparison.Ordinal);
        next = 0;
        if (at < 0)
            return default;
        ReadOnlySpan<char> rest = text[(at + name.Length)..];
        int end = rest.IndexOf("' ", StringComparison.Ordinal);
        if (end < 0)
            end = rest.EndsWith('\'') ? rest.Length - 1 : rest.Length;
        next = at + name.Length + end;
        return rest[..end];
    }

    /// <summary>MariaDB behind a PROXY header names the proxy as host and the client as "real ip".</summary>
    private static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> fields)
    {
        ReadOnlySpan<char> real = Field(fields, "real ip: '", out _);
        return real.Length > 0 ? real : Field(fields, "host: '", out _);
    }

    public static string? Known(ReadOnlySpan<char> name) => name is "unconnected" or "unauthenticated" or "unauthenticated user" or "connecting host" or "unknown host" or "" ? null : ServerLog.Name(name);
}
