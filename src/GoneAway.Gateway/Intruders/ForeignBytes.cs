using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Intruders;

/// <summary>Tells what bytes are that are no MySQL packet, shows them, and answers in their own language where there is one.</summary>
public static class ForeignBytes
{
    /// <summary>Characters of an excerpt at most.</summary>
    public const int ExcerptLength = 120;

    private static readonly byte[][] Methods =
    [
        "GET "u8.ToArray(), "HEAD "u8.ToArray(), "POST "u8.ToArray(), "PUT "u8.ToArray(), "DELETE "u8.ToArray(), "OPTIONS "u8.ToArray(),
        "PATCH "u8.ToArray(), "TRACE "u8.ToArray(), "CONNECT "u8.ToArray(),
    ];

    /// <summary>What the first bytes of a stream, or those in place of a command, are.</summary>
    public static ForeignKind Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("PROXY "u8) || bytes.StartsWith(ProxyHeader.Signature))
            return ForeignKind.Proxy;
        if (bytes.Length >= 3 && bytes[0] == 0x16 && bytes[1] == 3 && bytes[2] <= 4)
            return ForeignKind.Tls;
        if (bytes.StartsWith("PRI * HTTP/2"u8))
            return ForeignKind.Http2;
        foreach (byte[] method in Methods)
            if (bytes.StartsWith(method) && bytes.Length > method.Length && bytes[method.Length] is (byte)'/' or (byte)'*' or (byte)'h' or >= (byte)'0' and <= (byte)'9')
                return ForeignKind.Http;
        if (IsRequest(bytes))
            return ForeignKind.Http;
        if (bytes.StartsWith("SSH-"u8))
            return ForeignKind.Ssh;
        if (IsRedis(bytes))
            return ForeignKind.Redis;
        if (IsPostgres(bytes))
            return ForeignKind.Postgres;
        if (StartsWithWord(bytes, "EHLO"u8) || StartsWithWord(bytes, "HELO"u8))
            return ForeignKind.Smtp;
        if (bytes.Length >= 6 && bytes[0] == 3 && bytes[1] == 0 && bytes[5] == 0xE0)
            return ForeignKind.Rdp;
        if (IsXProtocol(bytes))
            return ForeignKind.XProtocol;
        return IsText(bytes) ? ForeignKind.Text : ForeignKind.Unknown;
    }

    /// <summary>As it stands in a sentence.</summary>
    public static string Name(ForeignKind kind) => kind switch
    {
        ForeignKind.Http => "an HTTP request",
        ForeignKind.Http2 => "an HTTP/2 preface",
        ForeignKind.Tls => "a TLS ClientHello",
        ForeignKind.Proxy => "a PROXY protocol header",
        ForeignKind.Ssh => "an SSH banner",
        ForeignKind.Redis => "a Redis command",
        ForeignKind.Postgres => "a PostgreSQL start-up packet",
        ForeignKind.Smtp => "an SMTP greeting",
        ForeignKind.XProtocol => "a message of MySQL's X protocol",
        ForeignKind.Rdp => "an RDP connection request",
        ForeignKind.Text => "text",
        _ => "bytes of no known protocol",
    };

    /// <summary>What to look for, for the text of an error and of a log line.</summary>
    public static string Advice(ForeignKind kind) => kind switch
    {
        ForeignKind.Http or ForeignKind.Http2 => "a browser, a health check or a scraper points at the MySQL port",
        ForeignKind.Tls => "TLS begins after MySQL's greeting, not before it: a TLS tunnel or a check of the wrong kind",
        ForeignKind.Proxy => "the sender is not among the trusted proxies",
        ForeignKind.XProtocol => "the X protocol has a port of its own, 33060",
        ForeignKind.Text => "a program writes its output or log into the MySQL connection's descriptor",
        ForeignKind.Unknown => "two writers on one connection, or a client that is not MySQL's",
        _ => "the port belongs to another service in the sender's configuration",
    };

    /// <summary>
    /// The beginning of the bytes in printable ASCII, at most <see cref="ExcerptLength"/> characters. What may hold a secret is left out: of an HTTP
    /// request all behind its path, of a Redis AUTH the password.
    /// </summary>
    public static string Excerpt(ReadOnlySpan<byte> bytes) => Excerpt(bytes, Recognise(bytes));

    private static string Excerpt(ReadOnlySpan<byte> bytes, ForeignKind kind)
    {
        ReadOnlySpan<byte> shown = kind switch
        {
            ForeignKind.Http => Target(bytes),
            ForeignKind.Redis => IndexOfIgnoringCase(bytes, "AUTH"u8) is var secret and >= 0 ? bytes[..(secret + 4)] : bytes,
            ForeignKind.Unknown or ForeignKind.Text or ForeignKind.Ssh or ForeignKind.Smtp => bytes,
            // Their binary parts say nothing to people.
            _ => bytes[..Math.Min(bytes.Length, 24)],
        };
        var text = new StringBuilder(ExcerptLength);
        foreach (byte value in shown)
        {
            string piece = value switch
            {
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                (byte)'"' => "\\\"",
                >= 0x20 and < 0x7F => ((char)value).ToString(),
                _ => $"\\x{value:x2}",
            };
            if (text.Length + piece.Length > ExcerptLength - 3)
                return text.Append("...").ToString();
            text.Append(piece);
        }
        return shown.Length < bytes.Length ? text.Append("...").ToString() : text.ToString();
    }

    /// <summary>What the sender gets in its own protocol; empty where a MySQL error packet has to do.</summary>
    public static ReadOnlySpan<byte> Answer(ForeignKind kind) => kind switch
    {
        ForeignKind.Http =>
            "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 56\r\nConnection: close\r\n\r\nThis is a MySQL port, served by GoneAway. It is no HTTP."u8,
        // fatal, unexpected_message
        ForeignKind.Tls => [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0A],
        ForeignKind.Redis => "-ERR This is a MySQL port, served by GoneAway.\r\n"u8,
        ForeignKind.Smtp => "554 This is a MySQL port, served by GoneAway.\r\n"u8,
        ForeignKind.Ssh => "This is a MySQL port, served by GoneAway.\r\n"u8,
        _ => default,
    };

    /// <summary>The message of the error packet, without cause and incident id; nothing of the bytes was executed or forwarded.</summary>
    /// <param name="bytes">As they came.</param>
    /// <param name="expected">What had to come: "a login", "a command".</param>
    /// <param name="binary">Bytes that are shown of what is neither text nor a known protocol: packets out of order hold data, in a login the scramble of a password.</param>
    public static string Message(ReadOnlySpan<byte> bytes, string expected, int binary = ExcerptLength)
    {
        ForeignKind kind = Recognise(bytes);
        ReadOnlySpan<byte> shown = kind == ForeignKind.Unknown ? bytes[..Math.Min(bytes.Length, binary)] : bytes;
        return $"Got {Name(kind)} where {expected} had to come: \"{Excerpt(shown, kind)}{(shown.Length < bytes.Length ? "..." : "")}\"; {Advice(kind)}. Nothing of it was forwarded.";
    }

    /// <summary>Printable text or UTF-8 with line ends and tabs; a character that is cut at the end is forgiven.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes)
    {
        for (int cut = 0; cut < 4 && cut < bytes.Length; cut++)
            if (cut == 0 || bytes[^cut] >= 0x80)
                if (IsWholeText(bytes[..^cut]))
                    return true;
        return false;
    }

    internal static bool IsWholeText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            if (value is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n' or 0x1B) or 0x7F)
                return false;
        return Utf8.IsValid(bytes);
    }

    /// <summary>Its first line ends with HTTP's version, whatever the method is.</summary>
    private static bool IsRequest(ReadOnlySpan<byte> bytes) =>
        UntilAny(bytes, "\r\n"u8) is var line && line.Length < bytes.Length && (line.EndsWith(" HTTP/1.1"u8) || line.EndsWith(" HTTP/1.0"u8));

    /// <summary>Up to what may hold a secret: a query, headers, a name and password before the host.</summary>
    private static ReadOnlySpan<byte> Target(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> target = UntilAny(bytes, "?\r\n@"u8);
        int host = target.IndexOf("://"u8);
        return host >= 0 && target.Length < bytes.Length && bytes[target.Length] == '@' ? target[..(host + 3)] : target;
    }

    private static bool IsRedis(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 4 && bytes[0] == '*' && char.IsAsciiDigit((char)bytes[1]))
            return bytes[2..].IndexOf("\r\n$"u8) is 0 or 1 or 2;
        return bytes.StartsWith("PING\r\n"u8) || bytes.StartsWith("INFO\r\n"u8) || StartsWithWord(bytes, "AUTH"u8);
    }

    /// <summary>Length, then protocol 3.x, or the code of an SSLRequest, GSSENCRequest or CancelRequest.</summary>
    private static bool IsPostgres(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt32BigEndian(bytes) is < 8 or > 10_000)
            return false;
        uint code = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return code is >= 0x30000 and <= 0x30010 or 80877102 or 80877103 or 80877104;
    }

    /// <summary>CON_CAPABILITIES_GET, CON_CAPABILITIES_SET and SESS_AUTHENTICATE_START, with which a client begins (mysqlx.proto).</summary>
    private static bool IsXProtocol(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 5 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var length and >= 1 and < 4096
        && (bytes[4] == 1 && length == 1 || bytes[4] is 2 or 4 && bytes.Length >= 6 && bytes[5] == 0x0A && length + 4 == (uint)bytes.Length);

    private static bool StartsWithWord(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word) =>
        bytes.Length > word.Length && Ascii.EqualsIgnoreCase(bytes[..word.Length], word) && bytes[word.Length] is (byte)' ' or (byte)'\r';

    private static ReadOnlySpan<byte> UntilAny(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> any)
    {
        int end = bytes.IndexOfAny(any);
        return end < 0 ? bytes : bytes[..end];
    }

    private static int IndexOfIgnoringCase(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i + word.Length <= bytes.Length; i++)
            if (Ascii.EqualsIgnoreCase(bytes.Slice(i, word.Length), word))
                return i;
        return -1;
    }
}
