using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class ServerStalledCases : CaseSet
{
    public override string Cause => "server-stalled";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a full disk, and the client gave up", Grade.Likely, Log(Sign.DiskFull, -20), App(Sign.LostBeforeGreeting)),
        NearMiss("the client gave up on its own", App(Sign.ClientReadTimedOut)),
        NearMiss("the server closed for idleness", App(Sign.ServerSaid, 0, 4031), Log(Sign.DiskFull, -20)),
        NotEnough("no greeting came", App(Sign.LostBeforeGreeting)),
    ];
}
