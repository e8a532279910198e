using System.Globalization;

namespace GoneAway.Gateway.Configuration;

/// <summary>Where to listen or to connect: a host and a port, or a Unix socket.</summary>
/// <param name="Host">A name, an address without brackets, or <c>*</c>; null for a Unix socket.</param>
/// <param name="Path">The Unix socket's path; null otherwise.</param>
public readonly record struct Address(string? Host, int Port, string? Path)
{
    /// <summary>The kernel's is 107 (sun_path of unix(7)); a socket is bound under a longer name and renamed.</summary>
    private const int LongestPath = 100;

    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c>, <c>*:port</c> or <c>unix:/path</c>; a default port of 0 makes the port mandatory.</summary>
    public static bool TryParse(string text, int defaultPort, out Address address)
    {
        address = default;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text[5..];
            address = new Address(null, 0, path);
            return path.StartsWith('/') && System.Text.Encoding.UTF8.GetByteCount(path) <= LongestPath && !path.Contains('\0', StringComparison.Ordinal);
        }
        string host = text;
        int port = defaultPort;
        int colon = text.LastIndexOf(':');
        bool bracketed = text.StartsWith('[');
        if (bracketed ? colon > text.IndexOf(']', StringComparison.Ordinal) : colon >= 0 && colon == text.IndexOf(':', StringComparison.Ordinal))
        {
            host = text[..colon];
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)
                return false;
        }
        else if (defaultPort == 0)
        {
            return false;
        }
        if (bracketed)
        {
            if (!host.EndsWith(']') || !System.Net.IPAddress.TryParse(host[1..^1], out _))
                return false;
            host = host[1..^1];
        }
        address = new Address(host, port, null);
        return host == "*" || System.Net.IPAddress.TryParse(host, out _) || IsName(host);
    }

    public override string ToString() =>
        Path is not null ? "unix:" + Path : Host!.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool IsName(string host)
    {
        foreach (char one in host)
            if (!char.IsAsciiLetterOrDigit(one) && one is not ('-' or '.' or '_'))
                return false;
        return host.Length is > 0 and < 254;
    }
}
