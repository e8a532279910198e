using GoneAway.Model;

namespace GoneAway.Evidence.Server;

/// <summary>Puts several dumps of SHOW STATUS in the order in which they were taken: their Uptime tells it where files' names do not.</summary>
public static class StatusDumps
{
    private sealed class Dump
    {
        public readonly List<Fact> Facts = [];
        public readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase);

        public double? Of(string counter) => Facts.Find(f => f.Name.Equals(counter, StringComparison.OrdinalIgnoreCase))?.Number;
        public double? Uptime => Of("Uptime");
        public Stamp? At => Facts[0].At;
    }

    /// <summary>The facts with their counters in order, and dated where another dump of the same run of the server is.</summary>
    public static IReadOnlyList<Fact> InOrder(IReadOnlyList<Fact> facts)
    {
        List<Dump> dumps = Split(facts);
        if (dumps.Count < 2 || dumps.Exists(static d => d.Uptime is null))
            return facts;
        List<Dump> ordered = [.. dumps.OrderBy(static d => d.Uptime)];
        // A restart between them: the later one may have the shorter Uptime.
        if (!IsOneRun(ordered))
            return facts;
        var sorted = new List<Fact>(facts.Count);
        bool placed = false;
        foreach (Fact fact in facts)
        {
            if (fact.Kind != FactKind.Status)
                sorted.Add(fact);
            else if (!placed)
            {
                placed = true;
                foreach (Dump dump in ordered)
                    sorted.AddRange(Dated(dump, ordered));
            }
        }
        return sorted;
    }

    /// <summary>A dump ends where the file does, or where a counter comes again.</summary>
    private static List<Dump> Split(IReadOnlyList<Fact> facts)
    {
        var dumps = new List<Dump>();
        string? file = null;
        foreach (Fact fact in facts)
        {
            if (fact.Kind != FactKind.Status)
                continue;
            string of = SourceFile.Of(fact.Source);
            if (dumps.Count == 0 || of != file || dumps[^1].Names.Contains(fact.Name))
                dumps.Add(new Dump());
            file = of;
            dumps[^1].Names.Add(fact.Name);
            dumps[^1].Facts.Add(fact);
        }
        return dumps;
    }

    /// <summary>What only grows has grown, and times that are known agree.</summary>
    private static bool IsOneRun(List<Dump> ordered)
    {
        for (int i = 1; i < ordered.Count; i++)
        {
            Dump before = ordered[i - 1], after = ordered[i];
            if (before.Uptime >= after.Uptime || before.Of("Connections") > after.Of("Connections") || before.Of("Questions") > after.Of("Questions")
                || before.At is { } first && after.At is { } second && first.Offset == second.Offset && first.Clock > second.Clock)
                return false;
        }
        return true;
    }

    private static IEnumerable<Fact> Dated(Dump dump, List<Dump> all)
    {
        if (dump.At is not null || all.Find(static d => d.At is { HasYear: true }) is not { } other)
            return dump.Facts;
        double seconds = dump.Uptime!.Value - other.Uptime!.Value;
        if (Math.Abs(seconds) > 366 * 86400.0)
            return dump.Facts;
        Stamp at = other.At!.Value with { Clock = other.At.Value.Clock.AddSeconds(seconds) };
        return dump.Facts.Select(fact => fact with { At = at });
    }
}
