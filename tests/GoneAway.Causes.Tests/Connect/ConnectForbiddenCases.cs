using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class ConnectForbiddenCases : CaseSet
{
    public override string Cause => "connect-forbidden";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("permission denied", Grade.Proven, App(Sign.ConnectForbidden)),
        NearMiss("refused", App(Sign.ConnectRefused)),
        NotEnough("an unexpected end", App(Sign.UnexpectedEof)),
    ];
}
