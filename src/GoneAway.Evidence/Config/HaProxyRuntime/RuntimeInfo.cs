using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary><c>show info</c>, plain or typed: limits of the process, and how near it is to them.</summary>
internal static class RuntimeInfo
{
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal)
    {
        "Version", "Nbthread", "Nbproc", "Process_num", "Pid", "Uptime_sec", "Ulimit-n", "Maxsock", "Hard_maxconn", "CurrConns", "CumConns", "ConnRate", "ConnRateLimit", "MaxConnRate", "SessRateLimit", "MaxSessRate", "Maxpipes", "Idle_pct",
        "Stopping", "Jobs", "Unstoppable Jobs", "Listeners", "DroppedLogs", "FailedResolutions", "Run_queue", "PoolFailed", "Start_time_sec", "Memmax_MB", "Tainted", "node",
    };

    /// <returns>Lines used; 0 when it does not begin at that line.</returns>
    public static int TryRead(Passage passage, int at, Stamp? taken, Findings findings)
    {
        if (!TryField(passage.Lines[at], out string first, out string program) || first != "Name" || !program.Contains("haproxy", StringComparison.OrdinalIgnoreCase))
            return 0;
        var values = new Dictionary<string, (string Value, string Source)>(StringComparer.Ordinal);
        int next = at + 1;
        for (; next < passage.Lines.Count && TryField(passage.Lines[next], out string name, out string value); next++)
            values.TryAdd(name, (value, passage.At(next)));
        if (!values.ContainsKey("Version") && !values.ContainsKey("Maxconn") && !values.ContainsKey("Uptime_sec"))
            return 0;
        foreach ((string name, (string value, string source)) in values)
            if (name == "Maxconn" || Told.Contains(name))
                findings.Add(new Fact(FactKind.Proxy, name == "Maxconn" ? "maxconn" : name, Shown.Of(value), taken, source) { Scope = "global" });
        Judge(values, taken, findings);
        return next - at;
    }

    private static void Judge(Dictionary<string, (string Value, string Source)> values, Stamp? taken, Findings findings)
    {
        if (Number("CurrConns") is { } open && Number("Maxconn") is > 0 and var limit && open >= limit * 0.95)
            findings.Add(new Hazard("proxy-queue-full", $"HAProxy has {open} of {limit} connections open (CurrConns, Maxconn): further clients wait in the kernel's queue, and it logs nothing of it", values["CurrConns"].Source,
                "global maxconn above what all pools together may open, with a limit of descriptors (ulimit-n) of more than twice as many."));
        if (Number("Stopping") is 1)
            findings.Add(new Sighting
            {
                Sign = Sign.ProxyReloaded, Origin = Origin.Proxy, Source = values["Stopping"].Source, Stack = ["haproxy"], Stamp = taken, Pid = (int?)Number("Pid"), Subject = "haproxy",
                Text = "Stopping: 1 (this process was replaced by a reload and goes on with the sessions it has)", State = "stopping",
            });
        if (Number("DroppedLogs") is > 0 and var lost)
            findings.Note($"HAProxy could not write {lost} lines of its log (DroppedLogs): the log is not complete");

        long? Number(string name) => values.TryGetValue(name, out (string Value, string Source) one) && long.TryParse(one.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < int.MaxValue ? number : null;
    }

    /// <summary>"Uptime_sec: 2" or "8.Uptime_sec.1:MDP:u32:2".</summary>
    private static bool TryField(string line, out string name, out string value)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart(" >|\t").TrimEnd();
        (name, value) = ("", "");
        int colon = text.IndexOf(':');
        if (colon < 1 || colon > 60)
            return false;
        ReadOnlySpan<char> key = text[..colon];
        if (char.IsAsciiDigit(key[0]))
        {
            string[] path = key.ToString().Split('.'), typed = text.ToString().Split(':', 4);
            if (path.Length != 3 || typed.Length != 4)
                return false;
            (name, value) = (path[1], typed[3]);
            return true;
        }
        foreach (char c in key)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or ' '))
                return false;
        (name, value) = (key.ToString(), text[(colon + 1)..].Trim().ToString());
        return true;
    }
}
