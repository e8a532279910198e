using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class ProxySqlLogTests
{
    [Theory]
    [InlineData("2020-02-14 16:48:32 MySQL_Session.cpp:4106:handler(): [ERROR] Detected a broken connection during query on (11,10.126.47.39,3306) , FD (Conn:33 , MyDS:33) : 2013, Lost connection to MySQL server during query", "during query", 2013, "10.126.47.39", 3306, null, null)]
    [InlineData("MySQL_Session.cpp:1481:handler_again___status_PINGING_SERVER(): [ERROR] Detected a broken connection during ping on (10,10.204.240.7,3307) , FD (Conn:109 , MyDS:109) : 4031, The client was disconnected by the server because of inactivity.", "during ping", 4031, "10.204.240.7", 3307, null, null)]
    [InlineData("2023-05-02 10:00:00 MySQL_Session.cpp:4555:handler_minus1_LogErrorDuringQuery(): [ERROR] Detected a broken connection while running query on (102,db1,3301,254029) , FD (Conn:52 , MyDS:52) , user app , last_used 77620ms ago : 2013, Lost connection to server during query", "while running query", 2013, "db1", 3301, 254029u, 77620)]
    [InlineData("2024-05-14 01:05:56 MySQL_Session.cpp:4225:handler_ProcessingQueryError_CheckBackendConnectionStatus(): [ERROR] Detected a lagging server during query: 10.37.1.41, 3306", "lagging", null, "10.37.1.41", 3306, null, null)]
    [InlineData("2024-05-14 01:05:56 MySQL_Session.cpp:4221:handler_ProcessingQueryError_CheckBackendConnectionStatus(): [ERROR] Detected an offline server during query: 10.37.1.41, 3306", "offline", null, "10.37.1.41", 3306, null, null)]
    [InlineData("2017-12-01 09:00:00 MySQL_Thread.cpp:100:run(): [ERROR] Detected broken idle connection on 10.0.0.1:3306", "idle", null, "10.0.0.1", 3306, null, null)]
    public void A_lost_backend_is_told_with_its_error_and_place(string line, string state, int? code, string host, int port, uint? thread, int? idle)
    {
        Sighting lost = Read.One(line);
        Assert.Equal((Sign.ProxyBackendLost, Origin.Proxy), (lost.Sign, lost.Origin));
        Assert.Equal((state, code, host, port), (lost.State, lost.Code, lost.ServerHost, lost.ServerPort!.Value));
        Assert.Equal(thread, lost.ThreadId);
        Assert.Equal(idle is { } ms ? TimeSpan.FromMilliseconds(ms) : null, lost.Idle);
        Assert.Equal(["proxysql"], lost.Stack);
    }

    [Theory]
    [InlineData("2024-01-01 10:00:00 MySQL_Thread.cpp:4321:process_all_sessions(): [WARNING] Killing client connection 10.0.0.5:44321 because inactive for 28800012ms", Sign.ProxyIdleClosed, "wait_timeout", 28800012)]
    [InlineData("2024-01-01 10:00:00 MySQL_Thread.cpp:4321:process_all_sessions(): [WARNING] Killing client connection 10.0.0.5:44321 because of (possible) transaction idle for 14400012ms", Sign.ProxyIdleClosed, "max_transaction_idle_time", 14400012)]
    public void A_client_closed_for_idleness_is_told_with_the_limit(string line, Sign sign, string state, int idle)
    {
        Sighting closed = Read.One(line);
        Assert.Equal((sign, state, TimeSpan.FromMilliseconds(idle)), (closed.Sign, closed.State, closed.Idle!.Value));
        Assert.Equal(("10.0.0.5", 44321), (closed.ClientHost, closed.ClientPort!.Value));
    }

    [Fact]
    public void A_transaction_that_ran_too_long_has_its_duration_and_no_idleness()
    {
        Sighting closed = Read.One("2024-01-01 10:00:00 MySQL_Thread.cpp:4350:x(): [WARNING] Killing client connection 10.0.0.5:44321 because of (possible) transaction running for 14400012ms");
        Assert.Equal((Sign.ProxyQueryTimedOut, TimeSpan.FromMilliseconds(14400012), (TimeSpan?)null), (closed.Sign, closed.Elapsed!.Value, closed.Idle));
    }

    [Fact]
    public void A_killed_client_counts_as_a_kill_only_when_no_limit_was_named_before()
    {
        const string killed = "2024-01-01 10:00:01 MySQL_Thread.cpp:4321:process_all_sessions(): [WARNING] Closing killed client connection 10.0.0.5:44321\n";
        Sighting kill = Read.One(killed);
        Assert.Equal((Sign.KillLogged, "10.0.0.5"), (kill.Sign, kill.ClientHost));
        Sighting idle = Read.One("2024-01-01 10:00:00 MySQL_Thread.cpp:4300:x(): [WARNING] Killing client connection 10.0.0.5:44321 because inactive for 28800012ms\n" + killed);
        Assert.Equal(Sign.ProxyIdleClosed, idle.Sign);
    }

    [Theory]
    [InlineData("2016-01-09 15:52:40 MySQL_HostGroups_Manager.cpp:149:connect_error(): [INFO] Shunning server 127.0.0.1:3306 with 5 errors/sec. Shunning for 10 seconds", Sign.ProxyServerDown, "5 errors/sec", "127.0.0.1:3306")]
    [InlineData("2018-02-01 10:00:00 MySQL_Monitor.cpp:1900:monitor_ping(): [ERROR] Server 10.0.0.1:3306 missed 3 heartbeats, shunning it and killing all the connections. Disabling other checks until the node comes back online.", Sign.ProxyServerDown, "missed 3 heartbeats", "10.0.0.1:3306")]
    [InlineData("2018-02-01 10:00:00 MySQL_HostGroups_Manager.cpp:2345:replication_lag_action(): [WARNING] Shunning server 10.0.0.1:3306 from HG 2 with replication lag of 80 second, count number: '1'", Sign.ProxyServerDown, "replication lag of 80 s", "10.0.0.1:3306")]
    [InlineData("2024-09-13 03:44:20 MyHGC.cpp:227:get_random_MySrvC(): [ERROR] Hostgroup 10 has no servers available! Checking servers shunned for more than 1 second", Sign.ProxyNoServer, null, "hostgroup 10")]
    [InlineData("2018-02-01 10:00:00 MySQL_Monitor.cpp:1900:x(): [ERROR] Server 10.0.0.1:3306 missed 3 read_only checks. Assuming read_only=1", Sign.RoleChanged, "read_only", "10.0.0.1:3306")]
    public void What_becomes_of_a_server_is_told_with_the_reason(string line, Sign sign, string? state, string subject)
    {
        Sighting told = Read.One(line);
        Assert.Equal((sign, state, subject), (told.Sign, told.State, told.Subject));
    }

    [Theory]
    [InlineData("2016-01-09 15:52:40 mysql_connection.cpp:453:handler(): [ERROR] Failed to mysql_real_connect() on 127.0.0.1:3306 , 1049: Unknown database 'proxysqlcluster'", 1049, null, "127.0.0.1")]
    [InlineData("mysql_connection.cpp:1022:handler(): [ERROR] Failed to mysql_real_connect() on 30:10.1.34.61:3306 , FD (Conn:0 , MyDS:43) , 2002: Can't connect to MySQL server on '10.1.34.61' (111)", 2002, 111, "10.1.34.61")]
    [InlineData("2024-09-13 03:44:19 mysql_connection.cpp:1279:handler(): [ERROR] Connect timeout on 192.168.10.101:3306 : exceeded by 1894394us", null, null, "192.168.10.101")]
    public void A_backend_that_cannot_be_reached_is_told(string line, int? code, int? errno, string host)
    {
        Sighting failed = Read.One(line);
        Assert.Equal((Sign.ProxyConnectFailed, code, errno, host, 3306), (failed.Sign, failed.Code, failed.Errno, failed.ServerHost, failed.ServerPort!.Value));
    }

    [Fact]
    public void No_connection_of_a_hostgroup_in_time_is_9001()
    {
        Sighting late = Read.One("2024-09-13 03:44:20 MySQL_Session.cpp:3209:handler_again___status_CONNECTING_SERVER(): [ERROR] Max connect timeout reached while reaching hostgroup 10 after 16001ms . HG status: [{\"Bytes_recv\":\"72\"}]");
        Assert.Equal((Sign.ProxyQueueTimedOut, 9001, "hostgroup 10", TimeSpan.FromMilliseconds(16001)), (late.Sign, late.Code!.Value, late.Subject, late.Elapsed!.Value));
        Assert.Equal(new DateTime(2024, 9, 13, 3, 44, 20), late.Stamp!.Value.Clock);
    }

    [Theory]
    [InlineData("2024-01-01 10:00:00 PgSQL_Session.cpp:1:x(): [ERROR] Detected a broken connection during query on (1,10.0.0.1,5432)")]
    [InlineData("2024-01-01 10:00:00 MySQL_HostGroups_Manager.cpp:1:x(): [INFO] Not shunning server 10.0.0.1:3306")]
    [InlineData("Killing client connection is what operators do")]
    [InlineData("haproxy[1]: backend be has no server available! ProxySQL stands behind")]
    public void What_is_not_of_it_gives_none_of_its_signs(string line) => Assert.DoesNotContain(Read.Lines(line).Sightings, static one => one.Stack.Contains("proxysql"));

    [Fact]
    public void No_mutation_of_a_line_throws() => Mutated.NeverThrows(
        "2023-05-02 10:00:00 MySQL_Session.cpp:4555:x(): [ERROR] Detected a broken connection while running query on (102,db1,3301,254029) , FD (Conn:52) , user app , last_used 77620ms ago : 2013, Lost",
        static text => Assert.All(Read.Lines(text).Sightings, static one => Assert.True(one.Text.Length <= 401)));
}
