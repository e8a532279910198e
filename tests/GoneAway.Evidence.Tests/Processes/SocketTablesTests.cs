using GoneAway.Evidence.Processes;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes;

public sealed class SocketTablesTests
{
    private const string Ss = """
        State     Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process
        LISTEN    0      80              127.0.0.1:13377            0.0.0.0:*     users:(("mariadbd",pid=10436,fd=22))
        LISTEN    0      128               0.0.0.0:2024             0.0.0.0:*
        ESTAB     0      0               127.0.0.1:13377          127.0.0.1:57600 users:(("mariadbd",pid=10436,fd=45))
        ESTAB     0      0               127.0.0.1:57582          127.0.0.1:13377 users:(("python3",pid=10573,fd=3),("python3",pid=10572,fd=3),("python3",pid=10555,fd=3))
        ESTAB     104    0               127.0.0.1:57590          127.0.0.1:13377 users:(("python3",pid=10555,fd=4))
        TIME-WAIT 0      0               127.0.0.1:33971          127.0.0.1:49276
        """;

    [Fact]
    public void ss_shows_one_socket_in_three_processes_and_bytes_nobody_reads()
    {
        Findings found = Read.File(Ss);
        Sighting shared = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketShared);
        Assert.Equal([10555, 10572, 10573], shared.Pids);
        Assert.Equal(("127.0.0.1", 57582, 13377), (shared.ClientHost, shared.ClientPort, shared.ServerPort));
        Sighting unread = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketUnread);
        Assert.Equal((104L, 10555, 57590), (unread.Size, unread.Pid, unread.ClientPort));
        Hazard hazard = Assert.Single(found.Hazards);
        Assert.Equal(("shared-after-fork", "test.txt:5"), (hazard.Cause, hazard.Source));
    }

    [Fact]
    public void What_inspect_prints_is_evidence_too()
    {
        const string Inspected = """
            3 connections to MySQL
              php worker.php[7490] fd 4  127.0.0.1:57952 → 127.0.0.1:3306  ESTABLISHED, idle 0.27 s, 104 bytes unread, keep-alive in 7199 s (120 min)
              uwsgi[7508] fd 13 + uwsgi[7510] fd 13 + uwsgi[7511] fd 13 + uwsgi[7512] fd 13 + 1 more  [::1]:57992 → [::1]:3306  ESTABLISHED, idle 0.13 s, keep-alive in 7200 s (120 min)
              perl job.pl[812] fd 2,7  127.0.0.1:57960 → 127.0.0.1:3306  ESTABLISHED, idle 0.88 s, no keep-alive
            hazard  shared-after-fork  one connection [::1]:57992 → [::1]:3306 is open in 5 processes: uwsgi[7508], uwsgi[7510], uwsgi[7511], uwsgi[7512], uwsgi[7513]  (/proc/7508/fd/13)
              fix    open connections after the fork, never before: post_fork, lazy-apps, worker_process_init,
                     engine.dispose(close=False) in the child
            2 hazards
            """;
        Findings found = Read.File(Inspected);
        Sighting shared = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketShared);
        Assert.Equal([7508, 7510, 7511, 7512], shared.Pids);
        Assert.Equal(("::1", 57992, 3306), (shared.ClientHost, shared.ClientPort, shared.ServerPort));
        Assert.Equal((104L, 7490), (Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketUnread) is var unread ? (unread.Size, unread.Pid) : default));
        Assert.Equal((2, 812), (Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketOnStandardDescriptor) is var bomb ? (bomb.Code, bomb.Pid) : default));
        Assert.Equal(["shared-after-fork", "stray-bytes"], found.Hazards.Select(static h => h.Cause).Order());
    }

    [Theory]
    // A socket on descriptor 2, by each program that shows descriptors.
    [InlineData("ESTAB 0 0 127.0.0.1:57600 127.0.0.1:3306 users:((\"perl\",pid=4711,fd=2))", 2)]
    [InlineData("tcp   ESTAB      0      0      10.0.0.7:57600      10.0.0.9:mysql    users:((\"perl\",4711,2))", 2)]
    [InlineData("perl 4711 www 2u IPv4 795927 0t0 TCP 10.0.0.7:46844->10.0.0.9:3306 (ESTABLISHED)", 2)]
    [InlineData("perl 4711 www 0u IPv6 795927 0t0 TCP [::1]:46844->[::1]:3306 (ESTABLISHED)", 0)]
    [InlineData("www      perl        4711    2* internet stream tcp 0xffff80000123 10.0.0.7:46844 --> 10.0.0.9:3306", 2)]
    [InlineData("www      perl        4711  1  tcp4   10.0.0.7:46844        10.0.0.9:3306", 1)]
    public void A_connection_on_a_standard_descriptor_is_a_danger(string row, int descriptor)
    {
        Findings found = Read.File(row);
        Sighting bomb = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketOnStandardDescriptor);
        Assert.Equal((descriptor, 4711, "perl"), (bomb.Code, bomb.Pid, bomb.Subject));
        Assert.Equal("stray-bytes", Assert.Single(found.Hazards).Cause);
    }

    [Theory]
    // FreeBSD's fstat ends with the structures; ls -l knows only the inode.
    [InlineData("www      perl        4711    2* internet stream tcp fffff8001e0dd3d0", "perl")]
    [InlineData("lrwx------ 1 root root 64 Nov 21 07:35 /proc/4711/fd/2 -> 'socket:[795932]'", null)]
    [InlineData("$ ls -l /proc/4711/fd\ntotal 0\nlr-x------ 1 root root 64 Nov 21 08:22 0 -> /dev/null\nlrwx------ 1 root root 64 Nov 21 08:22 2 -> socket:[1065686]", null)]
    [InlineData("/proc/4711/fd:\ntotal 0\nlrwx------. 1 root root 64 Nov 21 08:22 2 -> socket:[1065686]", null)]
    public void A_socket_whose_peer_is_not_shown_is_told_as_such(string rows, string? name)
    {
        Sighting found = Assert.Single(Read.File(rows).Sightings);
        Assert.Equal((Sign.UnknownSocketOnStandardDescriptor, 2, 4711, name), (found.Sign, found.Code, found.Pid, found.Subject));
    }

    [Fact]
    public void A_descriptor_finds_its_peer_in_the_kernels_table()
    {
        Findings found = Read.File("""
            $ ls -l /proc/4711/fd
            total 0
            lr-x------ 1 root root 64 Nov 21 08:22 0 -> /dev/null
            lrwx------ 1 root root 64 Nov 21 08:22 2 -> socket:[795928]
            $ cat /proc/net/tcp
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               3: 0100007F:B708 0100007F:0CEA 08 00000000:00000097 00:00000000 00000000     0        0 795928 2 0000000076ed5b16 20 4 30 10 -1
            """);
        Sighting bomb = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketOnStandardDescriptor);
        Assert.Equal((4711, "127.0.0.1", 3306, 46856), (bomb.Pid, bomb.ServerHost, bomb.ServerPort, bomb.ClientPort));
        Sighting waiting = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketCloseWait);
        // One of the bytes is the peer's FIN.
        Assert.Equal(150, waiting.Size);
    }

    [Theory]
    [InlineData("CLOSE-WAIT 79     0      10.0.0.7:46844     10.0.0.9:3306  users:((\"java\",pid=9,fd=80))", 78L)]
    [InlineData("tcp        1      0 10.0.0.7:46844         10.0.0.9:3306         CLOSE_WAIT  9/java", 0L)]
    [InlineData("tcp6       1      0 10.0.0.7:46844         10.0.0.9:3306         CLOSE_WAIT  9/java              keepalive (6176.47/0/0)", 0L)]
    [InlineData("tcp4       0      0  10.0.0.7.46844         10.0.0.9.3306         CLOSE_WAIT", 0L)]
    [InlineData("  TCP    10.0.0.7:46844         10.0.0.9:3306         CLOSE_WAIT      9", 0L)]
    [InlineData("java 9 app 80u IPv6 795927 0t0 TCP 10.0.0.7:46844->10.0.0.9:3306 (CLOSE_WAIT)", 0L)]
    public void A_connection_the_server_has_closed_waits_for_the_client_to_notice(string row, long size)
    {
        Findings found = Read.File(row);
        Sighting waiting = Assert.Single(found.Sightings);
        Assert.Equal((Sign.SocketCloseWait, size, "10.0.0.7", 46844, "10.0.0.9", 3306), (waiting.Sign, waiting.Size, waiting.ClientHost, waiting.ClientPort, waiting.ServerHost, waiting.ServerPort));
        Assert.Single(found.Hazards);
    }

    [Theory]
    [InlineData("$ ss -tno\nESTAB 0 0 10.0.0.7:57600 10.0.0.9:3306", "off")]
    [InlineData("ESTAB 0 0 10.0.0.7:57600 10.0.0.9:3306 timer:(keepalive,119min,0)", "keepalive")]
    [InlineData("ESTAB 0 0 10.0.0.7:57600 10.0.0.9:3306", null)]
    [InlineData("tcp        0      0 10.0.0.7:57600         10.0.0.9:3306         ESTABLISHED 9/java              off (0.00/0/0)", "off")]
    [InlineData("tcp        0      0 10.0.0.7:57600         10.0.0.9:3306         ESTABLISHED 0          1065667    10555/python3        keepalive (7198.54/0/0)", "keepalive")]
    [InlineData("   1: 0700000A:E100 0900000A:0CEA 01 00000000:00000000 02:00000A2C 00000000     0        0 795928 2 0000000076ed5b16 20 4 30 10 -1", "keepalive")]
    public void The_keep_alive_timer_is_told_where_the_table_shows_timers(string rows, string? timer)
    {
        Sighting found = Assert.Single(Read.File(rows).Sightings);
        Assert.Equal((Sign.SocketEstablished, timer, 57600), (found.Sign, found.State, found.ClientPort));
    }

    [Fact]
    public void The_line_of_details_tells_how_long_nothing_came()
    {
        Sighting found = Assert.Single(Read.File("""
            $ ss -tnpoi dport = :3306
            State Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
            ESTAB 0      0          10.0.0.7:57582    10.0.0.9:3306 users:(("python3",pid=10573,fd=3)) timer:(keepalive,119min,0)
            	 ts sack bbr wscale:10,10 rto:204 rtt:0.029/0.014 ato:40 mss:32768 cwnd:10 bytes_acked:1 lastsnd:3600100 lastrcv:3600000 lastack:3600000 rcv_space:65495
            """).Sightings);
        Assert.Equal((TimeSpan.FromHours(1), "keepalive"), (found.Idle, found.State));
    }

    [Fact]
    public void One_socket_in_the_tables_of_two_programs_is_one()
    {
        Findings found = Read.File("""
            $ ss -tnp
            ESTAB 0 0 10.0.0.7:57582 10.0.0.9:3306 users:(("python3",pid=12,fd=3),("python3",pid=11,fd=3))
            $ lsof -nP -i
            python3  11 root    3u  IPv4 1065667      0t0  TCP 10.0.0.7:57582->10.0.0.9:3306 (ESTABLISHED)
            python3  12 root    3u  IPv4 1065667      0t0  TCP 10.0.0.7:57582->10.0.0.9:3306 (ESTABLISHED)
            """);
        Assert.Equal([11, 12], Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketShared).Pids);
        Assert.Single(found.Hazards);
    }

    [Fact]
    public void A_full_listen_queue_is_seen_in_the_listeners_own_columns()
    {
        Sighting found = Assert.Single(Read.File("LISTEN 81 80 *:3306 *:* users:((\"mysqld\",pid=812,fd=22))").Sightings);
        Assert.Equal((Sign.ListenQueueOverflow, 3306, 81L), (found.Sign, found.ServerPort, found.Size));
        Assert.Empty(Read.File("LISTEN 0 80 *:3306 *:* users:((\"mysqld\",pid=812,fd=22))").Sightings);
    }

    [Fact]
    public void What_a_client_does_not_take_shows_at_the_server()
    {
        Sighting found = Assert.Single(Read.File("ESTAB 0 2565120 10.0.0.9:3306 10.0.0.7:57600 users:((\"mysqld\",pid=812,fd=40))").Sightings);
        Assert.Equal((Sign.SocketUnsent, 2565120L, "10.0.0.7", 57600), (found.Sign, found.Size, found.ClientHost, found.ClientPort));
    }

    [Fact]
    public void Thousands_in_TIME_WAIT_use_up_the_source_ports()
    {
        string many = string.Join('\n', Enumerable.Range(30000, 12000).Select(static port => $"tcp        0      0 10.0.0.7:{port}         10.0.0.9:3306         TIME_WAIT   -"));
        Assert.Equal("source-ports-exhausted", Assert.Single(Read.File(many).Hazards).Cause);
        Assert.Empty(Read.File(many[..20_000]).Hazards);
    }

    [Theory]
    // Not MySQL's, a service of inetd's, a helper that only inherited, the server's own children.
    [InlineData("ESTAB 0 0 10.0.0.7:57600 10.0.0.9:5432 users:((\"python3\",pid=1,fd=2))")]
    [InlineData("ESTAB 0 0 10.0.0.7:57600 10.0.0.9:3389 users:((\"xfreerdp\",pid=1,fd=2))")]
    [InlineData("$ ls -l /proc/4711/fd\nlrwx------ 1 root root 64 Nov 21 08:22 0 -> socket:[1]\nlrwx------ 1 root root 64 Nov 21 08:22 1 -> socket:[1]\nlrwx------ 1 root root 64 Nov 21 08:22 2 -> socket:[1]")]
    [InlineData("$ ls -l /proc/4711/fd\nlrwx------ 1 root root 64 Nov 21 08:22 3 -> socket:[1]")]
    public void Nothing_is_told_of_what_is_no_danger_to_MySQL(string rows)
    {
        Findings found = Read.File(rows);
        Assert.Empty(found.Hazards);
        Assert.Empty(found.Sightings);
    }

    [Fact]
    public void A_child_that_runs_another_program_does_not_share_the_session()
    {
        Findings found = Read.File("ESTAB 0 0 10.0.0.7:57600 10.0.0.9:3306 users:((\"convert\",pid=12,fd=3),(\"php-fpm8.2\",pid=11,fd=3))");
        Assert.DoesNotContain(found.Sightings, static s => s.Sign == Sign.SocketShared);
    }

    [Theory]
    [InlineData("The quick brown fox\njumps over the lazy dog\n")]
    [InlineData("2026-11-20T10:00:00.000000Z 12 [Note] Aborted connection 12 to db: 'a' user: 'b' host: 'c' (Got an error reading communication packets)")]
    [InlineData("[mysqld]\nport = 3306\n")]
    [InlineData("total 12\n-rw-r--r-- 1 root root 5 Nov 20 10:00 a\n")]
    public void Other_text_is_left_to_others(string text) => Assert.Null(Read.Passage(new SocketTables(), text));

    [Fact]
    public void Anything_may_come_and_nothing_throws()
    {
        Mutated.NeverThrows(Ss, static text => Read.File(text));
        Mutated.NeverThrows("perl 4711 www 2u IPv4 795927 0t0 TCP 10.0.0.7:46844->10.0.0.9:3306 (ESTABLISHED)\nwww perl 4711 2* internet stream tcp 0x12 10.0.0.7:46844 --> 10.0.0.9:3306\n", static text => Read.File(text));
        Mutated.NeverThrows("  3: 0100007F:B708 0100007F:0CEA 08 00000000:00000096 00:00000000 00000000     0        0 795928 2 0\ntcp6 1 0 10.0.0.7:46844 10.0.0.9:3306 CLOSE_WAIT  9/java keepalive (6176.47/0/0)\n", static text => Read.File(text));
    }
}
