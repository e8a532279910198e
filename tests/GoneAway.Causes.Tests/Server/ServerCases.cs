using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.Server;

public sealed class ServerRestartCases : CaseSet
{
    public override string Cause => "server-restart";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the server says 1053 and is gone", Grade.Proven, Talk().Open().Query("SELECT SLEEP(100)").Wait(5).Error(1053, "08S01", "Server shutdown in progress").Fin(Side.Server), RefusedAt(7)),
        Match("1053 and nothing else: KILL says that too", Grade.Likely, Talk().Open().Query("SELECT SLEEP(100)").Wait(5).Error(1053, "08S01", "Server shutdown in progress").Fin(Side.Server)),
        Match("listener first, sessions 2 s later, then a low thread id", Grade.Likely,
            Talk().Open().Query("SELECT 1").Rows(1).Wait(20.31).Fin(Side.Server),
            Talk("10.0.0.5:51235").Wait(3).Open(threadId: 43).Query("SELECT 1").Rows(1).Wait(17.31).Fin(Side.Server),
            RefusedAt(19), LaterLogin(40, 8)),
        Match("sessions idle for 2 s and for 1 s and one at work, all at one instant", Grade.Possible,
            MariaDb(Talk()).Query("BEGIN").Ok(3).Query("UPDATE t SET a=1").Ok(3).Wait(2.01).Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51235").Wait(1), 43).Query("SELECT 1").Rows(1).Wait(1.01).Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51236"), 44).Query("INSERT INTO t SELECT SLEEP(20)").Wait(2.01).Fin(Side.Server)),
        NearMiss("one session ends, the server lives", Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(33.3).Fin(Side.Server), LaterLogin(36, 50)),
        NearMiss("MySQL's router is stopped", Kernel(Sign.UnitStopping, -1, "mysqlrouter.service"), App(Sign.LostDuringQuery)),
        Match("1053, and the log of another server has a shutdown", Grade.Likely, Log(Sign.AbortedReadError) with { Source = "db1.err:7", ThreadId = 4711 }, App(Sign.ServerSaid, 0, 1053) with { ThreadId = 4711 }, Log(Sign.ShutdownRequested, -5) with { Source = "db2.err:3" }),
        Match("the log of another server with a number has a shutdown", Grade.Likely, Log(Sign.AbortedReadError) with { Source = "srv-100231.err:7", ThreadId = 4711 }, Log(Sign.ShutdownRequested, -5) with { Source = "srv-100232.err:3" }),
        Match("the server's own log of the day before has the shutdown", Grade.Proven, Log(Sign.AbortedReadError) with { Source = "error.log:7", ThreadId = 4711 }, Log(Sign.ShutdownRequested, -5) with { Source = "error.log-20261120-1795300000.gz:3" }),
        Match("the log of another server has a shutdown", Grade.Likely, Log(Sign.AbortedReadError) with { Source = "db1.err:7", ThreadId = 4711 }, Log(Sign.ShutdownRequested, -5) with { Source = "db2.err:3" }),
        NearMiss("two are killed, the server lives", MariaDb(Talk()).Query("SELECT SLEEP(100)").Wait(7.3).Error(1927, "70100", "Connection was killed").Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51235"), 43).Query("SELECT SLEEP(100)").Wait(7.4).Error(1927, "70100", "Connection was killed").Fin(Side.Server), LaterLogin(9, 50)),
        NearMiss("all at one instant in the middle of statements",
            Talk().Open().Query("SELECT SLEEP(100)").Wait(10).Fin(Side.Server),
            Talk("10.0.0.5:51235").Open(threadId: 43).Query("SELECT SLEEP(100)").Wait(10.001).Fin(Side.Server), RefusedAt(11)),
        NotEnough("one session ends, nothing else is known", Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(33.3).Fin(Side.Server)),
    ];
}

public sealed class ServerCrashCases : CaseSet
{
    public override string Cause => "server-crash";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("all at one instant in the middle of statements, then refused", Grade.Likely,
            Talk().Open().Query("SELECT SLEEP(100)").Wait(10).Fin(Side.Server),
            Talk("10.0.0.5:51235").Open(threadId: 43).Query("SELECT SLEEP(100)").Wait(10.001).Fin(Side.Server),
            Talk("10.0.0.5:51236").Open(threadId: 44).Query("SELECT 1").Rows(1).Wait(10).Fin(Side.Server),
            RefusedAt(11), LaterLogin(30, 8)),
        NearMiss("sessions end over a second after the listener",
            Talk().Open().Query("SELECT 1").Rows(1).Wait(20.31).Fin(Side.Server),
            Talk("10.0.0.5:51235").Open(threadId: 43).Query("SELECT 1").Rows(1).Wait(20.9).Fin(Side.Server), RefusedAt(19)),
        NearMiss("a worker of the client crashed", App(Sign.LostDuringQuery), Kernel(Sign.ProcessSegfault, -1, "php-fpm")),
        NotEnough("the server crashed half a minute later", App(Sign.ClientReadTimedOut), Log(Sign.ServerSignal, 25)),
        NotEnough("a balancer leaves a server for another that counts less",
            LoggedIn("10.0.0.7:40001", 0.1, 9000), LoggedIn("10.0.0.7:40002", 1, 300), LoggedIn("10.0.0.7:40003", 2, 9001), LoggedIn("10.0.0.7:40004", 3, 301),
            Talk().Open(threadId: 8998).Query("SELECT SLEEP(100)").Wait(10).Fin(Side.Server),
            Talk("10.0.0.5:51235").Open(threadId: 8999).Query("SELECT SLEEP(100)").Wait(10.001).Fin(Side.Server), LoggedIn("10.0.0.7:40005", 12, 302)),
        NotEnough("one session is cut in the middle", Talk().Open().Query("SELECT SLEEP(100)").Wait(10).Fin(Side.Server)),
    ];

    private static Conversation LoggedIn(string client, double seconds, uint threadId) => new Conversation(client).Wait(seconds).Open(threadId: threadId).Query("SELECT 1").Rows(1).Quit().Fin(Side.Server).Fin(Side.Client);
}
