using System.Globalization;
using System.Net;

namespace GoneAway.Evidence.Logs;

/// <summary>Addresses as proxies write them: <c>10.0.0.1:3306</c>, <c>::1:3306</c>, <c>[::1]:3306</c>, <c>db:3306</c>.</summary>
internal static class Address
{
    /// <summary>An IP address and a port.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, out string host, out int port)
    {
        (host, port) = ("", 0);
        text = text.Trim("\"',;()");
        int colon = text.LastIndexOf(':');
        if (colon < 2 || text.Length > 80 || !TryPort(text[(colon + 1)..], out port))
            return false;
        ReadOnlySpan<char> name = text[..colon].TrimStart('[').TrimEnd(']');
        if (name.Length < 2 || !IPAddress.TryParse(name, out _) || name.IndexOfAny('.', ':') < 0)
            return false;
        // HAProxy writes an IPv4 client of an IPv6 listener as ::ffff:10.0.0.1.
        host = (name.StartsWith("::ffff:", StringComparison.OrdinalIgnoreCase) && name.Contains('.') ? name[7..] : name).ToString();
        return true;
    }

    /// <summary>A name or an address and a port.</summary>
    public static bool TrySplitName(ReadOnlySpan<char> text, out string host, out int port)
    {
        if (TrySplit(text, out host, out port))
            return true;
        text = text.Trim("\"',;()");
        int colon = text.LastIndexOf(':');
        if (colon < 1 || text.Length > 255 || !TryPort(text[(colon + 1)..], out port))
            return false;
        foreach (char c in text[..colon])
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
                return false;
        host = text[..colon].ToString();
        return true;
    }

    /// <summary>A port on which MySQL, or a proxy in front of it, is usually found.</summary>
    public static bool IsMySqlPort(int port) => port is >= 3300 and <= 3399 or >= 33060 and <= 33069 or >= 13306 and <= 13309 or 23306 or 33306 or 4006 or 4008 or 6033 or 6446 or 6447 or 6450 or 63306;

    private static bool TryPort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
