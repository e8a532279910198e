using System.Globalization;
using System.Net;

namespace GoneAway.Evidence.Processes;

/// <summary>One end of a socket as tables write it: <c>10.0.0.1:3306</c>, <c>[::1]:mysql</c>, <c>*:*</c>, <c>10.0.0.1.3306</c>.</summary>
internal static class SocketEnd
{
    /// <summary>Splits at the last colon, or at the last point where BSD's netstat puts it. A port of <c>*</c> or of an unknown name is null.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out string host, out int? port)
    {
        (host, port) = ("", null);
        if (text.Length is < 3 or > 300)
            return false;
        int cut = text.LastIndexOf(':');
        // 10.0.0.1.3306, ::1.3306, fe80::1%lo0.3306, *.3306, localhost.mysql
        if (text.LastIndexOf('.') is var point && point > cut && (cut < 0 || IPAddress.TryParse(Bare(text[..point]), out _)) && !IPAddress.TryParse(text, out _))
            cut = point;
        if (cut < 1 || cut == text.Length - 1 || !TryPort(text[(cut + 1)..], out port))
            return false;
        ReadOnlySpan<char> name = Bare(text[..cut]);
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-' or '_' or '*'))
                return false;
        host = name.ToString();
        return host.Length > 0;
    }

    /// <summary>A port that MySQL or a proxy in front of it is likely to have; remote desktops (3389) lie among them.</summary>
    public static bool IsMySqlPort(int? port) => port is { } number and not 3389 and not 3388 && Logs.Address.IsMySqlPort(number);

    public static bool IsMySqlPath(string? path) =>
        path is not null && path.Contains('/') && (path.Contains("mysql", StringComparison.OrdinalIgnoreCase) || path.Contains("mariadb", StringComparison.OrdinalIgnoreCase))
        && !path.Contains("notify", StringComparison.Ordinal);

    public static bool IsServerName(string? name) =>
        name is not null && (name.StartsWith("mysqld", StringComparison.Ordinal) || name.StartsWith("mariadbd", StringComparison.Ordinal) || name is "mariadb-server");

    /// <summary>The state in one spelling; null when the word is none.</summary>
    public static string? State(ReadOnlySpan<char> word) => word switch
    {
        "ESTAB" or "ESTABLISHED" => "ESTABLISHED",
        "CLOSE-WAIT" or "CLOSE_WAIT" => "CLOSE-WAIT",
        "TIME-WAIT" or "TIME_WAIT" => "TIME-WAIT",
        "SYN-SENT" or "SYN_SENT" => "SYN-SENT",
        "SYN-RECV" or "SYN_RECV" or "SYN_RCVD" or "SYN_RECEIVED" => "SYN-RECV",
        "FIN-WAIT-1" or "FIN_WAIT1" or "FIN_WAIT_1" => "FIN-WAIT-1",
        "FIN-WAIT-2" or "FIN_WAIT2" or "FIN_WAIT_2" => "FIN-WAIT-2",
        "LAST-ACK" or "LAST_ACK" => "LAST-ACK",
        "CLOSING" or "CLOSED" or "UNCONN" or "LISTEN" => word.ToString(),
        "LISTENING" => "LISTEN",
        "CLOSE" => "CLOSED",
        _ => null,
    };

    private static bool TryPort(ReadOnlySpan<char> text, out int? port)
    {
        port = null;
        if (text is "*")
            return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            port = number;
            return number <= 65535;
        }
        port = text switch { "mysql" => 3306, "mysqlx" => 33060, "mysql-proxy" => 6446, _ => null };
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        return char.IsAsciiLetter(text[0]);
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> name)
    {
        name = name.TrimStart('[').TrimEnd(']');
        if (name.IndexOf('%') is > 0 and var zone)
            name = name[..zone];
        return name.StartsWith("::ffff:", StringComparison.OrdinalIgnoreCase) && name.Contains('.') ? name[7..] : name;
    }
}
