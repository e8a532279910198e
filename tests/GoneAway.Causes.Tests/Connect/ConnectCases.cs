using GoneAway.Model;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Tests.Connect;

public sealed class TooManyConnectionsCases : CaseSet
{
    public override string Cause => "too-many-connections";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("in place of the greeting", Grade.Proven, Talk().Connect().Error(1040, null, "Too many connections", 0).Fin(Side.Server)),
        Match("after the login", Grade.Proven, Talk().Connect().Greeting().Login().Error(1040, "08004", "Too many connections", 2).Fin(Side.Server)),
        Match("the account's own limit", Grade.Proven, Talk().Connect().Greeting().Login().Error(1203, "42000", "User app already has more than 'max_user_connections' active connections", 2).Fin(Side.Server)),
        Match("the server's own log says so, behind a proxy", Grade.Proven, Log(Sign.TooManyConnectionsLogged) with { Code = 1040 }, App(Sign.LostBeforeGreeting), Proxy(Sign.ProxySessionEnded, -7000, "cD")),
        NearMiss("too many connections after the session was lost", App(Sign.UnexpectedEof, 5), App(Sign.ServerSaid, 25, 1040), Log(Sign.ServerSignal, 4)),
        NearMiss("an hourly limit in a session that is lost much later", Talk().Open("5.7.44").Query("SELECT 1").Error(1226, "42000", "User 'app' has exceeded the 'max_questions' resource (current value: 100)").Wait(437.3).Fin(Side.Server)),
        Match("and connects are refused soon after", Grade.Likely, Talk().Connect().Error(1040, null, "Too many connections", 0).Fin(Side.Server), RefusedAt(2)),
        NearMiss("another error in place of the greeting", Talk().Connect().Error(1130, null, "Host '10.0.0.5' is not allowed to connect to this MySQL server", 0).Fin(Side.Server)),
        NotEnough("no greeting and no error", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class HostBlockedCases : CaseSet
{
    public override string Cause => "host-blocked";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("1129 in place of the greeting", Grade.Proven, Talk().Connect().Error(1129, null, "Host '10.0.0.5' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'", 0).Fin(Side.Server)),
        NearMiss("1040", Talk().Connect().Error(1040, null, "Too many connections", 0).Fin(Side.Server)),
        NotEnough("no greeting and no error", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class HostNotAllowedCases : CaseSet
{
    public override string Cause => "host-not-allowed";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("1130 in place of the greeting", Grade.Proven, Talk().Connect().Error(1130, null, "Host '10.0.0.5' is not allowed to connect to this MySQL server", 0).Fin(Side.Server)),
        Match("a header is taken, and the host that it announces refused", Grade.Proven, Talk().Connect().Greeting("5.5.5-10.11.6-MariaDB").Raw(Side.Client, "PROXY TCP4 1.2.3.4 5.6.7.8 1 3306\r\n"u8).Error(1130, "HY000", "Host '1.2.3.4' is not allowed to connect to this MariaDB server", 1).Fin(Side.Server)),
        NearMiss("1130 about a PROXY header", Talk().Connect().Raw(Side.Client, "PROXY TCP4 1.2.3.4 5.6.7.8 1 3306\r\n"u8).Error(1130, "HY000", "Proxy header is not accepted from 10.0.0.5", 1).Fin(Side.Server)),
        NotEnough("no greeting and no error", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class OldClientCases : CaseSet
{
    public override string Cause => "old-client";

    // Capabilities without PROTOCOL_41, max packet, user, scramble.
    private static byte[] OldLogin => [0x05, 0x24, 0, 0, 0, .. "root\0"u8, .. "JLDP]`ZN\0"u8];

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a login of before 4.1 is refused", Grade.Proven, Talk().Connect().Greeting("5.7.44").Packet(Side.Client, 1, OldLogin).Error(1251, "08004", "Client does not support authentication protocol requested by server; consider upgrading MySQL client", 2).Fin(Side.Server)),
        Match("a login of before 4.1, closed in silence", Grade.Likely, Talk().Connect().Greeting("5.7.44").Packet(Side.Client, 1, OldLogin).Fin(Side.Server)),
        NearMiss("a modern login is refused with 1251", Talk().Connect().Greeting().Login(plugin: "mysql_native_password").Error(1251, "08004", "Client does not support authentication protocol requested by server; consider upgrading MySQL client", 2).Fin(Side.Server)),
        NotEnough("closed before any login", Talk().Connect().Greeting("5.7.44").Wait(0.3).Fin(Side.Server)),
    ];
}

public sealed class AuthPluginMismatchCases : CaseSet
{
    public override string Cause => "auth-plugin-mismatch";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("1251 after a modern login", Grade.Proven, Talk().Connect().Greeting("9.7.4").Login(plugin: "mysql_native_password").Error(1251, "08004", "Client does not support authentication protocol requested by server; consider upgrading MySQL client", 2).Fin(Side.Server)),
        Match("the client leaves at the switch", Grade.Likely, Talk().Connect().Greeting().Login(plugin: "mysql_native_password").Packet(Side.Server, 2, [0xFE, .. "caching_sha2_password\0"u8, .. new byte[21]]).Fin(Side.Client)),
        NearMiss("it answers the switch and is denied", Talk().Connect().Greeting().Login(plugin: "mysql_native_password").Packet(Side.Server, 2, [0xFE, .. "caching_sha2_password\0"u8, .. new byte[21]]).Packet(Side.Client, 3, new byte[32]).Error(1045, "28000", "Access denied for user 'app'@'10.0.0.5' (using password: YES)").Fin(Side.Server)),
        NotEnough("the login is inside TLS", Talk().Connect().Greeting(capabilities: Conversation.Usual | Capabilities.Ssl)
            .Packet(Side.Client, 1, [0x05, 0xAE, 0x1A, 0, .. new byte[28]]).Raw(Side.Client, [0x16, 3, 1, 0, 50, .. new byte[50]]).Raw(Side.Server, [0x16, 3, 3, 0, 90, .. new byte[90]]).Reset(Side.Server)),
    ];
}

public sealed class TlsMismatchCases : CaseSet
{
    public override string Cause => "tls-mismatch";

    private const ulong WithTls = Conversation.Usual | Capabilities.Ssl;

    private static Conversation AskForTls(Conversation talk) => talk.Connect().Greeting(capabilities: WithTls)
        .Packet(Side.Client, 1, [0x05, 0xAE, 0x1A, 0, .. new byte[28]]).Raw(Side.Client, [0x16, 3, 1, 0, 50, .. new byte[50]]).Raw(Side.Server, [0x16, 3, 3, 0, 90, .. new byte[90]]);

    public override IEnumerable<CauseCase> Cases =>
    [
        NotEnough("the end of a connection with TLS", App(Sign.TlsFailed, 0, 2026) with { Text = "Error 2026: TLS/SSL error: unexpected eof while reading when dumping table 'orders' at row: 120001" }),
        Match("the client sends alert 48", Grade.Proven, AskForTls(Talk()).Raw(Side.Client, [0x15, 3, 3, 0, 2, 2, 48]).Fin(Side.Client)),
        Match("the server requires TLS", Grade.Proven, Talk().Connect().Greeting().Login().Error(3159, "HY000", "Connections using insecure transport are prohibited while --require_secure_transport=ON.", 2).Fin(Side.Server)),
        NearMiss("a session in TLS that ends with a small record", AskForTls(Talk()).Raw(Side.Client, [0x17, 3, 3, 0, 90, .. new byte[90]]).Raw(Side.Server, [0x17, 3, 3, 0, 90, .. new byte[90]]).Raw(Side.Client, [0x17, 3, 3, 0, 22, .. new byte[22]]).Fin(Side.Client).Fin(Side.Server)),
        NotEnough("it ends right after TLS was asked for", AskForTls(Talk()).Reset(Side.Server)),
    ];
}

public sealed class HandshakeTimeoutCases : CaseSet
{
    public override string Cause => "handshake-timeout";

    private static Conversation Secured() => Talk().Connect().Greeting(capabilities: Conversation.Usual | Capabilities.Ssl)
        .Packet(Side.Client, 1, [0x05, 0xAE, 0x1A, 0, .. new byte[28]]).Raw(Side.Client, [0x16, 3, 1, 0, 50, .. new byte[50]]).Raw(Side.Server, [0x16, 3, 3, 0, 90, .. new byte[90]])
        .Raw(Side.Client, [0x17, 3, 3, 0, 150, .. new byte[150]]).Raw(Side.Server, [0x17, 3, 3, 0, 60, .. new byte[60]]);

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("MySQL gives up with 1159", Grade.Proven, Talk().Connect().Greeting().Wait(10).Error(1159, "08S01", "Got timeout reading communication packets", 1).Fin(Side.Server)),
        Match("the client reads 1159 and closes before the server does", Grade.Proven, Talk().Connect().Greeting().Wait(10).Error(1159, "08S01", "Got timeout reading communication packets", 1).Fin(Side.Client).Fin(Side.Server)),
        Match("MariaDB gives up by RST", Grade.Likely, Talk().Connect().Greeting("5.5.5-10.11.6-MariaDB").Ack(Side.Client).Wait(10).Reset(Side.Server)),
        Match("inside TLS nothing more comes", Grade.Possible, Secured().Wait(10).Fin(Side.Server)),
        NearMiss("the client gives up", Talk().Connect().Greeting().Ack(Side.Client).Wait(10).Fin(Side.Client)),
        NotEnough("inside TLS something came later, a command as well as a login", Secured().Wait(5).Raw(Side.Client, [0x17, 3, 3, 0, 50, .. new byte[50]]).Raw(Side.Server, [0x17, 3, 3, 0, 60, .. new byte[60]]).Wait(8).Fin(Side.Server)),
        NotEnough("nobody has closed yet", Talk().Connect().Greeting().Ack(Side.Client).Wait(8).KeepAlive(Side.Client)),
    ];
}

public sealed class DnsLookupCases : CaseSet
{
    public override string Cause => "dns-lookup";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("a greeting after 15 s, for a client that has gone", Grade.Likely, Talk().Connect().Wait(10).Fin(Side.Client).Wait(5).Greeting().Reset(Side.Client)),
        Match("no greeting while others get theirs", Grade.Likely, Talk().Connect().Wait(10).Fin(Side.Client).Fin(Side.Server), LaterLogin(4, 43)),
        NearMiss("greeted at once", Talk().Connect().Greeting().Ack(Side.Client).Wait(10.5).Reset(Side.Server)),
        NotEnough("nobody is ever greeted", Talk().Connect().Wait(10).Fin(Side.Client), Talk("10.0.0.5:51235").Wait(30).Connect().Wait(10).Fin(Side.Client)),
    ];
}

public sealed class NotListeningCases : CaseSet
{
    public override string Cause => "not-listening";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("refused", Grade.Likely, Talk().Syn().Reset(Side.Server)),
        NearMiss("dropped", Talk().Syn().Wait(1).SynAgain().Wait(2).SynAgain()),
        NotEnough("a server that is only silent", Talk().Connect().Wait(10).Fin(Side.Client)),
    ];
}
