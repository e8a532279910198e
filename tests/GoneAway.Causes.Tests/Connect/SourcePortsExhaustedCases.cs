using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class SourcePortsExhaustedCases : CaseSet
{
    public override string Cause => "source-ports-exhausted";

    public override IEnumerable<CauseCase> Cases =>
    [
        // A wrong bind address says so too.
        Match("cannot assign requested address", Grade.Likely, App(Sign.NoSourcePort)),
        Match("the proxy says that it has no free ports", Grade.Proven, Proxy(Sign.NoSourcePort)),
        NotEnough("localhost is ::1, and there is no IPv6", App(Sign.NoSourcePort) with { ServerHost = "localhost" }),
        NearMiss("refused", App(Sign.ConnectRefused)),
        NotEnough("an unexpected end", App(Sign.UnexpectedEof)),
    ];
}
