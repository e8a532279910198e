using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.Idle;

public sealed class IdleTransactionTimeoutCases : CaseSet
{
    public override string Cause => "idle-transaction-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the limit was read and matches", Grade.Likely, MariaDb(Talk()).Query("SHOW VARIABLES LIKE '%timeout'").Values("idle_transaction_timeout", "5").Query("BEGIN").Ok(3).Query("UPDATE t SET a=1").Ok(3).Wait(5.01).Reset(Side.Server)),
        Match("the server's timer ran for as long", Grade.Likely, App(Sign.GoneAway, code: 2006) with { Idle = TimeSpan.FromSeconds(1200) }, Log(Sign.AbortedReadTimeout, -1139), Set("wait_timeout", "600"), Set("idle_transaction_timeout", "60"), Set("version", "10.11.6-MariaDB")),
        NearMiss("no transaction was open", MariaDb(Talk()).Query("UPDATE t SET a=1").Ok().Wait(5.01).Reset(Side.Server)),
        NearMiss("MySQL has no such limit", Talk().Open("5.7.44").Query("BEGIN").Ok(3).Wait(60).Fin(Side.Server)),
        NotEnough("open transaction, limit unknown", MariaDb(Talk()).Query("BEGIN").Ok(3).Query("UPDATE t SET a=1").Ok(3).Wait(60.01).Reset(Side.Server)),
    ];
}

public sealed class ProxyIdleTimeoutCases : CaseSet
{
    public override string Cause => "proxy-idle-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("three sessions of MySQL 8 after 50 s each", Grade.Likely,
            Talk().Open().Query("SELECT 1").Rows(1).Wait(50.003).Fin(Side.Server).Fin(Side.Client),
            Talk("10.0.0.5:51235").Wait(7).Open(threadId: 43).Query("SELECT 1").Rows(1).Wait(50.002).Fin(Side.Server).Fin(Side.Client),
            Talk("10.0.0.6:51236").Wait(19).Open(threadId: 44).Query("SELECT 1").Rows(1).Wait(50.004).Fin(Side.Server).Fin(Side.Client)),
        Match("MariaDB behind a proxy, by FIN", Grade.Likely,
            MariaDb(Talk()).Query("SELECT 1").Rows(1).Wait(3.001).Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51235").Wait(7), 43).Query("SELECT 1").Rows(1).Wait(3.002).Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51236").Wait(13), 44).Query("SELECT 1").Rows(1).Wait(3.001).Fin(Side.Server)),
        Match("seen on both sides of the proxy, which closed both", Grade.Likely, Front(), Back().Fin(Side.Client).Fin(Side.Server)),
        Match("HAProxy's log names the very client", Grade.Proven, Front()) with { Told = [CutOff(51234)] },
        NotEnough("HAProxy's log names another client at that time", Front()) with { Told = [CutOff(51299)] },
        new("the server behind the proxy closed first", CaseKind.NearMiss, null, () => PcapBytes.Write(Front(), Back().Fin(Side.Server).Fin(Side.Client)), "10.0.0.9:40000"),
        NearMiss("a statement was running when HAProxy's time was over", MariaDb(Talk()).Query("SELECT SLEEP(9)").Wait(2.003).Fin(Side.Server)) with { Told = [CutOff(51234)] },
        NearMiss("the server says 4031", Talk().Open().Query("SELECT 1").Rows(1).Wait(50).Error(4031, "HY000", "The client was disconnected by the server because of inactivity.", 0).Fin(Side.Server)),
        NotEnough("one session, odd time", Talk().Open().Query("SELECT 1").Rows(1).Wait(47.37).Fin(Side.Server).Fin(Side.Client)),
    ];

    /// <summary>Client to proxy.</summary>
    private static Conversation Front() => MariaDb(Talk()).Query("SELECT 1").Rows(1).Wait(2.003).Fin(Side.Server).Fin(Side.Client);

    /// <summary>The same session, proxy to server.</summary>
    private static Conversation Back() => MariaDb(new Conversation("10.0.0.9:40000", "10.0.0.21:3306").Wait(0.0001)).Query("SELECT 1").Rows(1).Wait(2.0025);

    private static Sighting CutOff(int port) => Proxy(Sign.ProxySessionEnded, 2.01, "cD") with { ClientPort = port, Elapsed = TimeSpan.FromSeconds(2.007) };
}

public sealed class NatIdleTimeoutCases : CaseSet
{
    public override string Cause => "nat-idle-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a query into the void after 400 s", Grade.Likely, Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(400)
            .Unacknowledged(Side.Client, Payload.Framed(0, [3, .. "SELECT 2"u8])).Wait(0.2).Retransmit(Side.Client).Wait(0.4).Retransmit(Side.Client).Wait(0.8).Retransmit(Side.Client).Wait(1.6).Retransmit(Side.Client)),
        NearMiss("loss in the middle of traffic", Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(0.1)
            .Unacknowledged(Side.Client, Payload.Framed(0, [3, .. "SELECT 2"u8])).Wait(0.2).Retransmit(Side.Client).Wait(0.4).Retransmit(Side.Client).Wait(0.8).Retransmit(Side.Client)),
        NearMiss("the server's host answers nobody", Stuck(Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(400), 20), new Conversation("10.0.0.7:40001").Wait(402).Syn().Wait(1).SynAgain().Wait(2).SynAgain()),
        NotEnough("after a few seconds nothing forgets a connection", Stuck(Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(4), 20)),
        NotEnough("keep-alives no longer answered", Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(7200).KeepAlive(Side.Client).Wait(75).KeepAlive(Side.Client).Wait(75).KeepAlive(Side.Client).Wait(75).KeepAlive(Side.Client)),
    ];
}
