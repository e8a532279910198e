using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>MySQL Router's log, 2.x to 9.x: destinations it could not reach, limits, clients it blocks.</summary>
internal sealed class MySqlRouterLog : LineReader
{
    private const string Stack = "mysqlrouter";

    public override string Kind => "MySQL Router log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "No available servers found for ", " servers found for '", "connecting to backend(s) for client from ", "Can't connect to remote MySQL server for client", "reached max active connections (",
        "Too many connection errors from ", "blocking client host ", "Stop accepting connections for routing ", "Start accepting connections for routing ", "Failed connecting with Metadata Server ",
        "Failed fetching metadata from any of the ", " to quarantine", "connections for routing ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        if (!IsOurs(line.Text))
            return false;
        Sighting? found = Unreachable(line) ?? Refused(line) ?? Accepting(line);
        if (found is not null)
            findings.Add(found);
        return found is not null;
    }

    /// <summary>"2025-09-10 17:40:55 routing WARNING [7f37017fa640] ..."; the words alone may be what a client was told.</summary>
    private static bool IsOurs(ReadOnlySpan<char> text)
    {
        foreach (string level in (ReadOnlySpan<string>)[" ERROR [", " WARNING [", " INFO [", " NOTE [", " SYSTEM [", " DEBUG ["])
            if (text.Contains(level, StringComparison.Ordinal))
                return true;
        return text.Contains("[routing:", StringComparison.Ordinal) || text.Contains("mysqlrouter", StringComparison.Ordinal);
    }

    private static Sighting? Unreachable(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "No available servers found for ", " routing") is { IsEmpty: false, Length: < 100 } role)
            return Of(line, Sign.ProxyNoServer, Stack) with { Subject = Shown.Of(role) };
        if (text.Contains("No available ", StringComparison.Ordinal) && Between(text, " servers found for '", "'") is { IsEmpty: false, Length: < 100 } cluster)
            return Of(line, Sign.ProxyNoServer, Stack) with { Subject = Shown.Of(cluster) };
        if (text.Contains("Failed fetching metadata from any of the ", StringComparison.Ordinal))
            return Of(line, Sign.ProxyNoServer, Stack) with { State = "metadata" };
        if (Between(text, "connecting to backend(s) for client from ", "") is { IsEmpty: false } rest)
            return (Of(line, Sign.ProxyConnectFailed, Stack) with { Subject = Routing(text), State = Between(rest, " failed: ", "") is { IsEmpty: false } why ? Shown.Of(why) : null, Errno = ErrnoOf(rest) })
                .WithClient(rest.IndexOf(' ') is var end and > 0 ? rest[..end] : rest);
        if (text.Contains("Can't connect to remote MySQL server for client", StringComparison.Ordinal))
            return Of(line, Sign.ProxyConnectFailed, Stack) with { Code = 2003, Subject = Routing(text) };
        if (Between(text, "Failed connecting with Metadata Server ", ": ") is { IsEmpty: false } metadata)
            return (Of(line, Sign.ProxyServerDown, Stack) with { Subject = Shown.Of(metadata), State = "metadata: " + Shown.Of(Between(text, "Metadata Server " + metadata.ToString() + ": ", "")) }).WithServer(metadata);
        return null;
    }

    private static int? ErrnoOf(ReadOnlySpan<char> text) =>
        text.Contains("Connection refused", StringComparison.Ordinal) ? 111 : text.Contains("timed out", StringComparison.Ordinal) ? 110 : text.Contains("No route to host", StringComparison.Ordinal) ? 113 : null;

    private static Sighting? Refused(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (After(text, "reached max active connections (") is { } count)
            return Of(line, Sign.ProxyQueueTimedOut, Stack) with { Subject = Routing(text), Size = After(text, " max=") ?? count };
        foreach (string words in (ReadOnlySpan<string>)["Too many connection errors from ", "blocking client host "])
            if (Between(text, words, "") is { IsEmpty: false } client)
            {
                ReadOnlySpan<char> host = client.IndexOf(' ') is var end and > 0 ? client[..end] : client;
                Sighting blocked = Of(line, Sign.HostBlockedLogged, Stack) with { Code = 1129, Subject = Routing(text) };
                return Address.TrySplit(host, out _, out _) ? blocked.WithClient(host) : blocked with { ClientHost = Shown.Of(host) };
            }
        return null;
    }

    /// <summary>The port is closed while no destination is left, and opened again when one is.</summary>
    private static Sighting? Accepting(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "Stop accepting connections for routing ", " listening") is { IsEmpty: false } stopped)
            return Of(line, Sign.ProxyNoServer, Stack) with { Subject = Shown.Of(stopped), State = "not accepting" };
        if (Between(text, "Start accepting connections for routing ", " listening") is { IsEmpty: false } started)
            return Of(line, Sign.ProxyServerUp, Stack) with { Subject = Shown.Of(started) };
        return text.Contains(" to quarantine", StringComparison.Ordinal) && Between(text, "destination '", "'") is { IsEmpty: false } destination
            ? (Of(line, Sign.ProxyServerDown, Stack) with { Subject = Shown.Of(destination), State = "quarantined" }).WithServer(destination)
            : null;
    }

    private static string? Routing(ReadOnlySpan<char> text) => Between(text, "[routing:", "]") is { IsEmpty: false, Length: < 100 } name ? "routing:" + Shown.Of(name) : null;
}
