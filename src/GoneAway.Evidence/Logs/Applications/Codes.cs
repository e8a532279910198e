using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>What MySQL's error numbers are signs of, seen from the application.</summary>
internal static class Codes
{
    // Errors of the server that tell of the end, the refusal or the interruption of a connection, and those often mistaken for it.
    private static readonly HashSet<int> OfServer =
    [
        1037, 1038, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1049, 1053, 1077, 1078, 1079, 1080, 1081, 1129, 1130, 1135, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161,
        1184, 1203, 1205, 1213, 1220, 1226, 1251, 1290, 1317, 1524, 1698, 1792, 1820, 1835, 1836, 1862, 1873, 1927, 1969, 3024, 3032, 3118, 3159, 3164, 3168, 3169, 3572, 3878, 3955, 3960,
        4031, 4081, 4082, 4151, 9001, 9002, 9006,
    ];

    public static bool IsKnown(int code) => code is >= 2000 and <= 2068 ? !IsDull(code) : OfServer.Contains(code);

    /// <summary>The sign of a number, with the message's text and the operating system's error where they are needed.</summary>
    public static Sign SignOf(int code, ReadOnlySpan<char> text, int? errno) => code switch
    {
        2002 or 2003 or 2001 or 2004 => Connecting(code, text, errno),
        2005 or 2009 => Sign.UnknownHost,
        2006 when text.Contains("''", StringComparison.Ordinal) && !text.Contains("gone away", StringComparison.Ordinal) => Sign.HandleAlreadyClosed,
        2006 => Sign.GoneAway,
        2007 or 2012 => Sign.GreetingNotMySql,
        2013 => Lost(text),
        2055 => errno is 32 ? Sign.GoneAway : Lost(text),
        2014 => Sign.CommandsOutOfSync,
        2019 => Sign.ClientTooOld,
        2020 => Sign.PacketTooLargeInClient,
        2026 => Sign.TlsFailed,
        2027 or 1835 => Sign.MalformedPacket,
        2048 or 2056 => Sign.HandleAlreadyClosed,
        2054 when text.Contains("charset", StringComparison.Ordinal) => Sign.ClientTooOld,
        2049 or 2054 or 2058 or 2059 or 1251 => Sign.AuthPluginUnusable,
        2061 => Sign.AuthPluginUnusable,
        _ => Sign.ServerSaid,
    };

    /// <summary>Client errors that say nothing of connections: memory, parameters, fetches.</summary>
    private static bool IsDull(int code) => code is 2000 or 2008 or 2010 or 2011 or (>= 2015 and <= 2018) or (>= 2021 and <= 2025) or (>= 2028 and <= 2047) or (>= 2050 and <= 2053) or 2057 or 2060 or (>= 2062 and <= 2068);

    /// <summary>What a failed connect was, by the operating system's word.</summary>
    public static Sign Connecting(int code, ReadOnlySpan<char> text, int? errno)
    {
        bool local = text.Contains("socket '", StringComparison.Ordinal) || text.Contains("through socket", StringComparison.Ordinal);
        return errno switch
        {
            ErrnoText.NameNotFound or ErrnoText.NameTryAgain => Sign.UnknownHost,
            2 => Sign.LocalSocketFailed,
            1 or 13 => local && errno == 13 ? Sign.LocalSocketFailed : Sign.ConnectForbidden,
            24 => Sign.NoDescriptorsInClient,
            99 => Sign.NoSourcePort,
            101 or 112 or 113 => Sign.ConnectUnreachable,
            104 => Sign.LostBeforeGreeting,
            110 => Sign.ConnectTimedOut,
            _ when local => Sign.LocalSocketFailed,
            // libmariadb's number is that of the unfinished connect (EINPROGRESS), whatever became of it; refused ones show it.
            111 or 115 => Sign.ConnectRefused,
            _ when text.Contains("timed out", StringComparison.Ordinal) || text.Contains("timeout", StringComparison.OrdinalIgnoreCase) => Sign.ConnectTimedOut,
            _ when text.Contains("getaddrinfo", StringComparison.Ordinal) => Sign.UnknownHost,
            _ when text.Contains("[SSL", StringComparison.Ordinal) || text.Contains("certificate verify failed", StringComparison.Ordinal) => Sign.TlsFailed,
            _ when code == 2002 && !text.Contains(" on '", StringComparison.Ordinal) => Sign.LocalSocketFailed,
            _ => Sign.ConnectRefused,
        };
    }

    /// <summary>At which stage the connection was lost.</summary>
    public static Sign Lost(ReadOnlySpan<char> text)
    {
        // libmariadb writes "inital" until 3.2.
        if (text.Contains("initial communication packet", StringComparison.Ordinal) || text.Contains("inital communication packet", StringComparison.Ordinal))
            return Sign.LostBeforeGreeting;
        if (text.Contains("authorization packet", StringComparison.Ordinal) || text.Contains("connection information to server", StringComparison.Ordinal)
            || text.Contains("authentication information", StringComparison.Ordinal) || text.Contains("final connect information", StringComparison.Ordinal) || text.Contains("at 'handshake", StringComparison.Ordinal))
            return Sign.LostDuringLogin;
        return text.Contains("(timed out)", StringComparison.Ordinal) || text.Contains("timed out')", StringComparison.Ordinal) || text.Contains("read operation timed out", StringComparison.Ordinal) ? Sign.ClientReadTimedOut : Sign.LostDuringQuery;
    }
}
