using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class ProxyQueueFullCases : CaseSet
{
    public override string Cause => "proxy-queue-full";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("sQ", Grade.Proven, Proxy(Sign.ProxySessionEnded, 0, "sQ"), App(Sign.LostBeforeGreeting)),
        Match("ProxySQL's 9001", Grade.Proven, Proxy(Sign.ProxyQueueTimedOut), App(Sign.LostBeforeGreeting)),
        Match("CQ: the client left", Grade.Likely, Proxy(Sign.ProxySessionEnded, 0, "CQ"), App(Sign.LostBeforeGreeting)),
        NotEnough("RC: no source ports, or no slots", Proxy(Sign.ProxySessionEnded, 0, "RC"), App(Sign.LostBeforeGreeting)),
        NearMiss("SC", Proxy(Sign.ProxySessionEnded, 0, "SC"), App(Sign.LostBeforeGreeting)),
        NotEnough("no greeting came", App(Sign.LostBeforeGreeting)),
    ];
}
