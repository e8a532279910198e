using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Hosts whose failed connects come near max_connect_errors, after which they are refused with 1129.</summary>
internal sealed class HostsNearBlock : HazardRule
{
    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Switch("skip_name_resolve") == true || known.Number("host_cache_size") == 0)
            yield break;
        Fact? limit = known.Variable("max_connect_errors");
        foreach (Fact fact in known.Of(FactKind.HostCache, "SUM_CONNECT_ERRORS"))
            if (limit?.Number is > 0 and var most && fact.Number >= most / 2)
                yield return new Hazard("host-blocked", $"{fact.Scope} has {fact.Value} failed connects in a row" + (fact.Number >= most ? $": it is blocked (max_connect_errors = {most:0})" : $"; at {most:0} (max_connect_errors) it is refused with 1129"),
                    fact.Source, (known.IsMariaDb ? "FLUSH HOSTS" : "TRUNCATE TABLE performance_schema.host_cache") + " frees it; then stop the cause: a health check that connects and hangs up (haproxy: option mysql-check with a user), a port scan");
        // A check that opens and closes the port is one failed handshake each time; a success between resets the count.
        if (limit?.Number is > 0 and <= 100 and var few && known.Of(FactKind.Proxy, "option tcp-check").Concat(known.Of(FactKind.Proxy, "check")).FirstOrDefault() is { } check
            && !known.Of(FactKind.Proxy, "option mysql-check").Any())
            yield return new Hazard("host-blocked", $"the proxy checks the server without logging in, and max_connect_errors is {few:0}: so many checks in a row without a client's login block the proxy", check.Source, "option mysql-check user haproxy; and SET GLOBAL max_connect_errors = 1000000");
    }
}
