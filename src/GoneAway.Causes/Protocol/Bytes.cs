using System.Text;

namespace GoneAway.Causes.Protocol;

/// <summary>Tells what bytes are, by how they begin.</summary>
internal static class Bytes
{
    private static ReadOnlySpan<byte> ProxyV2 => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public static bool IsProxyHeader(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PROXY "u8) || bytes.StartsWith(ProxyV2);

    /// <summary>The protocol that a client which speaks first uses; null when it is not recognised.</summary>
    public static string? ClientProtocol(ReadOnlySpan<byte> bytes)
    {
        if (IsProxyHeader(bytes))
            return "a PROXY protocol header";
        if (bytes.Length >= 3 && bytes[0] == 0x16 && bytes[1] == 3)
            return "a TLS ClientHello";
        if (bytes.IndexOf(" RTSP/1.0\r\n"u8) > 0)
            return "an RTSP request";
        if (bytes.Length >= 8 && bytes[0] == 0 && (bytes[4..].StartsWith((ReadOnlySpan<byte>)[0xFF, 0x53, 0x4D, 0x42]) || bytes[4..].StartsWith((ReadOnlySpan<byte>)[0xFE, 0x53, 0x4D, 0x42])))
            return "an SMB request (Windows shares)";
        if (bytes.StartsWith("GET "u8) || bytes.StartsWith("POST "u8) || bytes.StartsWith("HEAD "u8) || bytes.StartsWith("OPTIONS "u8) || bytes.StartsWith("PUT "u8) || bytes.StartsWith("CONNECT "u8))
            return "an HTTP request";
        if (bytes.StartsWith("PRI * HTTP/2"u8))
            return "an HTTP/2 preface";
        if (bytes.StartsWith("SSH-"u8))
            return "an SSH banner";
        if (bytes.StartsWith("*1\r\n$"u8) || bytes.StartsWith("*2\r\n$"u8) || bytes.StartsWith("PING\r\n"u8) || bytes.StartsWith("INFO\r\n"u8))
            return "a Redis command";
        if (bytes.Length >= 8 && bytes[0] == 0 && bytes[1] == 0 && bytes[4] is 0 or 4 && bytes[5] is 3 or 0xD2)
            return "a PostgreSQL start-up packet";
        if (bytes.StartsWith("EHLO"u8) || bytes.StartsWith("HELO"u8))
            return "an SMTP command";
        return bytes.Length >= 6 && bytes[0] == 3 && bytes[1] == 0 && bytes[5] == 0xE0 ? "an RDP connection request" : null;
    }

    /// <summary>The protocol of a server's first bytes; null when it is not recognised.</summary>
    public static string? ServerProtocol(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("HTTP/"u8))
            return "HTTP";
        if (bytes.StartsWith("SSH-"u8))
            return "SSH";
        if (bytes.StartsWith("220 "u8) || bytes.StartsWith("220-"u8))
            return "SMTP or FTP";
        if (bytes.StartsWith("-ERR"u8) || bytes.StartsWith("-NOAUTH"u8) || bytes.StartsWith("-DENIED"u8))
            return "Redis";
        if (bytes.StartsWith("+OK"u8))
            return "POP3 or Redis";
        if (bytes.StartsWith("* OK"u8))
            return "IMAP";
        if (bytes.Length >= 5 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && bytes[4] is 0x0B or 0x01)
            return "X Protocol (port 33060)";
        if (bytes.Length >= 3 && bytes[0] is 0x15 or 0x16 && bytes[1] == 3)
            return "TLS";
        return bytes.Length > 0 && IsText(bytes) ? "some line of text" : null;
    }

    /// <summary>Printable text, line ends and colours included, whatever the alphabet.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return false;
        int odd = 0;
        foreach (byte b in bytes)
            if (b < 32 && b is not (9 or 10 or 13 or 27))
                odd++;
        return odd == 0;
    }

    /// <summary>Quoted, at most <paramref name="limit"/> characters; what is no text stands as \xNN.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes, int limit = 80)
    {
        var text = new StringBuilder("\"");
        foreach (byte b in bytes[..Math.Min(bytes.Length, limit)])
            text.Append(b switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                >= 32 and < 127 => ((char)b).ToString(),
                _ => "\\x" + b.ToString("x2"),
            });
        return text.Append(bytes.Length > limit ? "…\"" : "\"").ToString();
    }
}
