using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Faults;

/// <summary>What the gateway cures: the application sees an error without it and none with it.</summary>
public static class AllFaults
{
    private const string SelectAfterwards = """
        c = connect(read_timeout=8, autocommit=True)
        run(c, 'SELECT 1')
        until_broken()
        for n in range(3):
            say(run(c, 'SELECT 2'))
        """;

    private const string Statements = """
        c = connect(read_timeout=12, autocommit=True)
        run(c, 'CREATE TABLE IF NOT EXISTS t (a INT)')
        run(c, 'SET SESSION group_concat_max_len = 4321')
        until_broken()
        run(c, 'INSERT INTO t VALUES (1)')
        assert run(c, 'SELECT COUNT(*) FROM t')[0][0] == 1
        assert run(c, 'SELECT @@group_concat_max_len, DATABASE()')[0] == (4321, 'shop')
        """;

    private const string Loop = """
        c = connect(read_timeout=8, autocommit=True)
        run(c, 'SELECT 1')
        say('ready')
        while not os.path.exists(os.environ['WORK'] + '/broken'):
            run(c, 'SELECT 2')
            time.sleep(0.05)
        for n in range(20):
            run(c, 'SELECT 3')
            time.sleep(0.1)
        """;

    private const string SplitsWhatIsTooLarge = """
        c = connect(read_timeout=8, autocommit=True)
        try:
            run(c, "SELECT LENGTH('" + 'x' * SIZE + "')")
        except pymysql.err.MySQLError as e:
            if e.args[0] != 1153:
                raise
            say('told', e.args[1])
        say(run(c, "SELECT LENGTH('" + 'x' * 500000 + "')"))
        """;

    private static readonly string[] TwoServers = [Network.ServerAddress + ":3306", Network.ServerAddress + ":3307"];

