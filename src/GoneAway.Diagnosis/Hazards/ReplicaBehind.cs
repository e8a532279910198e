using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>A replica whose threads do not run, or that lags: readers see old data, health checks take it out.</summary>
internal sealed class ReplicaBehind : HazardRule
{
    private const double Lag = 60;

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        foreach (IGrouping<string?, Fact> channel in known.OfKind(FactKind.Replica).GroupBy(static f => f.Scope))
        {
            string of = channel.Key is null ? "" : $" of {channel.Key}";
            foreach ((string thread, string newer, string older) in ((string, string, string)[])[("receiver (IO)", "Replica_IO_Running", "Slave_IO_Running"), ("applier (SQL)", "Replica_SQL_Running", "Slave_SQL_Running")])
                if (Find(channel, newer, older) is { } running && !running.Value.Equals("Yes", StringComparison.OrdinalIgnoreCase))
                    yield return new Hazard("server-not-ready", $"the replica's {thread} thread{of} does not run ({running.Value})" + (Find(channel, thread[0] == 'r' ? "Last_IO_Error" : "Last_SQL_Error", "Last_Error") is { Value: { Length: > 0 } error and not "NULL" } ? $": {Short(error)}" : ""),
                        running.Source, known.IsMariaDb ? "mend the cause, then START REPLICA" : "mend the cause, then START REPLICA (START SLAVE before 8.0.22)");
            if (Find(channel, "Seconds_Behind_Source", "Seconds_Behind_Master") is { Number: > Lag } behind && !(Find(channel, "SQL_Delay", "SQL_Delay")?.Number >= behind.Number / 2))
                yield return new Hazard("server-not-ready", $"the replica{of} is {Spans.Show(TimeSpan.FromSeconds(behind.Number.Value))} behind its source: proxies that check the lag take it out, and its connections with it", behind.Source, "find what it applies (SHOW PROCESSLIST: system user), raise replica_parallel_workers");
        }
    }

    private static Fact? Find(IEnumerable<Fact> channel, string newer, string older) =>
        channel.LastOrDefault(f => f.Name.Equals(newer, StringComparison.OrdinalIgnoreCase)) ?? channel.LastOrDefault(f => f.Name.Equals(older, StringComparison.OrdinalIgnoreCase));

    private static string Short(string text) => text.Length > 160 ? text[..160] + "…" : text;
}
