using System.Buffers;
using System.Globalization;
using System.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Makes the sighting of a message found: decodes what it tells.</summary>
internal static class HitSighting
{
    private const int FirstPrintable = 32;
    private static readonly SearchValues<char> AfterAddress = SearchValues.Create(" \"'`,;)\\<>\t");

    public static Sighting Of(ReadOnlySpan<char> line, Hit hit, string source)
    {
        ReadOnlySpan<char> text = line[hit.Start..];
        ApplicationMessage? message = hit.Message;
        int? code = Whole(line, hit, "code") ?? hit.Code ?? message?.Code;
        int? errno = Whole(line, hit, "errno") ?? message?.Errno;
        Sign sign = message?.Sign ?? Sign.ServerSaid;
        if (errno is null && (message is null || TellsErrno(sign)))
            errno = ErrnoText.Find(Near(text, message)) ?? (sign is Sign.ConnectRefused or Sign.LocalSocketFailed or Sign.UnknownHost or Sign.ServerSaid ? ErrnoText.InParentheses(text) : null);
        (string? host, int? port) = Address(Text(line, hit, "host") ?? Bare(Text(line, hit, "address")));
        (string? client, int? clientPort) = Address(Bare(Text(line, hit, "from")));
        sign = Refine(sign, message, code, text, errno);
        int? expected = Whole(line, hit, "expected"), received = Whole(line, hit, "received");
        // A greeting has sequence id 0; a letter in its place is text of another protocol (80 is the P of HTTP).
        if (sign == Sign.PacketsOutOfOrder && expected == 0 && received >= FirstPrintable)
            sign = Sign.GreetingNotMySql;
        // PyMySQL's "(The read operation timed out)" is the client's deadline, not TCP's.
        if (sign is Sign.ServerSaid or Sign.PoolExhausted or Sign.MixedUpResult || sign == Sign.ClientReadTimedOut && code == 2013)
            errno = null;
        var sighting = new Sighting
        {
            Sign = sign,
            Origin = Origin.Application,
            Source = source,
            Text = Printable(line),
            Code = code,
            Errno = errno,
            ThreadId = (uint?)Whole(line, hit, "id") ?? ConnectionId(line),
            User = Text(line, hit, "user"),
            ClientHost = Text(line, hit, "client") ?? client,
            ClientPort = clientPort,
            ServerHost = host,
            ServerPort = port ?? Whole(line, hit, "port"),
            Pid = Whole(line, hit, "pid"),
            Worker = Text(line, hit, "worker"),
            Idle = Milliseconds(line, hit, "ms"),
            Elapsed = Seconds(Text(line, hit, "elapsed") ?? Text(line, hit, "seconds")) ?? Milliseconds(line, hit, "waited") ?? Milliseconds(line, hit, "sent"),
            Size = hit.Matched.Number(line, "size"),
            SequenceExpected = expected,
            SequenceReceived = received,
            State = Text(line, hit, "state") ?? Stage(Text(line, hit, "host")),
            Subject = Text(line, hit, "subject") ?? message?.Subject,
            Stack = message?.Stack ?? [],
        };
        return message?.Detail is { } detail ? detail(text, sighting) : sighting;
    }

    /// <summary>The message and what follows at once: further on stands the statement, or prose.</summary>
    private static ReadOnlySpan<char> Near(ReadOnlySpan<char> text, ApplicationMessage? message)
    {
        int reach = message?.Sign is Sign.GoneAway or Sign.LostDuringQuery ? 160 : 2048;
        return text.Length > reach ? text[..reach] : text;
    }

    /// <summary>MariaDB's drivers begin their messages with the connection's id: "(conn=12) ...", "(conn:12, no: 45009, ...".</summary>
    private static uint? ConnectionId(ReadOnlySpan<char> line)
    {
        int at = line.IndexOf("(conn=", StringComparison.Ordinal);
        if (at < 0)
            at = line.IndexOf("(conn:", StringComparison.Ordinal);
        if (at < 0)
            return null;
        ReadOnlySpan<char> digits = line[(at + 6)..];
        int length = digits.IndexOfAnyExceptInRange('0', '9');
        return length is > 0 and < 11 && digits[length] is ')' or ',' or '(' && uint.TryParse(digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id > 0 ? id : null;
    }

    /// <summary>An address without what follows it.</summary>
    private static string? Bare(string? text)
    {
        int end = text?.AsSpan().IndexOfAny(AfterAddress) ?? -1;
        text = end < 0 ? text : text![..end];
        return text?.TrimEnd(':', '.') is { Length: > 0 } bare ? bare : null;
    }

    /// <summary>The line as reports show it: without control characters, not longer than they need.</summary>
    public static string Printable(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.Length > 410)
            line = line[..410];
        if (line.IndexOfAnyInRange('\0', '\u001f') < 0 && line.IndexOfAnyInRange('\u007f', '\u009f') < 0)
            return line.ToString();
        var text = new StringBuilder(line.Length + 16);
        foreach (char c in line)
            if (c is '\t')
                text.Append(' ');
            else if (char.IsControl(c))
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                text.Append(c);
        return text.ToString();
    }

    /// <summary>What a connect's or a read's failure was exactly depends on the operating system's error and the stage.</summary>
    private static Sign Refine(Sign sign, ApplicationMessage? message, int? code, ReadOnlySpan<char> text, int? errno)
    {
        if (message is null)
            return Codes.SignOf(code ?? 0, text, errno);
        return sign is Sign.LostDuringQuery or Sign.ConnectRefused or Sign.LocalSocketFailed && message.Code is 2002 or 2003 or 2013 or 2055
            ? Codes.SignOf(message.Code ?? 0, text, errno)
            : sign;
    }

    private static bool TellsErrno(Sign sign) => sign is Sign.GoneAway or Sign.LostDuringQuery or Sign.LostBeforeGreeting or Sign.LostDuringLogin or Sign.ConnectRefused or Sign.ConnectTimedOut
        or Sign.ConnectUnreachable or Sign.LocalSocketFailed or Sign.UnknownHost or Sign.SendFailed or Sign.TlsFailed or Sign.StaleInPool;

    private static (string? Host, int? Port) Address(string? text)
    {
        if (text is null || text.Length > 255 || text.Contains(' ', StringComparison.Ordinal))
            return (null, null);
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || text.IndexOf(':') != colon && text[colon - 1] != ']' || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
            return (text, null);
        return (text[..colon].Trim('[', ']'), port);
    }

    /// <summary>"reading initial communication packet" stands where some errors have the host.</summary>
    private static string? Stage(string? text) => text is not null && text.Contains(' ', StringComparison.Ordinal) ? text : null;

    private static string? Text(ReadOnlySpan<char> line, Hit hit, string hole)
    {
        ReadOnlySpan<char> text = hit.Message is null ? default : hit.Matched.Text(line, hole).Trim();
        return text.IsEmpty ? null : Printable(text.Length > 200 ? text[..200] : text);
    }

    private static int? Whole(ReadOnlySpan<char> line, Hit hit, string hole) =>
        hit.Message is not null && hit.Matched.Number(line, hole) is { } number and <= int.MaxValue ? (int)number : null;

    private static TimeSpan? Milliseconds(ReadOnlySpan<char> line, Hit hit, string hole) =>
        hit.Message is not null && hit.Matched.Number(line, hole) is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, 1e13)) : null;

    private static TimeSpan? Seconds(string? text)
    {
        int end = 0;
        while (text is not null && end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return end > 0 && double.TryParse(text.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds < 1e9 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