    private static readonly Fault[] Own =
    [
        new("interactive-timeout", "wait-timeout", "An interactive client stays idle for longer than interactive_timeout (2 s).", """
            import pymysql.constants.CLIENT as F
            c = connect(client_flag=F.INTERACTIVE, autocommit=True)
            run(c, 'SELECT 1')
            time.sleep(3.5)
            run(c, 'SELECT 2')
            """) { Server = ["--interactive-timeout=2"] },
        new("pool-of-idle-connections", "wait-timeout", "Ten connections of a pool stay idle for longer than wait_timeout (2 s), then all are used.", """
            cs = [connect(autocommit=True) for _ in range(10)]
            for c in cs: run(c, 'SELECT 1')
            time.sleep(4)
            for c in cs: run(c, 'SELECT 2')
            """) { Server = ["--wait-timeout=2"] },
        new("idle-connections-killed", "killed", "A clean-up job kills connections at the server while they are idle.", Statements) { Break = static s => s.KillAll() },
        new("restart-while-idle", "server-restart", "The server is restarted while the application is idle.", Statements) { Break = static s => s.Restart(crash: false) },
        new("crash-while-idle", "server-crash", "The server is killed and started again while the application is idle.", Statements) { Break = static s => s.Restart(crash: true) },
        new("work-during-restart", "server-restart", "The application goes on while its server is away for some seconds.", Statements) { Break = static s => { s.End(crash: false); s.Run.Broken(); Scene.Wait(1.5); s.StartAgain(); } },
        new("connect-during-restart", "not-listening", "The application connects while its server is away for some seconds.", """
            connect().close()
            until_broken()
            c = connect()
            run(c, 'SELECT 1')
            """) { Break = static s => { s.End(crash: false); s.Run.Broken(); Scene.Wait(1.5); s.StartAgain(); } },
        new("crash-while-reading", "server-crash", "The server is killed in the middle of a long SELECT, and started again.", """
            c = connect(autocommit=True)
            say('ready')
            say(run(c, 'SELECT COUNT(*) FROM seq_1_to_20000000 WHERE seq % 7 = 3'))
            """) { Break = static s => { Scene.Wait(0.3); s.Restart(crash: true); } },
        new("crash-in-transaction", "server-crash", "The server is killed and started again while a transaction is open; replaying transactions is on.", """
            c = connect(read_timeout=12)
            run(c, 'CREATE TABLE t (a INT)')
            run(c, 'INSERT INTO t VALUES (1)')
            assert run(c, 'SELECT COUNT(*) FROM t')[0][0] == 1
            until_broken()
            run(c, 'INSERT INTO t VALUES (2)')
            c.commit()
            assert run(c, 'SELECT COUNT(*) FROM t')[0][0] == 2
            """) { Break = static s => s.Restart(crash: true), How = new Cure { Settings = Cure.TransactionReplay } },
        new("reset-while-idle", "reset-injected", "A firewall resets the idle connection when it is used; new ones pass.", SelectAfterwards) { OverRouter = true, Break = static s => s.ForgetConnections("reject with tcp reset") },
        new("forgotten-while-idle", "nat-idle-timeout", "A router has forgotten the idle connection and drops its packets; new ones pass.", SelectAfterwards) { OverRouter = true, Break = static s => { s.ForgetConnections("drop"); Scene.Wait(1.5); }, How = new Cure { Settings = ["pool:", "  ping_after_idle: 1s"] } },
        new("forgotten-write", "nat-idle-timeout", "The same, and the first statement is a write.", Statements) { OverRouter = true, Break = static s => { s.ForgetConnections("drop"); Scene.Wait(1.5); }, How = new Cure { Settings = ["pool:", "  ping_after_idle: 1s"] } },
        new("packet-too-large-kept", "packet-too-large", "A statement of 3 MB to a server with max_allowed_packet = 1 MB: the application knows error 1153 and goes on with smaller ones.",
            SplitsWhatIsTooLarge.Replace("SIZE", "3000000", StringComparison.Ordinal)) { Server = ["--max-allowed-packet=1M"] },
        new("packet-slightly-too-large-kept", "packet-too-large", "The same with 1.1 MB, where the error can still be read but the connection is closed.",
            SplitsWhatIsTooLarge.Replace("SIZE", "1100000", StringComparison.Ordinal)) { Server = ["--max-allowed-packet=1M"] },
        new("packet-of-several-parts-too-large", "packet-too-large", "The same with 40 MB, which is three packets.",
            SplitsWhatIsTooLarge.Replace("SIZE", "40000000", StringComparison.Ordinal)) { Server = ["--max-allowed-packet=1M"] },
        new("connections-all-taken", "too-many-connections", "All of max_connections (10) are taken by others for three seconds when the application connects.", """
            def others():
                held = [pymysql.connect(unix_socket=os.environ['WORK'] + '/s', user='app', password='secret') for _ in range(11)]
                say('taken')
                time.sleep(3)
                for c in held: c.close()
            t = threading.Thread(target=others)
            t.start()
            time.sleep(1)
            c = connect()
            run(c, 'SELECT 1')
            t.join()
            """) { Server = ["--max-connections=10"] },
        new("slow-upload", "slow-writer", "A statement of 800 KB arrives over a line that stalls for 4 s: longer than net_read_timeout and wait_timeout, of which MariaDB takes the latter here.", """
            s = socket.create_server(('127.0.0.1', 7000))
            def pump(a, b, stall):
                n = 0
                while data := a.recv(65536):
                    n += len(data)
                    if stall and n > 300000:
                        time.sleep(4)
                        stall = False
                    b.sendall(data)
                b.shutdown(socket.SHUT_WR)
            def line():
                a, _ = s.accept()
                b = socket.create_connection((os.environ['DB_HOST'], port))
                threading.Thread(target=pump, args=(a, b, True), daemon=True).start()
                threading.Thread(target=pump, args=(b, a, False), daemon=True).start()
            threading.Thread(target=line, daemon=True).start()
            c = connect(host='127.0.0.1', port=7000, autocommit=True)
            say(run(c, "SELECT LENGTH('" + 'x' * 800000 + "')"))
            """) { Server = ["--net-read-timeout=2", "--wait-timeout=2"] },
        new("replica-stopped", "server-restart", "One of two servers is stopped while the application reads.", Loop) { OverRouter = true, Prepare = static s => s.StartSecond("--port=3307"), Break = static s => { Scene.Wait(1); s.End(crash: false); }, How = new Cure { Backends = TwoServers } },
        new("replica-crashed", "server-crash", "One of two servers is killed while the application reads.", Loop) { OverRouter = true, Prepare = static s => s.StartSecond("--port=3307"), Break = static s => { Scene.Wait(1); s.End(crash: true); }, How = new Cure { Backends = TwoServers } },
        new("replica-frozen", "server-stalled", "One of two servers stands still while the application reads.", Loop) { OverRouter = true, Prepare = static s => s.StartSecond("--port=3307"), Break = static s => { Scene.Wait(1); s.Server.Signal("STOP"); }, How = new Cure { Backends = TwoServers, Settings = Cure.QuickHealth } },
        new("replica-cut-off", "network-loss", "The network of one of two servers is cut while the application reads.", Loop) { OverRouter = true, Prepare = static s => s.StartSecond("--port=3307"), Break = static s => { Scene.Wait(1); s.Run.Network.OnRouter("tcp dport 3306 drop"); }, How = new Cure { Backends = TwoServers, Settings = Cure.QuickHealth } },
        new("address-changed", "failover", "The name of the server gets another address and the old server ends.", SelectAfterwards.Replace("connect(", "connect(host='db.example' if port == 3306 else '127.0.0.1', ", StringComparison.Ordinal))
        {
            OverRouter = true,
            Server = ["--bind-address=" + Network.ServerAddress],
            Prepare = static s =>
            {
                s.Run.Network.Run("server", "ip", "addr", "add", "10.77.1.3/24", "dev", s.Run.Network.DeviceOf("server"));
                s.Run.Network.WriteEtc("client", "hosts", $"127.0.0.1 localhost\n{Network.ServerAddress} db.example\n");
                s.StartSecond("--bind-address=10.77.1.3");
            },
            Break = static s =>
            {
                s.Run.Network.WriteEtc("client", "hosts", "127.0.0.1 localhost\n10.77.1.3 db.example\n");
                s.End(crash: false);
            },
            How = new Cure { Backends = ["db.example:3306"] },
        },
    ];

    /// <summary>All, those of the catalogue's scenarios first.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [.. Scenarios.All.Scenarios.Where(static s => s.Cure is not null), .. Own];

    /// <summary>The one of that name; null where there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}
