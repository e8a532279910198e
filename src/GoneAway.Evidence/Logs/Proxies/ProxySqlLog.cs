using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>ProxySQL's log, 1.x to 3.x: backends lost or shunned, clients closed by its own limits. Its PostgreSQL half is left alone.</summary>
internal sealed class ProxySqlLog : LineReader
{
    private const string Stack = "proxysql";
    /// <summary>How far back the reason of a "Closing killed client connection" may stand.</summary>
    private const int ReasonWithin = 40;

    public override string Kind => "ProxySQL log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "Detected a broken connection ", "Detected broken idle connection on ", "Closing unhealthy client connection ", "Closing killed client connection ", "Killing client connection ",
        "heartbeats, shunning it", "Shunning server ", "Detected an offline server during", "Detected a lagging server during", "Ping timeout during ", "Failed to mysql_real_connect() on ",
        "Connect timeout on ", "read_only checks. Assuming read_only", "KILL QUERY ", "KILL CONNECTION ", "ProxySQL crashed. Restarting", "Angel process started ProxySQL", "Received TERM signal: shutdown in progress",
        "Unshunning server ", "Max connect timeout reached while reaching hostgroup ", " has no servers available!", "Got error: mmsd ", "Got error. mmsd ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (text.Contains("PgSQL_", StringComparison.Ordinal) || !IsOurs(text))
            return false;
        Sighting? found = Broken(line) ?? Closed(line) ?? Shunned(line) ?? Refused(line) ?? Killed(line) ?? Process(line);
        if (found is not null)
            findings.Add(found);
        return found is not null;
    }

    /// <summary>Words of its own, or its prefix: the source file and the level in brackets.</summary>
    private static bool IsOurs(ReadOnlySpan<char> text) =>
        text.Contains(".cpp:", StringComparison.Ordinal) || text.Contains("[ERROR]", StringComparison.Ordinal) || text.Contains("[WARNING]", StringComparison.Ordinal)
        || text.Contains("[INFO]", StringComparison.Ordinal) || text.Contains("ProxySQL", StringComparison.Ordinal) || text.Contains("proxysql", StringComparison.Ordinal);

    /// <summary>"Detected a broken connection while running query on (102,db1,3301,254029) , FD (...) , user u , last_used 77620ms ago : 2013, Lost ..."</summary>
    private static Sighting? Broken(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (text.IndexOf("Detected a broken connection ", StringComparison.Ordinal) is var at and >= 0)
        {
            ReadOnlySpan<char> rest = text[(at + "Detected a broken connection ".Length)..];
            int on = rest.IndexOf(" on ", StringComparison.Ordinal);
            Sighting sighting = Of(line, Sign.ProxyBackendLost, Stack) with
            {
                State = Shown.Of(on is > 0 and < 60 ? rest[..on] : "broken"), Idle = Milliseconds(After(rest, "last_used ")), Code = Code(rest),
                User = Between(rest, ", user ", " ,") is { IsEmpty: false } user ? Shown.Of(user) : null,
            };
            return on < 0 ? sighting : Backend(sighting, rest[(on + 4)..]);
        }
        if (text.Contains(" mmsd ", StringComparison.Ordinal))
            return Of(line, Sign.ProxyBackendLost, Stack) with { State = "monitor" };
        if (Between(text, "Detected broken idle connection on ", "") is { IsEmpty: false } idle)
            return (Of(line, Sign.ProxyBackendLost, Stack) with { State = "idle" }).WithServer(First(idle));
        if (Between(text, "Ping timeout during ", "") is { IsEmpty: false } ping && ping.IndexOf(" on ", StringComparison.Ordinal) is var where and >= 0)
            return Backend(Of(line, Sign.ProxyBackendLost, Stack) with { State = "ping timeout", Elapsed = After(ping, " after ") is { } us ? Milliseconds(us / 1000) : null }, ping[(where + 4)..]);
        foreach (string kind in (ReadOnlySpan<string>)["an offline", "a lagging"])
            if (Between(text, $"Detected {kind} server during ", "") is { IsEmpty: false } during && during.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0)
                return Backend(Of(line, Sign.ProxyBackendLost, Stack) with { State = kind[(kind.IndexOf(' ') + 1)..] }, during[(colon + 2)..]);
        return null;
    }

    private static Sighting? Closed(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "Closing unhealthy client connection ", "") is { IsEmpty: false } unhealthy)
            return (Of(line, Sign.ProxyBackendLost, Stack) with { State = "unhealthy" }).WithClient(First(unhealthy));
        if (Between(text, "Closing killed client connection ", "") is { IsEmpty: false } killed)
            return HasReason(line, First(killed)) ? null : (Of(line, Sign.KillLogged, Stack) with { State = "CONNECTION" }).WithClient(First(killed));
        if (Between(text, "Killing client connection ", "") is not { IsEmpty: false } rest)
            return null;
        Sighting closed = Of(line, Sign.ProxyIdleClosed, Stack).WithClient(First(rest));
        if (After(rest, "because inactive for ") is { } idle)
            return closed with { Idle = Milliseconds(idle), State = "wait_timeout" };
        if (After(rest, "transaction idle for ") is { } open)
            return closed with { Idle = Milliseconds(open), State = "max_transaction_idle_time" };
        if (After(rest, "transaction running for ") is { } running)
            return closed with { Sign = Sign.ProxyQueryTimedOut, Elapsed = Milliseconds(running), State = "max_transaction_time" };
        return rest.Contains("offline backends", StringComparison.Ordinal) ? closed with { Sign = Sign.ProxyBackendLost, State = "offline" } : null;
    }

    /// <summary>Its own limits say why on a line before; what comes without one was killed by somebody.</summary>
    private static bool HasReason(LogLine line, ReadOnlySpan<char> client)
    {
        for (int back = 1; back <= ReasonWithin; back++)
            if (line.Line(-back) is { IsEmpty: false } before && before.Contains("Killing client connection ", StringComparison.Ordinal) && before.Contains(client, StringComparison.Ordinal))
                return true;
        return false;
    }

    private static Sighting? Shunned(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        int missed = text.IndexOf(" missed ", StringComparison.Ordinal);
        if (missed > 0 && Between(text, "Server ", " missed ") is { IsEmpty: false } server)
            return text.Contains("heartbeats", StringComparison.Ordinal)
                ? Down(line, server, $"missed {After(text, " missed ")} heartbeats")
                : (Of(line, Sign.RoleChanged, Stack) with { State = "read_only", Subject = Shown.Of(server) }).WithServer(server);
        if (Between(text, "Unshunning server ", "") is { IsEmpty: false } back)
            return (Of(line, Sign.ProxyServerUp, Stack) with { Subject = Shown.Of(First(back)) }).WithServer(First(back));
        if (text.Contains("Not shunning server", StringComparison.Ordinal) || Between(text, "Shunning server ", "") is not { IsEmpty: false } shunned)
            return null;
        return After(shunned, "replication lag of ") is { } lag ? Down(line, First(shunned), $"replication lag of {lag} s")
            : After(shunned, " with ") is { } errors ? Down(line, First(shunned), $"{errors} errors/sec")
            : Down(line, First(shunned), null);
    }

    private static Sighting Down(LogLine line, ReadOnlySpan<char> server, string? reason) =>
        (Of(line, Sign.ProxyServerDown, Stack) with { State = reason, Subject = Shown.Of(server.TrimEnd(". ")) }).WithServer(server.TrimEnd(". "));

    /// <summary>"Failed to mysql_real_connect() on 1:10.0.0.1:3306 , FD (Conn:0 , MyDS:40) , 2003: Can't connect to MySQL server on '10.0.0.1' (111)."</summary>
    private static Sighting? Refused(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "Failed to mysql_real_connect() on ", "") is { IsEmpty: false } failed)
        {
            ReadOnlySpan<char> place = First(failed);
            // 2.x writes the hostgroup before the host.
            if (place.Count(':') == 2 && Number(place) is not null && !place[..place.IndexOf(':')].Contains('.'))
                place = place[(place.IndexOf(':') + 1)..];
            int open = failed.LastIndexOf('(');
            long? errno = open >= 0 ? Number(failed[(open + 1)..]) : null;
            return (Of(line, Sign.ProxyConnectFailed, Stack) with { Code = Code(failed), Errno = Errno(errno) }).WithServer(place);
        }
        if (After(text, "Max connect timeout reached while reaching hostgroup ") is { } group)
            return Of(line, Sign.ProxyQueueTimedOut, Stack) with { Code = 9001, Subject = $"hostgroup {group}", Elapsed = Milliseconds(After(Between(text, "reaching hostgroup ", ""), " after ")) };
        if (Between(text, "Hostgroup ", " has no servers available!") is { IsEmpty: false, Length: < 12 } empty)
            return Of(line, Sign.ProxyNoServer, Stack) with { Subject = $"hostgroup {Shown.Of(empty)}" };
        return Between(text, "Connect timeout on ", "") is { IsEmpty: false } late
            ? (Of(line, Sign.ProxyConnectFailed, Stack) with { State = "timeout", Elapsed = After(late, "exceeded by ") is null ? After(late, " = ") is { } us ? Milliseconds(us / 1000) : null : null }).WithServer(First(late))
            : null;
    }

    /// <summary>"KILL QUERY 123 on 10.0.0.1:3306": its own limit, or a client that left.</summary>
    private static Sighting? Killed(LogLine line)
    {
        foreach (string what in (ReadOnlySpan<string>)["QUERY", "CONNECTION"])
            if (After(line.Text, $"KILL {what} ") is { } id and <= uint.MaxValue && Between(line.Text, $"KILL {what} {id} on ", "") is { IsEmpty: false } server)
                return (Of(line, Sign.KillLogged, Stack) with { ThreadId = (uint)id, State = what, User = Stack }).WithServer(First(server));
        return null;
    }

    private static Sighting? Process(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (text.Contains("ProxySQL crashed. Restarting", StringComparison.Ordinal))
            return Of(line, Sign.UnitDied, Stack) with { Subject = Stack };
        return text.Contains("Angel process started ProxySQL", StringComparison.Ordinal) || text.Contains("Received TERM signal: shutdown", StringComparison.Ordinal)
            ? Of(line, Sign.ProxyReloaded, Stack) with { Subject = Stack }
            : null;
    }

    /// <summary>"(102,db1,3301,254029)", "server db1, 3306", "db1 , 3306", "db1:3306".</summary>
    private static Sighting Backend(Sighting sighting, ReadOnlySpan<char> text)
    {
        if (text.StartsWith("server ", StringComparison.Ordinal))
            text = text[7..];
        if (text.Length > 0 && text[0] == '(')
        {
            int close = text.IndexOf(')');
            Span<Range> parts = stackalloc Range[6];
            ReadOnlySpan<char> inside = close < 0 ? text[1..] : text[1..close];
            int count = inside.Split(parts, ',');
            return count < 3 ? sighting : Place(sighting with { ThreadId = count > 3 && Number(inside[parts[3]].Trim()) is { } id and > 0 and <= uint.MaxValue ? (uint)id : null }, inside[parts[1]], inside[parts[2]]);
        }
        ReadOnlySpan<char> first = First(text);
        if (first.Contains(':'))
            return sighting.WithServer(first);
        int comma = text.IndexOf(',');
        return comma < 0 ? sighting : Place(sighting, text[..comma], text[(comma + 1)..].Trim());
    }

    private static Sighting Place(Sighting sighting, ReadOnlySpan<char> host, ReadOnlySpan<char> port) =>
        host.Length is > 0 and < 256 && Number(port) is { } number and <= 65535 ? sighting with { ServerHost = Shown.Of(host), ServerPort = (int)number } : sighting;

    /// <summary>The client library's error: " : 2013, Lost connection", " , 2003: Can't connect".</summary>
    private static int? Code(ReadOnlySpan<char> text)
    {
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(':', ',') is var found and >= 0;)
        {
            int at = from + found + 1;
            from = at;
            if (at + 5 < text.Length && text[at] == ' ' && char.IsAsciiDigit(text[at + 1]) && Number(text[(at + 1)..]) is { } code and >= 1000 and < 10000 && text[at + 5] is ',' or ':')
                return (int)Number(text[(at + 1)..])!;
        }
        return null;
    }

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> text) => text.IndexOfAny(' ', '\t') is var end and >= 0 ? text[..end].TrimEnd('.') : text.TrimEnd(". \r");
}
