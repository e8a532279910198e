using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class TunnelTargetRefusedCases : CaseSet
{
    public override string Cause => "tunnel-target-refused";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("ssh could not reach the target", Grade.Proven, Kernel(Sign.TunnelFailed, 0), App(Sign.LostBeforeGreeting)),
        NearMiss("the query was lost", Kernel(Sign.TunnelFailed, 0), App(Sign.LostDuringQuery)),
        NearMiss("the connect was refused", App(Sign.ConnectRefused)),
        NotEnough("a forwarder on localhost did not greet", App(Sign.LostBeforeGreeting) with { ServerHost = "127.0.0.1" }),
    ];
}
