using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class ListenQueueOverflowCases : CaseSet
{
    public override string Cause => "listen-queue-overflow";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the kernel saw a flood of SYNs", Grade.Likely, Kernel(Sign.ListenQueueOverflow, -1), App(Sign.LostBeforeGreeting)),
        NearMiss("refused", App(Sign.ConnectRefused), Kernel(Sign.ListenQueueOverflow, -80_000)),
        NearMiss("no overflow counted", App(Sign.LostBeforeGreeting), new Fact(FactKind.System, "TcpExtListenOverflows", "0", null, "nstat.txt:1")),
        NotEnough("no greeting came", App(Sign.LostBeforeGreeting)),
    ];
}
