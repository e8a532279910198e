using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class SourcePortsExhaustedCases : CaseSet
{
    public override string Cause => "source-ports-exhausted";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("cannot assign requested address", Grade.Proven, App(Sign.NoSourcePort)),
        NearMiss("refused", App(Sign.ConnectRefused)),
        NotEnough("an unexpected end", App(Sign.UnexpectedEof)),
    ];
}
