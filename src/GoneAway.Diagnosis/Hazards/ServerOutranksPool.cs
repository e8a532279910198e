using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>A pool keeps connections for as long as the server allows, or longer: it will hand out dead ones.</summary>
internal sealed class ServerOutranksPool : HazardRule
{
    /// <summary>Borrowing and closing may meet; less than this apart they do.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        var budget = IdleBudget.Of(known);
        if (budget.Server is not { } server)
            yield break;
        if (budget.Pool is { } pool)
        {
            if (pool.Time + Margin > server.Time)
                yield return new Hazard("wait-timeout", $"the pool keeps a connection for {Spans.Show(pool.Time)} ({pool.What}), the server closes an idle one after {Spans.Show(server.Time)} ({server.What}): the pool will hand out dead connections"
                    + (Tested(known) ? ", which its test on borrowing must catch each time" : ""), pool.Source, PoolAdvice.Shorter(known, server.Time));
            yield break;
        }
        // Pools without any limit on a connection's age are as common as those with one that is too long.
        Fact? pooled = known.Of(FactKind.Application, ApplicationSetting.PoolSize).Concat(known.Of(FactKind.Application, ApplicationSetting.Persistent).Where(static f => f.Value == "ON")).FirstOrDefault();
        if (pooled is not null && !Tested(known))
            yield return new Hazard("wait-timeout", $"connections are kept ({KnownFacts.Quote(pooled)}) with no limit to their age and no test on borrowing; the server closes an idle one after {Spans.Show(server.Time)} ({server.What})",
                pooled.Source, PoolAdvice.Shorter(known, server.Time));
    }

    private static bool Tested(KnownFacts known) => known.Of(FactKind.Application, ApplicationSetting.TestOnBorrow).Any(static f => f.Value == "ON");
}
