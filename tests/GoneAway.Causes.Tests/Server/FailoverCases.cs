using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class FailoverCases : CaseSet
{
    public override string Cause => "failover";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a member was elected and a write refused", Grade.Proven, Log(Sign.RoleChanged, -3), ReadOnly),
        Match("the role changed as the query was lost", Grade.Likely, Log(Sign.RoleChanged, -3), App(Sign.LostDuringQuery)),
        Match("a write to a read-only server", Grade.Likely, ReadOnly),
        NearMiss("another option refuses the statement", App(Sign.ServerSaid, 0, 1290) with { Subject = "--secure-file-priv" }, Log(Sign.RoleChanged, -3)),
        NearMiss("a shutdown", Log(Sign.ShutdownRequested, -3), App(Sign.LostDuringQuery)),
        NotEnough("a role changed at a time that is not known", Log(Sign.RoleChanged) with { Stamp = null }, App(Sign.LostDuringQuery)),
    ];

    private static Sighting ReadOnly => App(Sign.ServerSaid, 0, 1290) with { Subject = "--super-read-only" };
}
