using System.Globalization;
using GoneAway.Evidence.Logs;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary><c>show servers state</c> (also a server-state file) and <c>show sess</c>.</summary>
internal static class RuntimeLists
{
    private static readonly string[] Administrative = ["maintenance", "maintenance of a tracked server", "maintenance by the configuration", "drained", "drained with a tracked server", "no address (DNS)", "its name was changed"];

    /// <summary>"# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state ..."; the columns by their names, as versions add some.</summary>
    public static int TryState(Passage passage, int at, Stamp? taken, Findings findings)
    {
        string[] names = passage.Lines[at].Trim(' ', '#', '>', '|').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int name = Array.IndexOf(names, "srv_name"), back = Array.IndexOf(names, "be_name"), op = Array.IndexOf(names, "srv_op_state");
        if (name < 0 || back < 0 || op < 0)
            return 0;
        int next = at + 1;
        for (; next < passage.Lines.Count; next++)
        {
            string[] cells = passage.Lines[next].Trim(' ', '>', '|').Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length <= Math.Max(op, name) || !char.IsAsciiDigit(cells[0][0]))
                break;
            Server(index => index >= 0 && index < cells.Length ? cells[index] : null, names, passage.At(next), taken, findings);
        }
        return next - at;
    }

    private static void Server(Func<int, string?> cell, string[] names, string source, Stamp? taken, Findings findings)
    {
        string back = Text("be_name") ?? "", server = Text("srv_name") ?? "", scope = $"server {back}/{server}";
        int? port = Number("srv_port") is > 0 and <= 65535 and var number ? (int)number : null;
        if (port is { } known && HaProxyCarriers.IsOther(known))
            return;
        foreach (string column in (ReadOnlySpan<string>)["srv_op_state", "srv_admin_state", "srv_time_since_last_change", "srv_check_result"])
            if (Number(column) is { } value)
                findings.Add(new Fact(FactKind.Proxy, column, value.ToString(CultureInfo.InvariantCulture), taken, source) { Scope = Shown.Of(scope) });
        if (Text("srv_addr") is { } address and not "-")
            findings.Add(new Fact(FactKind.Proxy, "addr", Shown.Of(port is null ? address : $"{address}:{port}"), taken, source) { Scope = Shown.Of(scope) });
        long admin = Number("srv_admin_state") ?? 0;
        if (Number("srv_op_state") is not 0)
            return;
        TimeSpan? since = Number("srv_time_since_last_change") is >= 0 and < 1_000_000_000 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
        string reason = admin is > 0 and < 128 ? Administrative[long.Log2(admin)] : Number("srv_check_result") is 2 ? "failed checks" : "stopped";
        findings.Add(new Sighting
        {
            Sign = Sign.ProxyServerDown, Origin = Origin.Proxy, Source = source, Stack = ["haproxy"], Text = Shown.Of($"{back}/{server} is stopped{(since is { } age ? $" since {age.TotalSeconds:0} s" : "")}: {reason}"), Elapsed = since,
            Stamp = taken is { } now && since is { } ago && now.Clock.Ticks > ago.Ticks ? now with { Clock = now.Clock - ago } : null, State = reason, Subject = Shown.Of($"{back}/{server}"),
            ServerHost = Text("srv_addr") is { } host and not "-" ? Shown.Of(host) : null, ServerPort = port,
        });

        string? Text(string column) => cell(Array.IndexOf(names, column));
        long? Number(string column) => long.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    /// <summary>"0x56216d483b90: proto=tcpv4 src=127.0.0.1:41736 fe=my2 be=my2 srv=q ts=00 age=1h2m ...": how many there are, and how old the oldest is.</summary>
    public static int TrySessions(Passage passage, int at, Stamp? taken, Findings findings)
    {
        var fronts = new SortedDictionary<string, (int Count, double Oldest, string Source)>(StringComparer.Ordinal);
        int next = at;
        for (; next < passage.Lines.Count && IsSession(passage.Lines[next]); next++)
        {
            string front = Keyed.Value(passage.Lines[next], "fe").ToString();
            if (front is "" or "GLOBAL")
                continue;
            double age = Seconds(Keyed.Value(passage.Lines[next], "age")) ?? 0;
            (int Count, double Oldest, string Source) known = fronts.GetValueOrDefault(front, (0, 0, passage.At(next)));
            fronts[front] = (known.Count + 1, Math.Max(known.Oldest, age), known.Source);
        }
        foreach ((string front, (int count, double oldest, string source)) in fronts)
        {
            findings.Add(new Fact(FactKind.Proxy, "sessions", count.ToString(CultureInfo.InvariantCulture), taken, source) { Scope = "frontend " + Shown.Of(front) });
            findings.Add(new Fact(FactKind.Proxy, "oldest session", oldest.ToString(CultureInfo.InvariantCulture), taken, source) { Scope = "frontend " + Shown.Of(front) });
        }
        return next - at;
    }

    private static bool IsSession(string line) =>
        line.AsSpan().TrimStart(" >|").StartsWith("0x", StringComparison.Ordinal) && line.Contains(": proto=", StringComparison.Ordinal) && line.Contains(" fe=", StringComparison.Ordinal) && line.Contains(" ts=", StringComparison.Ordinal);

    /// <summary>"1d2h", "3m12s", "0s".</summary>
    private static double? Seconds(ReadOnlySpan<char> text)
    {
        double seconds = 0, number = 0;
        bool any = false;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = number * 10 + (c - '0');
                continue;
            }
            double? unit = c switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => null };
            if (unit is null || number > 1e9)
                return null;
            seconds += number * unit.Value;
            (number, any) = (0, true);
        }
        return any ? seconds : null;
    }
}
