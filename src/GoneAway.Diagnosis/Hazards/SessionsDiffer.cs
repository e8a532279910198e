using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Sessions that live under other limits than the global ones, which everybody looks at.</summary>
internal sealed class SessionsDiffer : HazardRule
{
    private static readonly Dictionary<string, string> Causes = new()
    {
        ["wait_timeout"] = "wait-timeout",
        ["net_read_timeout"] = "slow-writer",
        ["net_write_timeout"] = "slow-reader",
        ["max_allowed_packet"] = "packet-too-large",
        ["max_execution_time"] = "statement-timeout",
        ["idle_transaction_timeout"] = "idle-transaction-timeout",
    };

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        IEnumerable<IGrouping<(string Name, string Value), Fact>> groups = known.OfKind(FactKind.Variable)
            .Where(static f => f.Scope?.StartsWith("session ", StringComparison.Ordinal) == true).GroupBy(static f => (f.Name, f.Value));
        foreach (IGrouping<(string Name, string Value), Fact> group in groups)
            if (Causes.TryGetValue(group.Key.Name, out string? cause) && known.Variable(group.Key.Name) is { } global && global.Value != group.Key.Value)
            {
                Fact first = group.First();
                string who = first.Scope!["session ".Length..];
                int others = group.Count() - 1;
                yield return new Hazard(cause, $"{(others == 0 ? "a session has" : $"{others + 1} sessions have")} {group.Key.Name} = {group.Key.Value} where the global value is {global.Value}: {who}" + (others > 0 ? $" and {others} more" : ""),
                    first.Source, "a client sets it as it connects (init_command, sessionVariables), a login as interactive, or the global value was changed after the session began; judge by the session's value");
            }
    }
}
