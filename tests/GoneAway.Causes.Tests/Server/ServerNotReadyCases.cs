using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class ServerNotReadyCases : CaseSet
{
    public override string Cause => "server-not-ready";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("WSREP has not prepared the node", Grade.Proven, App(Sign.ServerSaid, 0, 1047) with { Text = "1047 WSREP has not yet prepared node for application use" }),
        Match("refused between start and ready", Grade.Likely, Log(Sign.ServerStarting, -10), App(Sign.ConnectRefused), Log(Sign.ServerReady, 20)),
        NearMiss("an unknown command", App(Sign.ServerSaid, 0, 1047)),
        NearMiss("refused, and nothing more", App(Sign.ConnectRefused)),
        NotEnough("a lost query", App(Sign.LostDuringQuery)),
    ];
}
