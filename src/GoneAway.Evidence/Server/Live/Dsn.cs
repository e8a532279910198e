using System.Globalization;

namespace GoneAway.Evidence.Server.Live;

/// <summary>
/// Reads the name of a server: <c>mysql://user@host:port/db?tls=required</c>, <c>user@host:port</c>, <c>host</c>, <c>unix:/path</c>,
/// Go's <c>user@tcp(host:port)/db</c>. A password in it is refused, and no error repeats a part of the text, which might be one.
/// </summary>
public static class Dsn
{
    public const string PasswordRefused = "a password in the address is visible to everybody who can list processes; leave it out and give it by MYSQL_PWD, ~/.my.cnf, --defaults-file or --ask-password";

    public static bool TryParse(string text, out ServerAddress address, out string error)
    {
        address = new ServerAddress();
        error = "";
        string rest = text.Trim();
        if (rest.Length == 0 || rest.Length > 2048 || rest.Any(static c => char.IsControl(c) || c == ' '))
            return Fail("an address is one word without blanks: user@host:port, mysql://user@host:port/db or unix:/path", out error);
        if (rest[0] == '-')
            return Fail("that option is not known here (a password is never one); --help lists them", out error);
        if (rest.StartsWith("unix:", StringComparison.Ordinal))
            return TrySocket(rest["unix:".Length..], ref address, out error);
        if (rest[0] == '/')
            return TrySocket(rest, ref address, out error);
        int scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            string name = rest[..scheme];
            if (!name.Contains("mysql", StringComparison.OrdinalIgnoreCase) && !name.Contains("mariadb", StringComparison.OrdinalIgnoreCase))
                return Fail("the address has another scheme than mysql:// or mariadb://", out error);
            rest = rest[(scheme + 3)..];
        }
        if (rest.Contains('?'))
        {
            string query = rest[(rest.IndexOf('?') + 1)..];
            rest = rest[..rest.IndexOf('?')];
            if (!TryParameters(query, ref address, out error))
                return false;
        }
        // The last @ ends the user, whatever stands before it: a password may hold any character.
        int at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            string user = rest[..at];
            if (user.Contains(':') || user.Contains('@') || user.Contains('/'))
                return Fail(PasswordRefused, out error);
            if (user.Length > 0)
                address = address with { User = Uri.UnescapeDataString(user) };
            rest = rest[(at + 1)..];
        }
        int slash = rest.StartsWith("unix(", StringComparison.Ordinal) ? rest.IndexOf(")/", StringComparison.Ordinal) + 1 : rest.IndexOf('/');
        if (slash > 0 || slash == 0 && rest.StartsWith('/'))
        {
            string database = rest[(slash + 1)..];
            rest = rest[..slash];
            if (database.Length > 0)
                address = address with { Database = Uri.UnescapeDataString(database) };
        }
        return TryPlace(rest, ref address, out error);
    }

    private static bool TryPlace(string place, ref ServerAddress address, out string error)
    {
        error = "";
        if (place.StartsWith("unix(", StringComparison.Ordinal) && place.EndsWith(')'))
            return TrySocket(place[5..^1], ref address, out error);
        if (place.StartsWith("tcp(", StringComparison.Ordinal) && place.EndsWith(')'))
            place = place[4..^1];
        if (place.Length == 0)
            return true;
        string host = place, port = "";
        if (place[0] == '[')
        {
            int close = place.IndexOf(']');
            if (close < 0 || close + 1 < place.Length && place[close + 1] != ':')
                return Fail("an IPv6 address stands in brackets: [::1]:3306", out error);
            host = place[1..close];
            port = place[(close + 1)..].TrimStart(':');
        }
        else if (place.Count(static c => c == ':') == 1)
        {
            host = place[..place.IndexOf(':')];
            port = place[(place.IndexOf(':') + 1)..];
        }
        // One with several colons is an IPv6 address without brackets, hence without a port.
        else if (place.Contains(':') && !System.Net.IPAddress.TryParse(place, out _))
            return Fail("the address has more than one colon; an IPv6 address stands in brackets: [::1]:3306", out error);
        if (host.Length == 0 || host.Any(static c => !(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%')))
            return Fail("the host's name holds characters that no host name has", out error);
        int number = 0;
        if (port.Length > 0 && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65535))
            return Fail("what stands behind the colon is no port (1 to 65535); " + PasswordRefused, out error);
        address = address with { Host = host, Port = port.Length > 0 ? number : null };
        return true;
    }

    private static bool TryParameters(string query, ref ServerAddress address, out string error)
    {
        error = "";
        foreach (string parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = parameter.IndexOf('=');
            string name = (equals < 0 ? parameter : parameter[..equals]).Replace('_', '-').ToLowerInvariant();
            string value = equals < 0 ? "" : Uri.UnescapeDataString(parameter[(equals + 1)..]);
            switch (name)
            {
                case "password" or "pwd" or "passwd" or "pass":
                    return Fail(PasswordRefused, out error);
                case "tls" or "ssl-mode" or "sslmode":
                    if (ModeOf(value) is not { } mode)
                        return Fail("tls is one of disabled, preferred, required, verify-ca, verify-identity", out error);
                    address = address with { Tls = mode };
                    break;
                case "ca" or "ssl-ca":
                    address = address with { AuthorityFile = value };
                    break;
                case "socket" or "unix-socket":
                    if (!TrySocket(value, ref address, out error))
                        return false;
                    break;
                case "user":
                    address = address with { User = value };
                    break;
                default:
                    return Fail("the address has a parameter that is not known: tls, ca, socket and user are", out error);
            }
        }
        return true;
    }

    /// <summary>The mode by any of the names in use; null for another word.</summary>
    internal static TlsMode? ModeOf(string word) => word.Replace('_', '-').ToLowerInvariant() switch
    {
        "disabled" or "off" or "false" or "0" or "no" => TlsMode.Disabled,
        "preferred" => TlsMode.Preferred,
        "required" or "skip-verify" or "on" or "true" or "1" or "yes" => TlsMode.Required,
        "verify-ca" => TlsMode.VerifyCa,
        "verify-identity" or "verify-full" => TlsMode.VerifyIdentity,
        _ => null,
    };

    private static bool TrySocket(string path, ref ServerAddress address, out string error)
    {
        error = "";
        // sockaddr_un has 108 bytes, the last one zero.
        if (path.Length < 2 || path[0] != '/' || System.Text.Encoding.UTF8.GetByteCount(path) > 107)
            return Fail("a Unix socket is named by its whole path of at most 100 bytes", out error);
        address = address with { Socket = path };
        return true;
    }

    private static bool Fail(string why, out string error)
    {
        error = why;
        return false;
    }
}
