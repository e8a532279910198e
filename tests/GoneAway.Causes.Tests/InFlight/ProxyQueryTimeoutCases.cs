using GoneAway.Model;

namespace GoneAway.Causes.Tests.InFlight;

public sealed class ProxyQueryTimeoutCases : CaseSet
{
    public override string Cause => "proxy-query-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("HAProxy logs sD while the application waits", Grade.Likely, App(Sign.LostDuringQuery), Proxy(Sign.ProxySessionEnded, 0, "sD")),
        Match("the proxy says that it ended the statement", Grade.Proven, App(Sign.LostDuringQuery), Proxy(Sign.ProxyQueryTimedOut)),
        NearMiss("the client's side was silent", App(Sign.GoneAway), Proxy(Sign.ProxySessionEnded, 0, "cD")),
        NearMiss("the server's RST", App(Sign.LostDuringQuery), Proxy(Sign.ProxySessionEnded, 0, "SD")),
        NotEnough("a query was lost", App(Sign.LostDuringQuery)),
    ];
}
