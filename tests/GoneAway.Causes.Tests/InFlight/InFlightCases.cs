using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.InFlight;

public sealed class PacketTooLargeCases : CaseSet
{
    public override string Cause => "packet-too-large";

    // A packet of 2 MB of which only the beginning comes.
    private static byte[] Beginning => [0x80, 0x84, 0x1E, 0, 3, .. "INSERT INTO t VALUES ('"u8, .. Enumerable.Repeat((byte)'x', 4000)];

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the server says 1153", Grade.Proven, Talk().Open().Raw(Side.Client, Beginning).Error(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes", 1).Fin(Side.Server)),
        Match("closed in the middle of 2 MB, the limit was read", Grade.Likely, Talk().Open().Query("SELECT @@max_allowed_packet").Values("1048576").Raw(Side.Client, Beginning).Reset(Side.Server)),
        Match("sending 2 MB failed, the server takes 1 MB", Grade.Likely, App(Sign.GoneAway, code: 2006) with { Size = 2_000_000 }, Set("max_allowed_packet", "1048576")),
        Match("the client's own limit refused the packet", Grade.Proven, App(Sign.PacketTooLargeInClient), Set("max_allowed_packet", "67108864")),
        NearMiss("sending 2 MB failed, and the server takes 64 MB", App(Sign.GoneAway, code: 2006) with { Size = 2_000_000 }, Set("max_allowed_packet", "67108864")),
        NearMiss("a small query is cut", Talk().Open().Query("SELECT 1").Wait(3).Fin(Side.Server)),
        NotEnough("closed in the middle of 500 KB, limit unknown", Talk().Open().Raw(Side.Client, [0x20, 0xA1, 7, 0, 3, .. "INSERT INTO t VALUES ('"u8, .. Enumerable.Repeat((byte)'x', 4000)]).Reset(Side.Server)),
    ];
}

public sealed class SlowReaderCases : CaseSet
{
    public override string Cause => "slow-reader";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("window closed for 61 s, then cut inside the result", Grade.Likely, Talk().Open().Query("SELECT * FROM big").ResultStart().Row(1000).Row(1000).ZeroWindow(Side.Client).Wait(61).Window(Side.Client, 64000).Row(1000).Fin(Side.Server)),
        Match("MariaDB resets while the window is closed", Grade.Likely, MariaDb(Talk()).Query("SET net_write_timeout=2").Ok().Query("SELECT * FROM big").ResultStart().Row(1000).ZeroWindow(Side.Client).Wait(2.1).Reset(Side.Server)),
        NearMiss("window closed for a moment, result complete", Talk().Open().Query("SELECT * FROM big").ResultStart().Row(1000).ZeroWindow(Side.Client).Wait(0.2).Window(Side.Client, 64000).Row(1000).ResultEnd().Wait(30).Fin(Side.Server)),
        NearMiss("shorter than the session's limit", Talk().Open().Query("SET net_write_timeout=600").Ok().Query("SELECT * FROM big").ResultStart().Row(1000).ZeroWindow(Side.Client).Wait(30).Window(Side.Client, 64000).Row(10).Fin(Side.Server)),
        NotEnough("cut inside a result after a gap", Talk().Open().Query("SELECT * FROM big").ResultStart().Row(1000).LoseNext().Row(1000).Row(1000).Ack(Side.Client).Wait(1).Row(10).Row(10).Row(10).Ack(Side.Client).Wait(20).Fin(Side.Server)),
    ];
}

public sealed class SlowWriterCases : CaseSet
{
    public override string Cause => "slow-writer";

