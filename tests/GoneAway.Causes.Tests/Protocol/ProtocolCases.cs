using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.Protocol;

public sealed class StrayBytesCases : CaseSet
{
    public override string Cause => "stray-bytes";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a warning of rndc, and 1156", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Wait(60).Raw(Side.Client, "rndc: warning: key file (rndc.key) exists\n"u8).Error(1156, "08S01", "Got packets out of order", 0).Fin(Side.Server).Reset(Side.Client)),
        Match("a lone newline, then the client hangs", Grade.Likely, Talk().Open().Query("SELECT 1").Rows(1).Wait(6).Raw(Side.Client, "\n"u8).Wait(1).Query("SELECT 2").Wait(10.4).Fin(Side.Client)),
        NearMiss("text before any login", Talk().Connect().Greeting().Raw(Side.Client, "GET / HTTP/1.1\r\nHost: db\r\n\r\n"u8).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        Match("its process wrote text", Grade.Proven, App(Sign.GoneAway) with { Pid = 77 }, Wrote(77)),
        Match("some process wrote text", Grade.Likely, App(Sign.GoneAway) with { Pid = 78 }, Wrote(77)),
        Match("two processes wrote text", Grade.Proven, App(Sign.GoneAway) with { Pid = 78 }, Wrote(77), Wrote(78)),
        Match("its process wrote text hours before", Grade.Likely, App(Sign.GoneAway, 30_000) with { Pid = 77 }, Wrote(77)),
        NearMiss("some process wrote text, and the server gave another reason", App(Sign.GoneAway) with { Pid = 78 }, Log(Sign.AbortedInactivity, -1), Wrote(77)),
        NotEnough("1156, and the bytes were not captured", Talk().Open().Query("SELECT 1").Rows(1).Wait(6).LoseNext().Raw(Side.Client, "rndc: warning\n"u8).Error(1156, "08S01", "Got packets out of order", 0).Fin(Side.Server)),
    ];

    private static Sighting Wrote(int pid) => App(Sign.TextOnConnection, -30) with { Origin = Origin.Process, Source = "strace.txt:9", Pid = pid };
}

public sealed class NotMySqlTrafficCases : CaseSet
{
    public override string Cause => "not-mysql-traffic";

    private static Conversation Scanned(ReadOnlySpan<byte> probe) => Talk().Connect().Greeting().Raw(Side.Client, probe).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server);

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a browser", Grade.Proven, Talk().Connect().Greeting().Raw(Side.Client, "GET / HTTP/1.1\r\nHost: db:3306\r\n\r\n"u8).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        Match("an HTTP health check", Grade.Proven, Talk().Connect().Greeting().Raw(Side.Client, "GET /healthz HTTP/1.0\r\nUser-Agent: kube-probe/1.29\r\n\r\n"u8).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        Match("a port scanner: RTSP", Grade.Proven, Scanned("OPTIONS / RTSP/1.0\r\n\r\n"u8)),
        Match("a port scanner: two empty lines", Grade.Likely, Scanned("\r\n\r\n"u8)),
        Match("a port scanner: Windows shares", Grade.Proven, Scanned([0, 0, 0, 0xA4, 0xFF, 0x53, 0x4D, 0x42, 0x72, 0, 0, 0, 0, 8, 1, 0x40])),
        Match("a port scanner: remote desktop", Grade.Proven, Scanned([3, 0, 0, 0x0B, 6, 0xE0, 0, 0, 0, 0, 0])),
        NearMiss("a plain health check: connects, hears the greeting, and goes", Talk().Connect().Greeting().Ack(Side.Client).Wait(0.01).Fin(Side.Client).Fin(Side.Server)),
        NearMiss("a port scanner that only looks who is there", Talk().Connect().Ack(Side.Client).Reset(Side.Client)),
        Match("TLS at once", Grade.Proven, Talk().Connect().Raw(Side.Client, [0x16, 3, 1, 2, 0, 1, .. new byte[200]]).Greeting().Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        NearMiss("a PROXY header", Talk().Connect().Greeting().Raw(Side.Client, "PROXY TCP4 1.2.3.4 5.6.7.8 1 3306\r\n"u8).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        NotEnough("bytes of no known protocol, and no MySQL server there", Talk().Connect().Raw(Side.Client, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).Wait(5.4).Fin(Side.Client)),
    ];
}

public sealed class ProxyProtocolHeaderCases : CaseSet
{
    public override string Cause => "proxy-protocol-header";

