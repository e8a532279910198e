using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>What HAProxy says of itself and its servers, in its log, on its error output or in the journal.</summary>
internal static class HaProxyNotices
{
    /// <summary>Words, the sign they stand for, and what stands where the subject is.</summary>
    private static readonly (Template Words, Sign Sign)[] Messages =
    [
        (new("proxy {subject} has no server available!"), Sign.ProxyNoServer),
        (new("backend {subject} has no server available!"), Sign.ProxyNoServer),
        (new("soft-stop running for too long, performing a hard-stop"), Sign.ProxyHardStopped),
        (new("Proxy {subject} hard-stopped ({n} remaining conns will be closed)"), Sign.ProxyHardStopped),
        (new("roxy {subject} stopped (cumulated conns: "), Sign.ProxyReloaded),
        (new("roxy {subject} stopped (FE: "), Sign.ProxyReloaded),
        (new("Stopping frontend {subject} in {ms} ms"), Sign.ProxyReloaded),
        (new("Stopping backend {subject} in {ms} ms"), Sign.ProxyReloaded),
        (new("Stopping proxy {subject} in {ms} ms"), Sign.ProxyReloaded),
        (new("Reloading HAProxy"), Sign.ProxyReloaded),
        (new("Reexecuting Master process"), Sign.ProxyReloaded),
        (new("New worker {} forked"), Sign.ProxyReloaded),
        (new("Exiting Master process"), Sign.ProxyReloaded),
        (new("Stopping HAProxy Load Balancer"), Sign.ProxyReloaded),
        (new("Connect() failed for backend {subject}: no free ports"), Sign.NoSourcePort),
        (new("Proxy {subject} reached process FD limit"), Sign.ProxyQueueTimedOut),
        (new("Proxy {subject} reached system FD limit"), Sign.ProxyQueueTimedOut),
        (new("Proxy {subject} reached system memory limit"), Sign.ProxyQueueTimedOut),
        (new("Proxy {subject} reached the configured maximum connection limit"), Sign.ProxyQueueTimedOut),
    ];

    private static readonly Template Worker = new("worker {name} exited with code {code} ({reason})");

    public static IReadOnlyList<string> Triggers { get; } =
    [
        " has no server available!", "soft-stop running for", "hard-stopped (", "stopped (cumulated", "stopped (FE: ", "Stopping frontend ", "Stopping backend ", "Stopping proxy ",
        "Reloading HAProxy", "Reexecuting Master", "New worker ", "exited with code ", "Exiting Master process", "Stopping HAProxy", ": no free ports",
        "reached process FD limit", "reached system FD limit", "reached system memory limit", "the configured maximum connection limit",
        " is DOWN", " is going DOWN", " is UP", "Health check for ",
    ];

    public static bool TryRead(LogLine line, bool tagged, int? pid, Findings findings)
    {
        if (TryHealth(line, tagged, pid, findings) || TryWorker(line, tagged, pid, findings))
            return true;
        foreach ((Template words, Sign sign) in Messages)
        {
            if (!words.TryMatch(line.Text, out Template.Matched matched))
                continue;
            ReadOnlySpan<char> subject = matched.Text(line.Text, "subject").Trim(" '\"");
            // Names of proxies have no spaces; a sentence of something else has.
            if (subject.Contains(' '))
                continue;
            findings.Add(Notice(line, sign, pid) with { Subject = subject.IsEmpty ? null : Shown.Of(subject), Size = matched.Number(line.Text, "n") });
            return true;
        }
        return false;
    }

    /// <summary>"fe/1: SSL handshake failure": the client was refused before any session began.</summary>
    public static bool TryRefused(LogLine line, int bracket, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        ReadOnlySpan<char> said = text[bracket..];
        Sign sign;
        if (said.Contains("look like a PROXY protocol header", StringComparison.Ordinal) || said.Contains("waiting for PROXY protocol header", StringComparison.Ordinal) || said.Contains("PROXY protocol header", StringComparison.Ordinal))
            sign = Sign.ProxyHeaderRefused;
        else if (said.Contains("SSL handshake", StringComparison.Ordinal) || said.Contains("SSL client CA", StringComparison.Ordinal))
            sign = Sign.TlsFailed;
        else
            return false;
        ReadOnlySpan<char> before = text[..bracket].TrimEnd();
        bool known = Address.TrySplit(before[(before.LastIndexOf(' ') + 1)..], out string host, out int port);
        ReadOnlySpan<char> frontend = said[(said.IndexOf(']') + 1)..].TrimStart();
        int end = frontend.IndexOfAny('/', ':');
        findings.Add(Notice(line, sign, null) with
        {
            Stamp = Stamps.TryFind(said[1..], out Stamp stamp) ? stamp : line.Stamp, ClientHost = known ? host : null, ClientPort = known ? port : null,
            Subject = end > 0 && end < 100 ? frontend[..end].ToString() : null,
        });
        return true;
    }

