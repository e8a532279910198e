using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>max_connections is, or was, nearly reached; or one account's share of it.</summary>
internal sealed class NearlyFull : HazardRule
{
    private const double Near = 0.85;

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Variable("max_connections") is { Number: > 0 and var limit } variable)
        {
            Fact? used = known.Counter("Max_used_connections"), now = known.Counter("Threads_connected");
            double most = Math.Max(used?.Number ?? 0, now?.Number ?? 0);
            if (most >= limit * Near && most > 1)
                yield return new Hazard("too-many-connections", $"{most:0} of {limit:0} connections were in use at once" + (known.Counter("Max_used_connections_time") is { Value.Length: > 4 } at ? $" ({at.Value})" : "")
                    + (now is null ? "" : $", {now.Value} are now") + (most > limit ? ": clients were refused with 1040" : "") + Hoarder(known), used?.Source ?? variable.Source,
                    "find who keeps them (SHOW PROCESSLIST grouped by user and host) and cap the pools: the sum of their sizes stays below max_connections; raise it only with memory for it");
        }
        if (known.Variable("max_user_connections") is { Number: > 0 and var each } user && known.Sessions.GroupBy(static s => s.User).MaxBy(static g => g.Count()) is { } group && group.Count() >= each * Near)
            yield return new Hazard("too-many-connections", $"{group.Key} has {group.Count()} of the {each:0} connections that an account may have", user.Source, "cap that account's pools, or raise max_user_connections");
    }

    private static string Hoarder(KnownFacts known)
    {
        if (known.Sessions.Count < 5)
            return "";
        IGrouping<(string?, string?), Sighting> most = known.Sessions.GroupBy(static s => (s.User, s.ClientHost)).MaxBy(static g => g.Count())!;
        int asleep = most.Count(static s => s.Idle is not null);
        return $"; most by {most.Key.Item1}@{most.Key.Item2}: {most.Count()}, {asleep} of them asleep";
    }
}
