using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>A proxy on the way closes idle connections before the pool, or before the server, does.</summary>
internal sealed class ProxyOutranksPool : HazardRule
{
    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        var budget = IdleBudget.Of(known);
        if (budget.Proxy is not { } proxy)
            yield break;
        if (budget.Pool is { } pool)
        {
            if (proxy.Time <= pool.Time)
                yield return new Hazard("proxy-idle-timeout", $"the proxy closes an idle connection after {Spans.Show(proxy.Time)} ({proxy.What}), the pool keeps it for {Spans.Show(pool.Time)} ({pool.What}): the pool will hand out dead connections",
                    proxy.Source, $"{PoolAdvice.Shorter(known, proxy.Time)}; or raise timeout client and timeout server together above {pool.Time.TotalSeconds:0} s");
        }
        else if (budget.Server is { } server && proxy.Time < server.Time)
            yield return new Hazard("proxy-idle-timeout", $"the proxy closes an idle connection after {Spans.Show(proxy.Time)} ({proxy.What}), long before the server would ({Spans.Show(server.Time)}), and a query that runs longer than that is cut as well",
                proxy.Source, $"every pool behind it must replace connections sooner: {PoolAdvice.Shorter(known, proxy.Time)}; or set timeout client and timeout server together to the pools' lifetime and more");
        if (Uneven(known) is { } uneven)
            yield return uneven;
    }

    /// <summary>A query's silence counts on the server's side alone: the shorter time-out there cuts queries, not idleness.</summary>
    private static Hazard? Uneven(KnownFacts known)
    {
        foreach (Fact server in known.Of(FactKind.Proxy, "timeout server"))
            if (known.Of(FactKind.Proxy, "timeout client").FirstOrDefault(c => c.Scope == server.Scope) is { Number: { } client } && server.Number is { } seconds && seconds < client)
                return new Hazard("proxy-query-timeout", $"timeout server ({seconds:0.#} s) is shorter than timeout client ({client:0.#} s) in {server.Scope ?? "the proxy"}: a query that runs longer than {seconds:0.#} s is cut",
                    server.Source, "set both to the same value, above the longest query");
        return null;
    }
}
