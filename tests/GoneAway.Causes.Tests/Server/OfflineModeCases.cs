using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class OfflineModeCases : CaseSet
{
    public override string Cause => "offline-mode";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("new logins get 3032", Grade.Proven, Talk().Connect().Greeting().Login().Error(3032, "HY000", "The server is currently in offline mode", 2).Fin(Side.Server)),
        Match("the application quotes 3032", Grade.Proven, App(Sign.ServerSaid, 0, 3032)),
        Match("the log tells when it was set", Grade.Proven, Log(Sign.OfflineModeOn, -1), App(Sign.LostDuringQuery)),
        Match("the variable is ON", Grade.Likely, App(Sign.LostDuringQuery), Set("offline_mode", "ON")),
        NearMiss("the variable is OFF", App(Sign.LostDuringQuery), Set("offline_mode", "OFF")),
        NearMiss("too many connections", App(Sign.ServerSaid, 0, 1040)),
        NotEnough("a bare FIN", Talk().Open().Query("SELECT 1").Rows(1).Wait(3).Fin(Side.Server)),
    ];
}
