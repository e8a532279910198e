using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>MaxScale's log, 2.x to 25.x: sessions it timed out, backends it lost, changes of its servers' states.</summary>
internal sealed class MaxScaleLog : LineReader
{
    private const string Stack = "maxscale";

    public override string Kind => "MaxScale log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "Timing out ", "Network write timed out for ", "Lost connection to the primary server", "Lost connection to the master server", "Lost connection to backend server", "Network error in connection to server ",
        "Write to Backend ", "Write to backend ", "Read from backend failed", "Server changed state: ", "Failed to create new router session", "Couldn't find suitable ", "No suitable candidate server", "Failed to connect to server ",
        "MaxScale received ", "MaxScale received fatal signal", "received fatal signal", "MaxScale is shutting down", "MaxScale started", "max_connections limit", "Monitor was unable to connect to server ", "Monitor timed out when connecting to server ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        Sighting? found = IdleClosed(line) ?? StateChange(line);
        // These words are its own; others are ours only with its level before them.
        if (found is null && IsOurs(text))
            found = Monitor(line) ?? Backend(line) ?? Refused(line) ?? Process(line);
        if (found is not null)
            findings.Add(found);
        return found is not null;
    }

    /// <summary>"2023-07-24 21:39:36   error  : (590) [readwritesplit] ..."</summary>
    private static bool IsOurs(ReadOnlySpan<char> text)
    {
        foreach (string level in (ReadOnlySpan<string>)["error  : ", "warning: ", "notice : ", "alert  : ", "info   : ", "Error : "])
            if (text.Contains(level, StringComparison.Ordinal))
                return true;
        return text.Contains("maxscale", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>"Timing out 'app'@10.0.0.5, idle for 28800 seconds"</summary>
    private static Sighting? IdleClosed(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "Timing out ", "") is { IsEmpty: false } rest && After(rest, ", idle for ") is { } seconds && rest.Contains(" seconds", StringComparison.Ordinal))
            return Who(Of(line, Sign.ProxyIdleClosed, Stack) with { Idle = Seconds(seconds), State = "connection_timeout" }, rest);
        return Between(text, "Network write timed out for ", "") is { IsEmpty: false } slow && IsOurs(text)
            ? Who(Of(line, Sign.ProxyClientLost, Stack) with { State = "net_write_timeout" }, slow)
            : null;
    }

    /// <summary>The account as 'user'@host, quoted or not.</summary>
    private static Sighting Who(Sighting sighting, ReadOnlySpan<char> text)
    {
        int at = text.IndexOf('@');
        int end = text.IndexOfAny(',', ' ');
        ReadOnlySpan<char> account = end < 0 ? text : text[..end];
        return at < 1 || at >= account.Length ? sighting : sighting with { User = Shown.Of(account[..at].Trim("'\"`")), ClientHost = Shown.Of(account[(at + 1)..].Trim("'\"`.")) };
    }

    /// <summary>"Server changed state: db1[10.0.0.1:3306]: master_down. [Master, Running] -> [Down]"</summary>
    private static Sighting? StateChange(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        ReadOnlySpan<char> rest = Between(text, "Server changed state: ", "");
        int open = rest.IndexOf('['), close = rest.IndexOf("]: ", StringComparison.Ordinal);
        if (open < 1 || close < open || open > 200)
            return null;
        ReadOnlySpan<char> said = rest[(close + 3)..];
        int dot = said.IndexOf('.');
        ReadOnlySpan<char> what = dot < 0 ? said : said[..dot];
        Sign? sign = what is "lost_master" ? Sign.RoleChanged : what.EndsWith("_down", StringComparison.Ordinal) || what.StartsWith("lost_", StringComparison.Ordinal) ? Sign.ProxyServerDown
            : what.EndsWith("_up", StringComparison.Ordinal) ? Sign.ProxyServerUp
            : what is "new_master" or "new_slave" ? Sign.RoleChanged
            : null;
        return sign is not { } known ? null : (Of(line, known, Stack) with { Subject = Shown.Of(rest[..open]), State = Shown.Of(said) }).WithServer(rest[(open + 1)..close]);
    }

    /// <summary>"Monitor was unable to connect to server db1[10.0.0.1:3306] : 'Can't connect to server on '10.0.0.1' (111)'"; 2.2 and older have no name, the address in brackets.</summary>
    private static Sighting? Monitor(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        bool late = text.Contains("Monitor timed out when", StringComparison.Ordinal);
        ReadOnlySpan<char> rest = Between(text, late ? "Monitor timed out when connecting to server " : "Monitor was unable to connect to server ", "");
        int open = rest.IndexOf('['), why = rest.IndexOf(" : ", StringComparison.Ordinal);
        if (open < 0 || why < open)
            return null;
        ReadOnlySpan<char> said = rest[(why + 3)..].Trim("'\".");
        int number = said.LastIndexOf('(');
        return (Of(line, Sign.ProxyServerDown, Stack) with
        {
            State = (late ? "timeout: " : "") + Shown.Of(said), Subject = open > 0 ? Shown.Of(rest[..open]) : null, Errno = Errno(number < 0 ? null : Number(said[(number + 1)..])) ?? ErrnoOf(text),
        }).WithServer(open > 0 ? rest[(open + 1)..why].TrimEnd(']') : rest[..why]);
    }

    private static Sighting? Backend(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        ReadOnlySpan<char> primary = Between(text, "Lost connection to the ", "");
        bool session = primary.StartsWith("primary server", StringComparison.Ordinal) || primary.StartsWith("master server", StringComparison.Ordinal);
        if (!session && !text.Contains("Lost connection to backend server", StringComparison.Ordinal) && !text.Contains("Network error in connection to server ", StringComparison.Ordinal)
            && !text.Contains("Write to Backend ", StringComparison.OrdinalIgnoreCase) && !text.Contains("Read from backend failed", StringComparison.Ordinal))
            return null;
        return Of(line, Sign.ProxyBackendLost, Stack) with
        {
            Idle = Seconds(After(text, "has been idle for ") ?? After(text, "been idle for ")), Errno = ErrnoOf(text), Subject = Server(text),
            State = text.Contains("while connection was idle", StringComparison.Ordinal) ? "idle" : text.Contains("connection closed by peer", StringComparison.Ordinal) ? "closed by peer" : null,
            ThreadId = After(text, "conn_id=") is { } id and <= uint.MaxValue ? (uint)id : null,
        };
    }

    /// <summary>"(server2: 220, Connection reset by peer)": what stands there is the server's own thread id in newer versions, so the words decide.</summary>
    private static int? ErrnoOf(ReadOnlySpan<char> text) =>
        text.Contains("Connection reset by peer", StringComparison.Ordinal) ? 104
        : text.Contains("Broken pipe", StringComparison.Ordinal) ? 32
        : text.Contains("Connection timed out", StringComparison.Ordinal) ? 110
        : text.Contains("No route to host", StringComparison.Ordinal) ? 113
        : text.Contains("Connection refused", StringComparison.Ordinal) ? 111
        : null;

    private static string? Server(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> named = Between(text, "connection to server '", "'");
        if (named.IsEmpty)
            named = Between(text, "Read from backend failed (", ",");
        if (named.IsEmpty && Between(text, "Lost connection to backend server", "") is { IsEmpty: false } rest)
            named = Between(rest, "(", ":");
        return named.Length is > 0 and < 100 ? Shown.Of(named) : null;
    }

    private static Sighting? Refused(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (text.Contains("Couldn't find suitable ", StringComparison.Ordinal) || text.Contains("No suitable candidate server", StringComparison.Ordinal))
            return Of(line, Sign.ProxyNoServer, Stack);
        if (text.Contains("max_connections limit", StringComparison.Ordinal))
            return Of(line, Sign.ProxyQueueTimedOut, Stack);
        if (text.Contains("Failed to create new router session", StringComparison.Ordinal) || text.Contains("Failed to connect to server ", StringComparison.Ordinal))
            return Of(line, Sign.ProxyConnectFailed, Stack) with { Errno = ErrnoOf(text) };
        return null;
    }

    private static Sighting? Process(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!text.Contains("MaxScale", StringComparison.Ordinal))
            return null;
        if (After(text, "received fatal signal ") is { } signal and < 128)
            return Of(line, Sign.UnitDied, Stack) with { Subject = Stack, Code = (int)signal, State = "signal" };
        return text.Contains("MaxScale received signal SIG", StringComparison.Ordinal) || text.Contains("is shutting down", StringComparison.Ordinal) || text.Contains(" started", StringComparison.Ordinal)
            ? Of(line, Sign.ProxyReloaded, Stack) with { Subject = Stack }
            : null;
    }
}
