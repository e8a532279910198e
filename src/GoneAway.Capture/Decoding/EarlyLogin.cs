using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Decoding;

/// <summary>
/// A login that was sent before the greeting, with what follows it: HAProxy's <c>option mysql-check user</c> sends both, COM_QUIT included,
/// as soon as it is connected (<c>src/tcpcheck.c</c>, proxy_parse_mysql_check_opt). Kept until each part is due.
/// </summary>
internal sealed class EarlyLogin
{
    private const int Longest = 1024;
    private const int HeaderLength = 4;
    private const int ShortestModern = 32;

    private readonly byte[] bytes;
    private readonly int login;

    private EarlyLogin(byte[] bytes, int login)
    {
        this.bytes = bytes;
        this.login = login;
    }

    /// <summary>Null when the client's first bytes are nothing of the kind.</summary>
    public static EarlyLogin? Of(ReadOnlySpan<byte> first)
    {
        if (first.Length is <= HeaderLength + 2 or > Longest || first[3] != 1)
            return null;
        int login = HeaderLength + (first[0] | first[1] << 8 | first[2] << 16);
        if (login > first.Length)
            return null;
        bool leaves = first[login..] is [1, 0, 0, 0, CommandCode.Quit];
        bool modern = login >= HeaderLength + ShortestModern && ((ulong)first[5] << 8 & Capabilities.Protocol41) != 0;
        return leaves || modern && login == first.Length ? new EarlyLogin(first.ToArray(), login) : null;
    }

    /// <summary>Due after the greeting.</summary>
    public ReadOnlySpan<byte> Login => bytes.AsSpan(0, login);

    /// <summary>Due when the login is accepted.</summary>
    public ReadOnlySpan<byte> Rest => bytes.AsSpan(login);
}