    private static Conversation Load(Conversation talk) => talk.Query("LOAD DATA LOCAL INFILE 'f' INTO TABLE t").Packet(Side.Server, 1, [0xFB, .. "f"u8]).Packet(Side.Client, 2, "1,2,3\n"u8);

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the server gives up the upload with 1159", Grade.Proven, Load(Talk().Open()).Wait(30).Error(1159, "08S01", "Got timeout reading communication packets", 3).Fin(Side.Server)),
        Match("MariaDB gives up in silence", Grade.Likely, Load(MariaDb(Talk())).Wait(30).Reset(Side.Server)),
        NearMiss("the client ends the upload by leaving", Load(Talk().Open()).Wait(1.4).Fin(Side.Client)),
        NotEnough("a session of which the login is encrypted", Talk().Connect().Greeting(capabilities: Conversation.Usual | 0x800).Packet(Side.Client, 1, [0x05, 0xAE, 0x1A, 0, .. new byte[28]]).Raw(Side.Client, [0x16, 3, 1, 0, 50, .. new byte[50]]).Raw(Side.Server, [0x16, 3, 3, 0, 90, .. new byte[90]])
            .Raw(Side.Client, [0x17, 3, 3, 0, 90, .. new byte[90]]).Wait(30).Fin(Side.Server)),
    ];
}

public sealed class StatementTimeoutCases : CaseSet
{
    public override string Cause => "statement-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("3024, and the connection goes on", Grade.Proven, Talk().Open().Query("SELECT * FROM big").Wait(2).Error(3024, "HY000", "Query execution was interrupted, maximum statement execution time exceeded").Query("SELECT 1").Rows(1).Quit().Fin(Side.Server)),
        Match("1969 on MariaDB", Grade.Proven, MariaDb(Talk()).Query("SELECT SLEEP(9)").Wait(2).Error(1969, "70100", "Query execution was interrupted (max_statement_time exceeded)").Query("SELECT 1").Rows(1).Quit().Fin(Side.Server)),
        NearMiss("3024 of one worker, and a minute later the server crashes", App(Sign.ServerSaid, 0, 3024), App(Sign.LostDuringQuery, 70), Log(Sign.ServerSignal, 69)),
        NearMiss("the session was killed", Talk().Open().Query("SELECT * FROM big").Wait(2).Error(3169, "HY000", "Session was killed").Fin(Side.Server)),
        NotEnough("stopped, and much later lost for another reason", Talk().Open().Query("SELECT * FROM big").Wait(2).Error(3024, "HY000", "Query execution was interrupted, maximum statement execution time exceeded").Wait(77.7).Fin(Side.Server)),
    ];
}

public sealed class ClientReadTimeoutCases : CaseSet
{
    public override string Cause => "client-read-timeout";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("closed 30 s after its query", Grade.Likely, Talk().Open().Query("SELECT SLEEP(100)").Ack(Side.Server).Wait(30).Fin(Side.Client).Fin(Side.Server)),
        NearMiss("the server closes", Talk().Open().Query("SELECT SLEEP(100)").Ack(Side.Server).Wait(30).Fin(Side.Server)),
        NearMiss("closed at once", Talk().Open().Query("SELECT SLEEP(100)").Ack(Side.Server).Wait(0.1).Fin(Side.Client)),
        NotEnough("the command was never acknowledged", Talk().Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Unacknowledged(Side.Client, Payload.Framed(0, [3, .. "SELECT 2"u8])).Wait(0.2).Retransmit(Side.Client).Wait(0.4).Retransmit(Side.Client).Wait(9.4).Reset(Side.Client)),
    ];
}

public sealed class ClientVanishedCases : CaseSet
{
    public override string Cause => "client-vanished";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("closed while idle, without COM_QUIT", Grade.Likely, Talk().Open().Query("SELECT 1").Rows(1).Wait(3.4).Fin(Side.Client).Error(1158, "08S01", "Got an error reading communication packets", 0).Reset(Side.Client)),
        Match("killed in the middle of a query", Grade.Likely, Talk().Open().Query("SELECT SLEEP(100)").Ack(Side.Server).Wait(12.45).Reset(Side.Client)),
        NearMiss("says COM_QUIT", Talk().Open().Query("SELECT 1").Rows(1).Quit().Fin(Side.Client).Fin(Side.Server)),
        NotEnough("it leaves at the greeting", Talk().Connect().Greeting().Ack(Side.Client).Wait(3.4).Fin(Side.Client)),
    ];
}

