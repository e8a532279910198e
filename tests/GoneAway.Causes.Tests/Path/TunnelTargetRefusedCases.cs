using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class TunnelTargetRefusedCases : CaseSet
{
    public override string Cause => "tunnel-target-refused";

    public override IEnumerable<CauseCase> Cases =>
    [
        // ssh does not say which of its forwards it was.
        Match("ssh could not reach the target", Grade.Likely, Kernel(Sign.TunnelFailed, 0), App(Sign.LostBeforeGreeting)),
        NearMiss("the query was lost", Kernel(Sign.TunnelFailed, 0), App(Sign.LostDuringQuery)),
        NearMiss("ssh could not reach a target, and the connect was refused", Kernel(Sign.TunnelFailed, 0), App(Sign.ConnectRefused)),
        NearMiss("the connect was refused", App(Sign.ConnectRefused)),
        NotEnough("a forwarder on localhost did not greet", App(Sign.LostBeforeGreeting) with { ServerHost = "127.0.0.1" }),
    ];
}