    /// <summary>"Server be/s1 is DOWN, reason: Layer7 wrong status, code: 1129, info: "Host is blocked", check duration: 0ms."</summary>
    private static bool TryHealth(LogLine line, bool tagged, int? pid, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int at = text.IndexOf("erver ", StringComparison.Ordinal);
        bool check = at < 0 && text.Contains("Health check for ", StringComparison.Ordinal);
        if (at < 1 && !check)
            return false;
        ReadOnlySpan<char> rest = text[(at + 6)..];
        int space = rest.IndexOf(' ');
        if (space < 3 || space > 300)
            return false;
        ReadOnlySpan<char> name = rest[..space];
        ReadOnlySpan<char> said = rest[space..];
        if (name.IndexOf('/') < 1 || name[^1] == '/' || name.Contains(':') || !tagged && !Known(said))
            return false;
        Sign sign;
        if (text.Contains("Health check for ", StringComparison.Ordinal))
        {
            // One failed check of several: worth telling only when the server is not up any more.
            if (!said.Contains(" failed, ", StringComparison.Ordinal) || !said.Contains(" DOWN.", StringComparison.Ordinal))
                return said.Contains(" failed, ", StringComparison.Ordinal) || said.Contains(" succeeded, ", StringComparison.Ordinal);
            sign = Sign.ProxyServerDown;
        }
        else if (said.Contains(" is DOWN", StringComparison.Ordinal) || said.Contains(" is going DOWN", StringComparison.Ordinal) || said.Contains(" was DOWN and now ", StringComparison.Ordinal))
            sign = Sign.ProxyServerDown;
        else if (said.Contains(" is UP", StringComparison.Ordinal))
            sign = Sign.ProxyServerUp;
        else
            return false;
        findings.Add(Notice(line, sign, pid) with { Subject = Shown.Of(name), State = Reason(said), Code = Number(said, "code: "), Elapsed = Duration(said) });
        return true;
    }

    private static bool Known(ReadOnlySpan<char> said) =>
        said.Contains(", reason: ", StringComparison.Ordinal) || said.Contains(" active and ", StringComparison.Ordinal) || said.Contains("maintenance", StringComparison.Ordinal);

    /// <summary>Reason with the server's own words: <c>Layer7 wrong status: Host is blocked</c>; else what is said in its place.</summary>
    private static string? Reason(ReadOnlySpan<char> said)
    {
        int at = said.IndexOf("reason: ", StringComparison.Ordinal);
        if (at < 0)
            return said.Contains("maintenance", StringComparison.Ordinal) ? "maintenance" : null;
        ReadOnlySpan<char> reason = said[(at + 8)..];
        int end = reason.IndexOfAny(',', '.');
        string text = Shown.Of(end < 0 ? reason : reason[..end]);
        int info = said.IndexOf("info: \"", StringComparison.Ordinal);
        if (info < 0)
            return text;
        ReadOnlySpan<char> words = said[(info + 7)..];
        int close = words.IndexOf("\", check", StringComparison.Ordinal);
        if (close < 0)
            close = words.LastIndexOf('"');
        return $"{text}: {Shown.Of(close < 0 ? words : words[..close])}";
    }

    private static int? Number(ReadOnlySpan<char> said, string key)
    {
        int at = said.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return null;
        ReadOnlySpan<char> rest = said[(at + key.Length)..];
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? rest : rest[..end], out int number) ? number : null;
    }

    private static TimeSpan? Duration(ReadOnlySpan<char> said) => Number(said, "check duration: ") is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    /// <summary>A worker that ended with a signal took all its sessions with it.</summary>
    private static bool TryWorker(LogLine line, bool tagged, int? pid, Findings findings)
    {
        if (!Worker.TryMatch(line.Text, out Template.Matched matched) || matched.Number(line.Text, "code") is not { } code)
            return false;
        if (!tagged && !line.Text.Contains("Former worker", StringComparison.Ordinal) && !line.Text.Contains("Current worker", StringComparison.Ordinal))
            return false;
        bool orderly = code is 0 or 130 or 143;
        findings.Add(Notice(line, orderly ? Sign.ProxyReloaded : Sign.UnitDied, pid) with
        {
            Subject = "haproxy", Code = orderly ? null : (int)Math.Min(code, 255), State = orderly ? null : Shown.Of(matched.Text(line.Text, "reason")),
        });
        return true;
    }

    private static Sighting Notice(LogLine line, Sign sign, int? pid) => new()
    {
        Sign = sign, Origin = Origin.Proxy, Source = line.Source, Text = Shown.Of(line.Text), Stamp = line.Stamp, Pid = pid, Stack = ["haproxy"],
    };
}
