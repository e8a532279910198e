using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>The server looks up clients' names, and that is slow or fails.</summary>
internal sealed class SlowNameLookup : HazardRule
{
    private const double Slow = 0.5;

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Switch("skip_name_resolve") != false)
            yield break;
        string source = known.Variable("skip_name_resolve")!.Source;
        const string Fix = "skip_name_resolve = ON, with accounts named by address or %; or mend the server's resolver";
        if (known.Counter("greeting_seconds") is { Number: > Slow } greeting && greeting.Number > (known.Counter("connect_seconds")?.Number ?? 0) * 5)
            yield return new Hazard("dns-lookup", $"the greeting came {greeting.Number:0.0} s after the connection stood, and skip_name_resolve is OFF: the server looked up this client's name first", greeting.Source, Fix);
        Fact[] failing = [.. known.OfKind(FactKind.HostCache).Where(static f => f.Name is "COUNT_NAMEINFO_TRANSIENT_ERRORS" or "COUNT_ADDRINFO_TRANSIENT_ERRORS" && f.Number > 0)];
        if (failing.Length > 0)
            yield return new Hazard("dns-lookup", $"looking up the name of {failing[0].Scope} failed for the time being, {failing[0].Value} times" + (failing.Length > 1 ? $", and so for {failing.Length - 1} more" : "") + ": such clients wait for the resolver's time-out at each connect", failing[0].Source, Fix);
        else if (known.Sightings.Count(static s => s.Sign == Sign.NameLookupFailed) is > 0 and var logged)
            yield return new Hazard("dns-lookup", $"the server's log tells of {logged} failed name lookups, and skip_name_resolve is OFF", source, Fix);
    }
}
