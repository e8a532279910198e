using System.Globalization;
using System.Text;

namespace GoneAway.Gateway.Operations;

/// <summary>One number to be told, with its name as Prometheus has it. Those of one name stand together.</summary>
public readonly record struct Metric(string Name, string Help, bool IsCounter, IReadOnlyList<(string Name, string Value)> Labels, double Value);

/// <summary>Collects all numbers of a gateway.</summary>
public static class Metrics
{
    private static readonly IReadOnlyList<(string, string)>[] CounterLabels = [.. GatewayCounters.All.Select(static one => Pairs(one.Labels))];

    /// <summary>The core's numbers, and how often each kind of event was noted.</summary>
    public static List<Metric> Collect(IGatewayStatus status, EventLog events)
    {
        var all = new List<Metric>(128);
        Gauge("clients", "Clients that are connected.", status.Clients);
        Gauge("waiting", "Work that waits for a server connection.", status.Waiting);
        Gauge("draining", "1 while the gateway lets its sessions end.", status.Draining ? 1 : 0);
        Gauge("spooled_bytes", "Bytes of results that are spooled now.", status.SpooledInMemory, ("in", "memory"));
        Gauge("spooled_bytes", "", status.SpooledOnDisk, ("in", "disk"));
        IReadOnlyList<BackendStatus> backends = status.Backends;
        foreach (BackendStatus one in backends)
            foreach (BackendState state in Enum.GetValues<BackendState>())
                Gauge("backend_state", "1 for the state that a backend is in.", one.State == state ? 1 : 0, ("backend", one.Name), ("state", Word(state)));
        Each("backend_connections_open", "Server connections.", static one => one.Open);
        Each("backend_connections_in_use", "Server connections that a session has.", static one => one.InUse);
        Each("backend_connections_idle", "Server connections that wait for work.", static one => one.Idle);
        Each("backend_weight", "Share of new work, 0 to 1.", static one => one.Weight);
        Each("backend_lag_seconds", "How far a replica is behind.", static one => one.Lag?.TotalSeconds);
        var sum = new GatewayCounters();
        status.Count(sum);
        for (int i = 0; i < CounterLabels.Length; i++)
        {
            (string name, _, string help, GatewayCounters.Field field) = GatewayCounters.All[i];
            all.Add(new Metric("goneaway_" + name, help, true, CounterLabels[i], field(sum)));
        }
        foreach (((EventKind kind, string name), long count) in events.Counts())
            all.Add(new Metric("goneaway_events_total", "Incidents by cause, ledger decisions, state changes.", true, [("kind", EventLog.Word(kind)), ("name", name)], count));
        all.Add(new Metric("goneaway_events_not_logged_total", "Events that were counted and not logged: more than log_rate, or the log was too slow.", true, [], events.NotLogged));
        if (events.NotSent is { } notSent)
            all.Add(new Metric("goneaway_events_not_sent_total", "Events that the receiver of operation.otlp_endpoint did not get.", true, [], notSent()));
        all.Add(new Metric("dotnet_gc_allocated_bytes_total", "Bytes that the runtime has allocated.", true, [], GC.GetTotalAllocatedBytes()));
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            all.Add(new Metric("dotnet_gc_collections_total", "Collections that this generation was part of.", true, [("generation", generation.ToString(CultureInfo.InvariantCulture))], GC.CollectionCount(generation)));
        return all;

        void Gauge(string name, string help, double value, params (string, string)[] labels) => all.Add(new Metric("goneaway_" + name, help, false, labels, value));

        void Each(string name, string help, Func<BackendStatus, double?> value)
        {
            foreach (BackendStatus one in backends)
                if (value(one) is { } number)
                    Gauge(name, help, number, ("backend", one.Name));
        }
    }

    /// <summary>Prometheus' text format, version 0.0.4.</summary>
    public static string Text(IReadOnlyList<Metric> metrics)
    {
        var text = new StringBuilder(16384);
        string last = "";
        foreach (Metric one in metrics)
        {
            if (one.Name != last)
                text.Append("# HELP ").Append(one.Name).Append(' ').Append(one.Help).Append("\n# TYPE ").Append(one.Name).Append(one.IsCounter ? " counter\n" : " gauge\n");
            last = one.Name;
            text.Append(one.Name);
            for (int i = 0; i < one.Labels.Count; i++)
                text.Append(i == 0 ? '{' : ',').Append(one.Labels[i].Name).Append("=\"").Append(Escaped(one.Labels[i].Value)).Append('"');
            text.Append(one.Labels.Count > 0 ? "} " : " ").Append(one.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
        return text.ToString();
    }

    internal static string Word(BackendState state) => state switch
    {
        BackendState.Up => "up",
        BackendState.Ramping => "ramping",
        BackendState.Leaving => "leaving",
        BackendState.Down => "down",
        _ => "unknown",
    };

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static List<(string, string)> Pairs(string? labels)
    {
        var pairs = new List<(string, string)>();
        foreach (string one in labels?.Split(',') ?? [])
            pairs.Add((one.Split('=')[0], one.Split('=')[1].Trim('"')));
        return pairs;
    }
}
