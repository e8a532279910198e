using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class ServerNotReadyCases : CaseSet
{
    public override string Cause => "server-not-ready";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("WSREP has not prepared the node", Grade.Proven, App(Sign.ServerSaid, 0, 1047) with { Text = "1047 WSREP has not yet prepared node for application use" }),
        Match("refused between start and ready", Grade.Likely, Log(Sign.ServerStarting, -10), App(Sign.ConnectRefused), Log(Sign.ServerReady, 20)),
        NearMiss("WSREP, and the session went on for hours", MariaDb(Talk()).Query("SELECT 1").Error(1047, "08S01", "WSREP has not yet prepared node for application use").Wait(60).Query("SELECT 1").Rows(1).Wait(7200).Fin(Side.Server)),
        NearMiss("an unknown command", App(Sign.ServerSaid, 0, 1047)),
        NearMiss("refused, and nothing more", App(Sign.ConnectRefused)),
        NotEnough("a lost query", App(Sign.LostDuringQuery)),
    ];
}
