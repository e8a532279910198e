using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Finds one kind of hazard in facts: something that will cost connections, or hide why, before it does.</summary>
public abstract class HazardRule
{
    public abstract IEnumerable<Hazard> Judge(KnownFacts known);
}

/// <summary>All rules.</summary>
public static class HazardRules
{
    public static IReadOnlyList<HazardRule> All { get; } =
    [
        new ServerOutranksPool(),
        new ProxyOutranksPool(),
        new ShortServerTimeouts(),
        new SessionsDiffer(),
        new SleepersNearTimeout(),
        new NearlyFull(),
        new CountersMove(),
        new ErrorsGiven(),
        new HostsNearBlock(),
        new SlowNameLookup(),
        new BlindLog(),
        new SmallPackets(),
        new SlowReaders(),
        new Killers(),
        new ReplicaBehind(),
        new WritesRefused(),
        new ClusterNotReady(),
        new OldVersion(),
    ];

    /// <summary>All hazards, each told once.</summary>
    public static IReadOnlyList<Hazard> Judge(IReadOnlyList<Fact> facts, IReadOnlyList<Sighting> sightings)
    {
        var known = new KnownFacts(facts, sightings);
        return [.. All.SelectMany(rule => rule.Judge(known)).Distinct()];
    }
}
