using GoneAway.Model;

namespace GoneAway.Causes.Tests.Connect;

public sealed class InitConnectFailedCases : CaseSet
{
    public override string Cause => "init-connect-failed";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the log names it", Grade.Proven, Log(Sign.AbortedInitConnect)),
        Match("error 1184 on the wire", Grade.Proven, Talk().Open().Query("SELECT 1").Error(1184, "08S01", "Aborted connection 42 to db: 'd' user: 'u' host: 'h' (init_connect command failed)", 1).Fin(Side.Server)),
        NearMiss("init_connect is empty", App(Sign.LostDuringQuery), Set("init_connect", "")),
        NotEnough("a lost query", App(Sign.LostDuringQuery)),
    ];
}
