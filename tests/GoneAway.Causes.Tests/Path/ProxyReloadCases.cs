using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class ProxyReloadCases : CaseSet
{
    public override string Cause => "proxy-reload";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("hard-stopped", Grade.Proven, Proxy(Sign.ProxyHardStopped, -1), Proxy(Sign.ProxySessionEnded, 0, "K-"), App(Sign.GoneAway)),
        Match("K- without more", Grade.Likely, Proxy(Sign.ProxySessionEnded, 0, "K-"), App(Sign.GoneAway)),
        Match("reloaded as the query was lost", Grade.Likely, Proxy(Sign.ProxyReloaded, -2), App(Sign.LostDuringQuery)),
        NearMiss("a hard stop in the night before", Proxy(Sign.ProxyHardStopped, -60_000), App(Sign.LostDuringQuery)),
        NearMiss("cD as another proxy stops", Proxy(Sign.ProxyHardStopped, -1), Proxy(Sign.ProxySessionEnded, 0, "cD"), App(Sign.GoneAway)),
        NearMiss("cD after a reload of the day before", Proxy(Sign.ProxyReloaded, -80_000), Proxy(Sign.ProxySessionEnded, 0, "cD"), App(Sign.GoneAway)),
        NotEnough("reloaded hours before", Proxy(Sign.ProxyReloaded, -20_000), App(Sign.GoneAway)),
    ];
}
