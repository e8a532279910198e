using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class OutOfThreadsCases : CaseSet
{
    public override string Cause => "out-of-threads";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the server says 1135", Grade.Proven, App(Sign.ServerSaid, 0, 1135)),
        Match("the log says so", Grade.Likely, Log(Sign.ThreadNotCreated, -1), App(Sign.LostBeforeGreeting)),
        NearMiss("no internal errors counted", App(Sign.LostBeforeGreeting), Counter("Connection_errors_internal", "0")),
        NotEnough("no greeting came", App(Sign.LostBeforeGreeting)),
    ];
}
