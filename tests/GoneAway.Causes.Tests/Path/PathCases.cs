using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.Path;

public sealed class ResetInjectedCases : CaseSet
{
    public override string Cause => "reset-injected";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("another TTL, no timestamp, odd sequence", Grade.Proven, Talk().Open().Query("SELECT secret").Wait(0.01).Reset(Side.Server, ttl: 127, sequenceOffset: 3, timestamps: false)),
        Match("another TTL and no timestamp", Grade.Likely, Talk().Open().Query("SELECT secret").Wait(0.01).Reset(Side.Server, ttl: 63, timestamps: false)),
        NearMiss("the server's own RST", Talk().Open().Query("SELECT secret").Wait(0.3).Reset(Side.Server)),
        NotEnough("one hop more and nothing else", Talk().Open().Query("SELECT secret").Wait(0.01).Reset(Side.Server, ttl: 59)),
    ];
}

public sealed class NetworkLossCases : CaseSet
{
    public override string Cause => "network-loss";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("retransmissions without an answer in the middle of work", Grade.Likely, Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client)
            .Unacknowledged(Side.Client, Payload.Framed(0, [3, .. "SELECT 2"u8])).Wait(0.2).Retransmit(Side.Client).Wait(0.4).Retransmit(Side.Client).Wait(0.8).Retransmit(Side.Client).Wait(1.6).Retransmit(Side.Client)),
        Match("a connect that nobody answers", Grade.Likely, Talk().Syn().Wait(1).SynAgain().Wait(2).SynAgain().Wait(4).SynAgain()),
        Match("after an idle time, and the server's host answers nobody", Grade.Likely, Stuck(Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(400), 20), new Conversation("10.0.0.7:40001").Wait(402).Syn().Wait(1).SynAgain().Wait(2).SynAgain()),
        Match("a packet filter logged the drop of a connect", Grade.Likely, App(Sign.ConnectTimedOut), Log(Sign.PacketDropped) with { Origin = Origin.System }),
        NearMiss("a drop, and a connect that was refused", App(Sign.ConnectRefused), Log(Sign.PacketDropped) with { Origin = Origin.System }),
        NearMiss("a retransmission that is acknowledged", Talk().Open().Query("SELECT 1").Wait(0.2).Retransmit(Side.Client).Rows(1).Wait(3.3).Fin(Side.Client)),
        NotEnough("after a long idle time", Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(7200).KeepAlive(Side.Client).Wait(75).KeepAlive(Side.Client).Wait(75).KeepAlive(Side.Client)),
    ];
}

public sealed class MeshServerFirstCases : CaseSet
{
    public override string Cause => "mesh-server-first";

    public override IEnumerable<CauseCase> Cases =>
    [
        // Alone on the wire it cannot be told from a stalled server; the judge names the catalogue's first of the two.
        Match("nobody ever speaks, and some byte-less close by the proxy", Grade.Possible,
            Silent("10.0.0.5:51234", 0), Silent("10.0.0.5:51235", 20), Silent("10.0.0.6:51236", 41)),
        NearMiss("others are greeted", Silent("10.0.0.5:51234", 0), LaterLogin(4, 43)),
        NotEnough("one silent connection", Silent("10.0.0.5:51234", 0)),
    ];

    private static Conversation Silent(string client, double at) => new Conversation(client).Wait(at).Connect().Wait(10).Fin(Side.Client);
}
