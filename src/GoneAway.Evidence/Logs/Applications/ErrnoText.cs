using System.Globalization;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Finds the operating system's error in a message, by its words or its number, and gives it in Linux's numbering.</summary>
internal static class ErrnoText
{
    public const int NameNotFound = -2;
    public const int NameTryAgain = -3;

    private static readonly (string Word, int Errno)[] Words =
    [
        ("roken pipe", 32), ("EPIPE", 32), ("onnection reset", 104), ("ECONNRESET", 104), ("onnection refused", 111), ("ECONNREFUSED", 111),
        ("onnection timed out", 110), ("peration timed out", 110), ("ETIMEDOUT", 110), ("o route to host", 113), ("EHOSTUNREACH", 113),
        ("etwork is unreachable", 101), ("ENETUNREACH", 101), ("assign requested address", 99), ("EADDRNOTAVAIL", 99), ("oo many open files", 24), ("EMFILE", 24),
        ("ermission denied", 13), ("EACCES", 13), ("peration not permitted", 1), ("o such file or directory", 2), ("ENOENT", 2),
        ("oftware caused connection abort", 103), ("ECONNABORTED", 103), ("ad file descriptor", 9), ("EBADF", 9), ("Transport endpoint is not connected", 107),
        ("Operation now in progress", 115), ("Resource temporarily unavailable", 11), ("Interrupted system call", 4),
        ("forcibly closed by the remote host", 104), ("actively refused it", 111), ("did not properly respond after a period of time", 110), ("aborted by the software in your host machine", 103),
        ("Name or service not known", NameNotFound), ("nodename nor servname provided", NameNotFound), ("No address associated with hostname", NameNotFound), ("getaddrinfo ENOTFOUND", NameNotFound),
        ("Name does not resolve", NameNotFound), ("Temporary failure in name resolution", NameTryAgain), ("EAI_AGAIN", NameTryAgain), ("getaddrinfo failed", NameNotFound), ("getaddrinfo for", NameNotFound),
    ];

    private static readonly string[] Before = ["[Errno ", "(Errno ", "Errno ", "errno=", "errno: ", "errno:", "errno = ", "errno ", "system error: ", "Error(", "error(", "error: (", "WinError ", "(os error ", "os error ", "SocketException (", "socket error "];

    /// <summary>Error number in Linux's numbering; <see cref="NameNotFound"/> and <see cref="NameTryAgain"/> for names; null when there is none.</summary>
    public static int? Find(ReadOnlySpan<char> text)
    {
        if (text.Length > 2048)
            text = text[..2048];
        int best = int.MaxValue, errno = 0;
        foreach ((string word, int number) in Words)
        {
            int at = (best == int.MaxValue ? text : text[..Math.Min(text.Length, best + word.Length)]).IndexOf(word, StringComparison.Ordinal);
            if (at >= 0 && at < best)
                (best, errno) = (at, number);
        }
        if (best < int.MaxValue)
            return errno == NameNotFound && text.Contains("Temporary failure in name resolution", StringComparison.Ordinal) ? NameTryAgain : errno;
        foreach (string before in Before)
            if (text.IndexOf(before, StringComparison.Ordinal) is var at and >= 0 && Number(text[(at + before.Length)..]) is { } number)
                return Linux(number);
        return null;
    }

    /// <summary>The number in <c>... on 'host' (111)</c>, <c>(111 "Connection refused")</c>, where it stands alone.</summary>
    public static int? InParentheses(ReadOnlySpan<char> text)
    {
        if (text.Length > 2048)
            text = text[..2048];
        for (int at = text.IndexOf('('); at >= 0;)
        {
            ReadOnlySpan<char> rest = text[(at + 1)..];
            if (Number(rest) is { } number)
                return Linux(number);
            int next = rest.IndexOf('(');
            at = next < 0 ? -1 : at + 1 + next;
        }
        return null;
    }

    /// <summary>Windows' and BSD's numbers where Linux has another one.</summary>
    private static int Linux(int number) => number switch
    {
        10048 or 10055 => 99,
        10013 => 13,
        10024 => 24,
        10051 => 101,
        10053 => 103,
        10054 or 54 => 104,
        10060 or 60 => 110,
        10061 or 61 => 111,
        10065 or 65 => 113,
        10064 or 64 => 112,
        11001 or 8 => NameNotFound,
        49 => 99,
        53 => 103,
        _ => number,
    };

    private static int? Number(ReadOnlySpan<char> text)
    {
        int from = text.Length > 0 && text[0] == '-' ? 1 : 0, end = from;
        while (end < text.Length && end < from + 5 && char.IsAsciiDigit(text[end]))
            end++;
        if (end == from || end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '.'))
            return null;
        int number = int.Parse(text[..end], CultureInfo.InvariantCulture);
        // MySQL's own numbers are no errno; Windows' begin at 10000.
        return number is < 200 or >= 10000 and < 12000 ? number : null;
    }
}
