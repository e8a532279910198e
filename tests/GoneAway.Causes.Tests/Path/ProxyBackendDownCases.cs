using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class ProxyBackendDownCases : CaseSet
{
    public override string Cause => "proxy-backend-down";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("D-: the proxy cut the sessions of a server that it marked down", Grade.Proven, Proxy(Sign.ProxyServerDown, -1, "Layer4 timeout"), Proxy(Sign.ProxySessionEnded, 0, "D-"), App(Sign.LostDuringQuery)),
        Match("SC: refused by the server behind", Grade.Proven, Proxy(Sign.ProxySessionEnded, 0, "SC"), App(Sign.LostBeforeGreeting)),
        NearMiss("cD: silent for too long", Proxy(Sign.ProxySessionEnded, 0, "cD"), App(Sign.GoneAway)),
        NearMiss("sQ: no slot", Proxy(Sign.ProxySessionEnded, 0, "sQ"), App(Sign.LostBeforeGreeting)),
        NotEnough("a server was marked down an hour before", Proxy(Sign.ProxyServerDown, -3600), App(Sign.GoneAway)),
    ];
}