    private static byte[] Version2 => [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 80, 12, 234];

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("text form, MySQL", Grade.Proven, Talk().Connect().Greeting().Raw(Side.Client, "PROXY TCP4 1.2.3.4 5.6.7.8 1 3306\r\n"u8).Error(1156, "08S01", "Got packets out of order", 1).Fin(Side.Server)),
        Match("binary form before the greeting, MariaDB", Grade.Proven, Talk().Connect().Raw(Side.Client, Version2).Greeting("5.5.5-10.11.6-MariaDB").Error(1130, "HY000", "Proxy header is not accepted from 10.0.0.5", 1).Fin(Side.Server)),
        Match("the proxy's log says that the header was not what it expected", Grade.Likely, App(Sign.LostBeforeGreeting), Proxy(Sign.ProxyHeaderRefused)),
        NearMiss("accepted: the login succeeds", Talk().Connect().Raw(Side.Client, Version2).Greeting("5.5.5-10.11.6-MariaDB").Login().Ok().Query("SELECT 1").Rows(1).Wait(3.5).Fin(Side.Client)),
        NotEnough("no header and no answer", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class WrongPortCases : CaseSet
{
    public override string Cause => "wrong-port";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("an SSH server", Grade.Proven, Talk().Connect().Raw(Side.Server, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8).Fin(Side.Client)),
        Match("the X Protocol", Grade.Proven, new Conversation("10.0.0.5:51234", "10.0.0.9:33060").Connect().Raw(Side.Server, [5, 0, 0, 0, 0x0B, 8, 5, 0x1A, 0]).Fin(Side.Client)),
        NearMiss("a MySQL server", Talk().Connect().Greeting().Ack(Side.Client).Wait(10.5).Reset(Side.Server)),
        NotEnough("the greeting was not captured", Talk().Connect().LoseNext().Greeting().Login().Ok().Ack(Side.Client).Wait(9.4).Fin(Side.Server)),
        NotEnough("silence", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class SharedAfterForkCases : CaseSet
{
    public override string Cause => "shared-after-fork";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a query after COM_QUIT", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Quit().Fin(Side.Server).Wait(2).Query("SELECT 2").Reset(Side.Server)),
        Match("queries on top of each other", Grade.Possible, Talk().Open().Query("SELECT id FROM a").Wait(0.01).Query("SELECT id FROM b").Rows(1).Rows(1).Wait(1).Query("SELECT id FROM a").Wait(0.02).Query("SELECT id FROM b").Rows(1).Rows(1).Wait(5.4).Fin(Side.Client)),
        Match("COM_QUIT while another waits", Grade.Possible, Talk().Open().Query("SELECT SLEEP(9)").Wait(2).Quit().Wait(1).Fin(Side.Server)),
        Match("a query right behind COM_QUIT", Grade.Likely, Talk().Open().Query("SELECT 1").Rows(1).Quit().Query("SELECT 2").Fin(Side.Server).Reset(Side.Server)),
        Match("its workers share a socket", Grade.Proven, Uwsgi(Sign.MixedUpResult), Uwsgi(Sign.GoneAway, 1), Shared("uwsgi", 4711, 4712)),
        Match("another program's processes share a socket", Grade.Likely, Uwsgi(Sign.MixedUpResult), Uwsgi(Sign.GoneAway, 1), Shared("perl", 812, 813), Shared("php-fpm", 901, 902)),
        Match("its processes share another connection to that server, and another program has one to another server", Grade.Proven, Talk().Open().Query("SELECT 1").Rows(1).Quit().Query("SELECT 2").Fin(Side.Server).Reset(Side.Server)) with
        {
            Told = [Shared("uwsgi", 4711, 4712) with { ServerHost = "10.0.0.9", ServerPort = 3306 }, Shared("mariadbd", 99) with { Sign = Sign.SocketEstablished, ServerHost = "10.0.0.10", ServerPort = 3306 }],
        },
        Match("uWSGI's log alone", Grade.Likely, Uwsgi(Sign.MixedUpResult), Uwsgi(Sign.GoneAway, 1)),
        NearMiss("a second goodbye", Talk().Open().Query("SELECT 1").Rows(1).Quit().Wait(1).Quit().Fin(Side.Server)),
        NearMiss("strictly in turn", Talk().Open().Query("SELECT 1").Rows(1).Query("SELECT 2").Rows(1).Quit().Fin(Side.Server).Fin(Side.Client)),
        NotEnough("prepare and execute back to back, as a driver pipelines", Pipelined(Talk().Open())),
    ];

    private static Sighting Uwsgi(Sign sign, double seconds = 0) => App(sign, seconds) with { Stack = ["uwsgi"] };

    private static Sighting Shared(string program, params int[] pids) =>
        App(Sign.SocketShared) with { Origin = Origin.Process, Source = "inspect.txt:2", Subject = program, Pid = pids[0], Pids = pids, ClientPort = 40000 };

    private static Conversation Pipelined(Conversation talk)
    {
        byte[] prepare = Payload.Framed(0, [22, .. "SELECT ?"u8]);
        byte[] execute = Payload.Framed(0, [23, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0, 0]);
        return talk.Raw(Side.Client, [.. prepare, .. execute]).Packet(Side.Server, 1, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Packet(Side.Server, 1, Payload.Ok(2)).Wait(3.4).KeepAlive(Side.Client);
    }
}

public sealed class SharedBetweenThreadsCases : CaseSet
{
    public override string Cause => "shared-between-threads";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("overlapping commands and halves of packets", Grade.Likely, Talk().Open().Query("SELECT id FROM a").Wait(0.01).Query("SELECT id FROM b").Wait(0.01)
            .Packet(Side.Client, 5, [3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251]).Error(1156, "08S01", "Got packets out of order", 0).Fin(Side.Server)),
        NearMiss("a query after COM_QUIT", Talk().Open().Query("SELECT 1").Rows(1).Quit().Fin(Side.Server).Wait(2).Query("SELECT 2").Reset(Side.Server)),
        NotEnough("queries on top of each other", Talk().Open().Query("SELECT id FROM a").Wait(0.01).Query("SELECT id FROM b").Rows(1).Rows(1).Wait(1).Query("SELECT id FROM a").Wait(0.02).Query("SELECT id FROM b").Rows(1).Rows(1).Wait(5.4).Fin(Side.Client)),
    ];
}

public sealed class CommandsOutOfSyncCases : CaseSet
{
    public override string Cause => "commands-out-of-sync";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("left with results of a CALL still due", Grade.Possible, Talk().Open().Query("CALL p()").Rows(2, status: 10).Wait(0.4).Fin(Side.Client)),
        NearMiss("all results read", Talk().Open().Query("CALL p()").Rows(2, status: 10).Ok().Wait(2.4).Fin(Side.Client)),
        NotEnough("left while a query runs", Talk().Open().Query("SELECT SLEEP(9)").Ack(Side.Server).Wait(2).Fin(Side.Client)),
    ];
}