public sealed class UsedAfterCloseCases : CaseSet
{
    public override string Cause => "used-after-close";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a query 5 s after the server closed, at no particular time", Grade.Possible, Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(433.3).Fin(Side.Server).Ack(Side.Client).Wait(5).Query("SELECT 2").Reset(Side.Server)),
        NearMiss("the query crossed the close", Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(433.3).Fin(Side.Server).Query("SELECT 2").Reset(Side.Server)),
        NotEnough("the client never tried again", Talk().Open("5.7.44").Query("SELECT 1").Rows(1).Wait(433.3).Fin(Side.Server).Ack(Side.Client)),
    ];
}

public sealed class KilledCases : CaseSet
{
    public override string Cause => "killed";

    private static Sighting Kill(double seconds) => Log(Sign.KillLogged, seconds) with { Source = "general.log:7", ThreadId = 1234 };

    private static Sighting Aborted => Log(Sign.AbortedReadError) with { ThreadId = 1234, User = "app" };

    private static Conversation Killer(string sql) => new Conversation("10.0.0.8:45000").Open(threadId: 99, user: "dba").Wait(5).Query(sql).Ok().Quit().Fin(Side.Server).Fin(Side.Client);

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("KILL 42 in the same capture", Grade.Proven, Talk().Open().Query("SELECT SLEEP(100)").Wait(5.01).Fin(Side.Server), Killer("KILL 42")),
        Match("kill connection, with a comment", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Wait(5.01).Fin(Side.Server), Killer("/* ops */ kill connection 42;")),
        Match("the client reads 3169 and closes before the server does", Grade.Proven, Talk().Open().Query("SELECT SLEEP(100)").Wait(7.3).Error(3169, "HY000", "Session was killed").Fin(Side.Client).Fin(Side.Server)),
        Match("MariaDB says 1927, others live on", Grade.Likely, MariaDb(Talk()).Query("SELECT SLEEP(100)").Wait(7.3).Error(1927, "70100", "Connection was killed").Fin(Side.Server), LaterLogin(9, 50)),
        Match("MariaDB says 1927 to two, and lives on", Grade.Likely, MariaDb(Talk()).Query("SELECT SLEEP(100)").Wait(7.3).Error(1927, "70100", "Connection was killed").Fin(Side.Server),
            MariaDb(Talk("10.0.0.5:51235"), 43).Query("SELECT SLEEP(100)").Wait(7.4).Error(1927, "70100", "Connection was killed").Fin(Side.Server), LaterLogin(9, 50)),
        Match("the general log has its KILL", Grade.Proven, Kill(-0.5), Aborted),
        NearMiss("KILL QUERY of it, an hour before", Kill(-3600) with { State = "QUERY" }, Aborted),
        NearMiss("a KILL of its number after it was lost", Kill(30), Aborted),
        Match("a KILL of that number the day before, and a bare end", Grade.Likely, Talk().Open().Query("SELECT SLEEP(100)").Wait(5).Fin(Side.Server)) with { Told = [Kill(-70_000) with { ThreadId = 42 }] },
        Match("a KILL of that number the day before", Grade.Likely, Kill(-80_000), Aborted),
        NearMiss("KILL QUERY of it, and a close by the client", Talk().Open().Query("SELECT SLEEP(100)").Wait(5.01).Error(1317, "70100", "Query execution was interrupted").Quit().Fin(Side.Server), Killer("KILL QUERY 42")),
        NearMiss("a KILL of another thread, and 4031", Talk().Open().Query("SELECT 1").Rows(1).Wait(5.01).Error(4031, "HY000", "The client was disconnected by the server because of inactivity.", 0).Fin(Side.Server), Killer("KILL 41")),
        NotEnough("a bare FIN in the middle of a query", Talk().Open().Query("SELECT SLEEP(100)").Ack(Side.Server).Wait(17.3).Fin(Side.Server)),
    ];
}
