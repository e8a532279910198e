using GoneAway.Model;

namespace GoneAway.Causes.Tests.Idle;

public sealed class WaitTimeoutCases : CaseSet
{
    private const string Inactivity = "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.";

    public override string Cause => "wait-timeout";

    private static Sighting IdleFor(double seconds) => App(Sign.GoneAway, code: 2006) with { Idle = TimeSpan.FromSeconds(seconds) };

    private static Fact InFile(string name, string value) => new(FactKind.Option, name, value, null, "my.cnf:2") { Scope = "mysqld" };

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("MySQL 8.0.36 says 4031", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Wait(28800).Error(4031, "HY000", Inactivity, 0).Fin(Side.Server)),
        Match("4031 and the client finds out later", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Wait(600).Error(4031, "HY000", Inactivity, 0).Fin(Side.Server).Wait(100).Query("SELECT 2").Reset(Side.Server)),
        Match("MariaDB resets at the value that the session read", Grade.Likely, MariaDb(Talk()).Query("SHOW VARIABLES LIKE 'wait_timeout'").Values("wait_timeout", "120").Wait(120.1).Reset(Side.Server)),
        Match("MariaDB resets after whole seconds", Grade.Likely, MariaDb(Talk()).Query("SELECT 1").Rows(1).Wait(2.003).Reset(Side.Server)),
        Match("MySQL 5.7 closes after 28800 s", Grade.Likely, Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(28800.4).Fin(Side.Server).Fin(Side.Client)),
        Match("interactive_timeout of an interactive client", Grade.Likely, Talk().Open("5.7.44", interactive: true).Query("SHOW VARIABLES LIKE 'interactive_timeout'").Values("interactive_timeout", "300").Wait(300.2).Fin(Side.Server)),
        NearMiss("MySQL 8.0.36 closes in silence", Talk().Open().Query("SELECT 1").Rows(1).Wait(28800).Fin(Side.Server).Fin(Side.Client)),
        NearMiss("MariaDB has 4031 for another error", MariaDb(Talk()).Query("CREATE TRIGGER x").Error(4031, "HY000", "Referenced trigger 'nope' does not exist", 1).Wait(0.5).Fin(Side.Server)),
        NearMiss("a routine said 4031 an hour before", Talk().Open().Query("CALL p()").Error(4031, "45000", "p", 1).Wait(3600).Query("SELECT SLEEP(100)").Wait(9).Fin(Side.Server)),
        Match("the server's timer at the end of wait_timeout, seen by the application later", Grade.Proven, IdleFor(1200), Log(Sign.AbortedReadTimeout, -599), Set("wait_timeout", "600"), Set("version", "10.11.6-MariaDB")),
        NearMiss("the server's timer long before wait_timeout", IdleFor(1200), Log(Sign.AbortedReadTimeout, -1139), Set("wait_timeout", "600"), Set("idle_transaction_timeout", "60"), Set("version", "10.11.6-MariaDB")),
        Match("another session's end some seconds before", Grade.Likely, Log(Sign.AbortedInactivity, -4) with { ThreadId = 4711, User = "batch" }, App(Sign.LostDuringQuery)),
        NearMiss("a packet of 145 bytes that is no word of the server's own", App(Sign.PacketsOutOfOrder) with { Size = 145, SequenceExpected = 1, SequenceReceived = 4 }),
        NearMiss("a query was running", Talk().Open("5.7.44").Query("SELECT SLEEP(100)").Wait(60).Fin(Side.Server)),
        NearMiss("shorter than the session's own value", Talk().Open("5.7.44").Query("SET SESSION wait_timeout=3600").Ok().Wait(50).Fin(Side.Server)),
        Match("SET GLOBAL was too late for this session", Grade.Likely, IdleFor(28803), Set("wait_timeout", "86400"), InFile("wait_timeout", "28800")),
        Match("SET GLOBAL was too late for this captured session", Grade.Likely, Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(500.3).Fin(Side.Server).Fin(Side.Client)) with { Told = [Set("wait_timeout", "86400"), InFile("wait_timeout", "500")] },
        NearMiss("shorter than what the server was started with", IdleFor(600), Set("wait_timeout", "86400"), InFile("wait_timeout", "28800")),
        NearMiss("shorter than what the server runs with, and was started with", IdleFor(28803), Set("wait_timeout", "86400"), InFile("wait_timeout", "86400")),
        NotEnough("MySQL 5.7 closes after an odd time", Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(437.3).Fin(Side.Server).Fin(Side.Client)),
    ];
}
