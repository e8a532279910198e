using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class OutOfDescriptorsCases : CaseSet
{
    public override string Cause => "out-of-descriptors";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("accept failed", Grade.Likely, Log(Sign.AcceptFailed, -1), App(Sign.LostBeforeGreeting)),
        Match("the client has none left", Grade.Proven, App(Sign.NoDescriptorsInClient)),
        NearMiss("too many connections", App(Sign.ServerSaid, 0, 1040), Log(Sign.AcceptFailed, -1)),
        NearMiss("accept never failed", App(Sign.LostBeforeGreeting), Counter("Connection_errors_accept", "0")),
        NotEnough("no greeting came", App(Sign.LostBeforeGreeting)),
    ];
}
