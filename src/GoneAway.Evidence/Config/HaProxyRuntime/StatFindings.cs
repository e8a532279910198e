using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary>What <c>show stat</c> tells of the proxies that carry MySQL: counters, servers that are down, limits that were reached.</summary>
internal static class StatFindings
{
    private static readonly string[] Told =
    [
        "status", "qcur", "qmax", "scur", "smax", "slim", "stot", "qlimit", "econ", "eresp", "ereq", "dreq", "wretr", "wredis", "cli_abrt", "srv_abrt", "chkfail", "chkdown", "lastchg", "downtime", "lastsess",
        "check_status", "check_code", "last_chk", "act", "bck", "qtime_max", "ctime_max", "ttime_max", "mode", "addr", "dcon", "dses", "throttle",
    ];

    public static void Tell(List<RuntimeRow> rows, Stamp? taken, Findings findings)
    {
        foreach (RuntimeRow row in Carriers(rows))
        {
            foreach (string column in Told)
                // The slim of a backend is its fullconn: a scale for minconn, no limit.
                if (row[column] is { } value && !(row.IsBack && column == "slim"))
                    findings.Add(new Fact(FactKind.Proxy, column, Shown.Of(value), taken, row.Source) { Scope = Shown.Of(row.Scope) });
            Down(row, taken, findings);
            Full(row, findings);
        }
    }

    private static List<RuntimeRow> Carriers(List<RuntimeRow> rows)
    {
        var foreign = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<string, RuntimeRow> proxy in rows.GroupBy(static one => one.Proxy, StringComparer.Ordinal))
        {
            int[] ports = [.. proxy.Where(static one => one.IsServer && one.Port is not null).Select(static one => one.Port!.Value)];
            if (ports.Length > 0 && ports.All(HaProxyCarriers.IsOther))
                foreign.Add(proxy.Key);
        }
        return rows.FindAll(one => !one.IsHttp && !foreign.Contains(one.Proxy));
    }

    private static void Down(RuntimeRow row, Stamp? taken, Findings findings)
    {
        bool maintenance = row["status"]?.StartsWith("MAINT", StringComparison.Ordinal) == true, down = row["status"]?.StartsWith("DOWN", StringComparison.Ordinal) == true;
        if (row.IsFront || !down && !(maintenance && row.IsServer))
            return;
        TimeSpan? since = row.Number("lastchg") is { } seconds and >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : null;
        string? reason = maintenance ? "maintenance" : row["check_status"] is { } check ? $"{check.Trim('*', ' ')}{(row["last_chk"] is { } said ? ": " + said : "")}" : null;
        findings.Add(new Sighting
        {
            Sign = row.IsBack ? Sign.ProxyNoServer : Sign.ProxyServerDown, Origin = Origin.Proxy, Source = row.Source, Stack = ["haproxy"],
            Text = Shown.Of($"{row.Proxy}/{row.Name} is {row["status"]}{(since is { } age ? $" since {age.TotalSeconds:0} s" : "")}{(reason is null ? "" : $", {reason}")}"),
            Stamp = taken is { } now && since is { } ago && now.Clock.Ticks > ago.Ticks ? now with { Clock = now.Clock - ago } : null, Elapsed = since, State = reason is null ? null : Shown.Of(reason),
            Subject = Shown.Of(row.IsBack ? row.Proxy : $"{row.Proxy}/{row.Name}"), Code = row.Number("check_code") is > 0 and < 100_000 and var code ? (int)code : null,
        });
    }

    private static void Full(RuntimeRow row, Findings findings)
    {
        if (row.IsBack || row.Number("slim") is not (> 0 and var limit) || row.Number("smax") is not { } most || most < limit)
            return;
        string where = row.IsFront ? $"clients of {row.Scope} waited in the kernel's queue, and HAProxy logs nothing of it" : $"sessions for {row.Scope} waited in HAProxy's queue{(row.Number("qmax") is > 0 and var queued ? $", up to {queued.ToString("0", CultureInfo.InvariantCulture)} at a time" : "")}";
        findings.Add(new Hazard("proxy-queue-full", $"all {limit.ToString("0", CultureInfo.InvariantCulture)} slots of {row.Scope} were in use at some time (smax = slim): {where}", row.Source,
            "maxconn above what all pools together may open, or smaller pools."));
    }
}
