using System.Text;

namespace GoneAway.Evidence.Logs;

/// <summary>The stack that a crashing server prints: which of its own functions it was in.</summary>
internal static class ServerLogStack
{
    // Frames of the signal's handling itself, and of the C library below it.
    private static readonly string[] Handlers =
    [
        "print_stacktrace", "handle_fatal_signal", "handle_segfault", "print_fatal_signal", "my_server_abort", "my_abort", "ut_dbg_assertion_failed", "restore_rt", "raise", "abort", "gsignal", "assert_fail",
        "pthread_kill", "poll", "_start", "start_call_main", "libc_start", "clone", "start_thread",
    ];

    /// <summary>The function of a frame that is the server's own; null on other lines.</summary>
    public static string? FrameOf(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        ReadOnlySpan<char> name = line is ['#', ..] ? Numbered(line) : InBrackets(line);
        if (name.IsEmpty || name.Length > 200)
            return null;
        foreach (string handler in Handlers)
            if (name.Contains(handler, StringComparison.Ordinal))
                return null;
        return ServerLog.Name(Demangled(name));
    }

    /// <summary>"/usr/sbin/mariadbd(_Z11mysqld_mainiPPc+0x1108)[0x563635b14d98]"</summary>
    private static ReadOnlySpan<char> InBrackets(ReadOnlySpan<char> line)
    {
        int open = line.IndexOf('(');
        if (open < 0 || !line[..open].Contains("mysqld", StringComparison.Ordinal) && !line[..open].Contains("mariadbd", StringComparison.Ordinal) && !line[..open].Contains("/plugin/", StringComparison.Ordinal))
            return default;
        ReadOnlySpan<char> rest = line[(open + 1)..];
        // Demangled names have brackets and signs of their own.
        int plus = rest.LastIndexOf("+0x");
        return plus < 0 ? default : rest[..plus];
    }

    /// <summary>"#6 0x7f46cfe1af75 row_search_mvcc at row0sel.cc:123", of MySQL since 8.4; unknown names are in angle brackets.</summary>
    private static ReadOnlySpan<char> Numbered(ReadOnlySpan<char> line)
    {
        int address = line.IndexOf(" 0x");
        if (address is < 2 or > 5)
            return default;
        ReadOnlySpan<char> rest = line[(address + 1)..];
        int space = rest.IndexOf(' ');
        if (space < 0 || rest[(space + 1)..] is ['<', ..])
            return default;
        rest = rest[(space + 1)..];
        int at = rest.IndexOf(" at ");
        return at < 0 ? rest : rest[..at];
    }

    /// <summary>_ZN3THD5awakeEv is THD::awake; parameters are left out.</summary>
    private static string Demangled(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith("_Z", StringComparison.Ordinal))
            return name.IndexOf('(') is > 0 and var open ? name[..open].ToString() : name.ToString();
        var plain = new StringBuilder();
        ReadOnlySpan<char> rest = name[2..].TrimStart("LNK");
        while (rest.Length > 0 && char.IsAsciiDigit(rest[0]))
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 3 || !int.TryParse(rest[..digits], out int length) || length > rest.Length - digits)
                break;
            plain.Append(plain.Length == 0 ? "" : "::").Append(rest.Slice(digits, length));
            rest = rest[(digits + length)..];
            if (!name.StartsWith("_ZN", StringComparison.Ordinal))
                break;
        }
        return plain.Length == 0 ? name.ToString() : plain.ToString();
    }
}
