using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>nginx as a TCP proxy (stream): its error log, and access logs in the format of the manual's example. Only MySQL's ports are told.</summary>
internal sealed class NginxStreamLog : LineReader
{
    private const string Stack = "nginx";

    public override string Kind => "nginx stream log";

    // Only the stream module counts bytes on both sides in each message.
    public override IReadOnlyList<string> Triggers { get; } = ["bytes from/to client:", "while connecting to upstream, client: ", "] TCP "];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        Sighting? found = text.Contains("] TCP ", StringComparison.Ordinal) ? Access(line) : Error(line);
        if (found is not null)
            findings.Add(found);
        return found is not null;
    }

    /// <summary>"*5 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.5, server: 0.0.0.0:3306, upstream: "10.0.0.1:3306", bytes ..."</summary>
    private static Sighting? Error(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        ReadOnlySpan<char> listen = Between(text, ", server: ", ","), upstream = Between(text, "upstream: \"", "\"");
        if (text.Contains(", request: \"", StringComparison.Ordinal) || !IsMySql(listen) && !IsMySql(upstream))
            return null;
        int? errno = After(text, " (") is { } number && text.Contains(": Connection ", StringComparison.Ordinal) ? Errno(number) : ErrnoIn(text);
        (Sign Sign, string? State)? what = What(text);
        if (what is not { } told)
            return null;
        ReadOnlySpan<char> client = Between(text, "client: ", ",");
        Sighting sighting = Of(line, told.Sign, Stack) with
        {
            State = told.State, Errno = told.Sign is Sign.ProxyIdleClosed or Sign.ProxySessionEnded ? null : errno, Subject = listen.IsEmpty ? null : Shown.Of(listen),
            ClientHost = client.IsEmpty || Address.TrySplit(client, out _, out _) ? null : Shown.Of(client),
        };
        return (Address.TrySplit(client, out _, out _) ? sighting.WithClient(client) : sighting).WithServer(upstream);
    }

    private static (Sign, string?)? What(ReadOnlySpan<char> text)
    {
        if (text.Contains("no live upstreams", StringComparison.Ordinal))
            return (Sign.ProxyNoServer, null);
        if (text.Contains("while connecting to upstream", StringComparison.Ordinal))
            return (Sign.ProxyConnectFailed, text.Contains("timed out", StringComparison.Ordinal) ? "timeout" : null);
        if (text.Contains("PROXY protocol", StringComparison.Ordinal))
            return (Sign.ProxyHeaderRefused, null);
        if (text.Contains("client disconnected, ", StringComparison.Ordinal))
            return (Sign.ProxySessionEnded, "--");
        if (text.Contains("upstream disconnected, ", StringComparison.Ordinal))
            return (Sign.ProxySessionEnded, "--");
        // Both directions silent for proxy_timeout.
        if (text.Contains("timed out", StringComparison.Ordinal) && text.Contains(" while proxying ", StringComparison.Ordinal))
            return (Sign.ProxyIdleClosed, "proxy_timeout");
        if (text.Contains("while proxying and reading from client", StringComparison.Ordinal) || text.Contains("while proxying and sending to client", StringComparison.Ordinal))
            return (Sign.ProxyClientLost, null);
        return text.Contains("while proxying ", StringComparison.Ordinal) || text.Contains("upstream prematurely closed", StringComparison.Ordinal) ? (Sign.ProxyBackendLost, null) : null;
    }

    private static int? ErrnoIn(ReadOnlySpan<char> text)
    {
        int open = text.IndexOf(" (", StringComparison.Ordinal);
        return open < 0 || text[(open + 2)..].IndexOf(':') is < 1 or > 3 ? null : Errno(Number(text[(open + 2)..]));
    }

    /// <summary>"10.0.0.5 [20/Nov/2026:10:00:00 +0000] TCP 200 4294 1234 600.003 "10.0.0.1:3306" ..."</summary>
    private static Sighting? Access(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        ReadOnlySpan<char> rest = Between(text, "] TCP ", "");
        int quote = rest.IndexOf('"');
        if (rest.Length < 4 || rest[3] != ' ' || Number(rest) is not ({ } status and (200 or 400 or 403 or 500 or 502 or 503)) || quote < 0)
            return null;
        ReadOnlySpan<char> upstream = rest[(quote + 1)..];
        upstream = upstream.IndexOf('"') is var end and >= 0 ? upstream[..end] : upstream;
        // Several that were tried are separated by commas; the last is the one that held.
        upstream = upstream[(upstream.LastIndexOf(' ') + 1)..];
        if (!IsMySql(upstream))
            return null;
        ReadOnlySpan<char> head = text.TrimStart();
        int space = head.IndexOf(' ');
        Sighting sighting = Of(line, status is 502 or 503 ? Sign.ProxyConnectFailed : Sign.ProxySessionEnded, Stack) with
        {
            State = status == 200 ? null : $"nginx: {status}", Elapsed = SessionTime(rest[..quote]), ClientHost = space > 0 && head[..space].IndexOfAny('.', ':') > 0 ? Shown.Of(head[..space]) : null,
        };
        return sighting.WithServer(upstream);
    }

    /// <summary>Seconds with thousandths, as no other of its numbers are.</summary>
    private static TimeSpan? SessionTime(ReadOnlySpan<char> fields)
    {
        foreach (Range range in fields.Split(' '))
            if (fields[range].IndexOf('.') == fields[range].Length - 4 && fields[range].Length > 4
                && double.TryParse(fields[range], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out double seconds) && seconds < 1e9)
                return TimeSpan.FromSeconds(seconds);
        return null;
    }

    private static bool IsMySql(ReadOnlySpan<char> address) => Address.TrySplitName(address, out _, out int port) && Address.IsMySqlPort(port);
}
