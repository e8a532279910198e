using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Server;

/// <summary>Process lists, InnoDB's status, replicas and the host cache as people paste them.</summary>
public sealed class PastedSessionsTests
{
    private const string Box = """
        mysql> show full processlist;
        +------+------+------------------+------+---------+------+----------+-----------------------+
        | Id   | User | Host             | db   | Command | Time | State    | Info                  |
        +------+------+------------------+------+---------+------+----------+-----------------------+
        |    5 | event_scheduler | localhost | NULL | Daemon | 99 | Waiting on empty queue | NULL |
        | 4711 | app  | 10.0.0.5:48232   | shop | Sleep   | 3512 |          | NULL                  |
        | 4712 | app  | 10.0.0.5:48234   | shop | Query   |   12 | updating | update t set a = 1    |
        +------+------+------------------+------+---------+------+----------+-----------------------+
        3 rows in set (0.00 sec)
        """;

    private const string Vertical = """
        *************************** 1. row ***************************
             Id: 4711
           User: app
           Host: 10.0.0.5:48232
             db: shop
        Command: Sleep
           Time: 3512
          State:
           Info: NULL
        *************************** 2. row ***************************
             Id: 4712
           User: app
           Host: 10.0.0.5:48234
             db: shop
        Command: Query
           Time: 12
          State: updating
           Info: update t
        set a = 1
        where b: 2
        """;

    [Theory]
    [InlineData(Box)]
    [InlineData(Vertical)]
    [InlineData("Id\tUser\tHost\tdb\tCommand\tTime\tState\tInfo\n4711\tapp\t10.0.0.5:48232\tshop\tSleep\t3512\t\tNULL\n4712\tapp\t10.0.0.5:48234\tshop\tQuery\t12\tupdating\tupdate t set a = 1")]
    [InlineData("""[{"Id": 4711, "User": "app", "Host": "10.0.0.5:48232", "db": "shop", "Command": "Sleep", "Time": 3512, "State": "", "Info": null}, {"Id": 4712, "User": "app", "Host": "10.0.0.5:48234", "db": "shop", "Command": "Query", "Time": 12, "State": "updating", "Info": "update t set a = 1"}]""")]
    [InlineData("| 4711 | app  | 10.0.0.5:48232   | shop | Sleep   | 3512 |          | NULL                  |\n| 4712 | app  | 10.0.0.5:48234   | shop | Query   |   12 | updating | update t set a = 1    |")]
    [InlineData("PROCESSLIST_ID\tPROCESSLIST_USER\tPROCESSLIST_HOST\tPROCESSLIST_DB\tPROCESSLIST_COMMAND\tPROCESSLIST_TIME\tPROCESSLIST_STATE\tPROCESSLIST_INFO\n4711\tapp\t10.0.0.5:48232\tshop\tSleep\t3512\tNULL\tNULL\n4712\tapp\t10.0.0.5:48234\tshop\tQuery\t12\tupdating\tupdate")]
    public void Sessions_are_read_in_every_shape(string text)
    {
        IReadOnlyList<Sighting> found = Read.File(text).Sightings;
        Assert.Equal(2, found.Count);
        Sighting sleeps = found[0], works = found[1];
        Assert.All(found, static s => Assert.Equal(Sign.SessionSeen, s.Sign));
        Assert.Equal((4711u, "app", "10.0.0.5", 48232, "shop"), (sleeps.ThreadId, sleeps.User, sleeps.ClientHost, sleeps.ClientPort, sleeps.Schema));
        Assert.Equal(TimeSpan.FromSeconds(3512), sleeps.Idle);
        Assert.Null(sleeps.Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(12), works.Elapsed);
        Assert.Null(works.Idle);
        Assert.Equal("updating", works.State);
        Assert.StartsWith("update", works.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bar_inside_of_a_statement_does_not_part_columns()
    {
        Findings found = Read.File("""
            +------+------+------------------+------+---------+------+----------+------------------------+----------+
            | Id   | User | Host             | db   | Command | Time | State    | Info                   | Progress |
            +------+------+------------------+------+---------+------+----------+------------------------+----------+
            | 4712 | app  | 10.0.0.5:48234   | shop | Query   |   12 | updating | select a || b | c      |    0.000 |
            +------+------+------------------+------+---------+------+----------+------------------------+----------+
            """);
        Assert.Contains("c", Assert.Single(found.Sightings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mariadbs_transactions_left_open_are_marked_as_such()
    {
        Findings found = Read.File("""
            Id	User	Host	db	Command	Time	State	Info
            4711	app	10.0.0.5:48232	shop	Sleep	3512		NULL

            trx_id	trx_state	trx_mysql_thread_id
            99	RUNNING	4711
            """);
        Assert.Equal("in transaction", Assert.Single(found.Sightings).State);
    }

    private const string Innodb = """
        =====================================
        2026-11-21 07:40:27 0x7f59241676c0 INNODB MONITOR OUTPUT
        =====================================
        Per second averages calculated from the last 25 seconds
        -----------------
        BACKGROUND THREAD
        -----------------
        srv_master_thread loops: 0 srv_active, 0 srv_shutdown, 25 srv_idle
        ----------
        SEMAPHORES
        ----------
        OS WAIT ARRAY INFO: reservation count 6
        --Thread 139 has waited at row0ins.cc line 2500 for 241.00 seconds the semaphore:
        ------------
        TRANSACTIONS
        ------------
        Trx id counter 15
        LIST OF TRANSACTIONS FOR EACH SESSION:
        ---TRANSACTION 421, not started
        0 lock struct(s), heap size 1128, 0 row lock(s)
        ---TRANSACTION 1234, ACTIVE 7200 sec
        2 lock struct(s), heap size 1128, 1 row lock(s), undo log entries 1
        MySQL thread id 8, OS thread handle 140, query id 1234 10.0.0.5 app
        ---TRANSACTION 1235, ACTIVE 12 sec inserting
        mysql tables in use 1, locked 1
        MariaDB thread id 9, OS thread handle 141, query id 1240 web1.example 10.0.0.6 app Update
        insert into t values (1)
        ----------------------------
        END OF INNODB MONITOR OUTPUT
        ============================
        """;

    [Theory]
    [InlineData("mysql> show engine innodb status\\G\n*************************** 1. row ***************************\n  Type: InnoDB\n  Name: \nStatus: \n", "\n1 row in set (0.00 sec)\n")]
    [InlineData("", "")]
    [InlineData("+--------+------+-----+\n| Type   | Name | Status |\n+--------+------+-----+\n| InnoDB |      | \n", " |\n+--------+------+-----+\n")]
    public void Transactions_left_open_are_found_in_InnoDBs_status(string before, string after)
    {
        IReadOnlyList<Sighting> found = Read.File(before + Innodb + after).Sightings;
        Assert.Equal([Sign.ServerStalls, Sign.SessionSeen, Sign.SessionSeen], found.Select(static s => s.Sign));
        Assert.Equal(TimeSpan.FromSeconds(241), found[0].Elapsed);
        Assert.Equal((8u, "10.0.0.5", "app", "in transaction"), (found[1].ThreadId, found[1].ClientHost, found[1].User, found[1].State));
        Assert.Equal(TimeSpan.FromSeconds(7200), found[1].Elapsed);
        Assert.Equal((9u, "app", "Update"), (found[2].ThreadId, found[2].User, found[2].State));
        Assert.Equal(new DateTime(2026, 11, 21, 7, 40, 27), found[1].Stamp!.Value.Clock);
    }

    [Fact]
    public void InnoDBs_status_in_one_line_with_its_line_ends_escaped_is_read()
    {
        IReadOnlyList<Sighting> found = Read.File("Type\tName\tStatus\nInnoDB\t\t\\n" + Innodb.Replace("\n", "\\n", StringComparison.Ordinal)).Sightings;
        Assert.Equal(3, found.Count);
        Assert.All(found, static s => Assert.Equal("test.txt:2", s.Source));
    }

    [Theory]
    [InlineData("mysql> show replica status\\G\n*************************** 1. row ***************************\n             Replica_IO_State: Waiting for source to send event\n                  Source_Host: 10.0.0.9\n           Replica_IO_Running: Yes\n          Replica_SQL_Running: Yes\n        Seconds_Behind_Source: 42\n                Last_IO_Error: \n                 Channel_Name: \n", "Seconds_Behind_Source", "42")]
    [InlineData("*************************** 1. row ***************************\n               Slave_IO_State: \n                  Master_Host: 10.0.0.9\n             Slave_IO_Running: No\n            Slave_SQL_Running: Yes\n                Last_IO_Errno: 2013\n                Last_IO_Error: error reconnecting to master 'repl@10.0.0.9:3306' - retry-time: 60  retries: 1\n        Seconds_Behind_Master: NULL\n", "Last_IO_Errno", "2013")]
    [InlineData("mysql> show slave status;\nEmpty set (0.00 sec)\n", "rows", "0")]
    [InlineData("MariaDB [(none)]> show replica status;\n\u001b(B\u001b[0;1mEmpty set (0.000 sec)\n", "rows", "0")]
    public void A_replicas_status_is_read(string text, string name, string value)
    {
        Findings found = Read.File(text);
        Assert.Equal(value, Assert.Single(found.Facts, f => f.Kind == FactKind.Replica && f.Name == name).Value);
    }

    [Fact]
    public void A_replica_that_does_not_run_has_a_lag_of_NULL()
    {
        Findings found = Read.File("*************************** 1. row ***************************\n               Slave_IO_State: \n             Slave_IO_Running: No\n        Seconds_Behind_Master: NULL\n");
        Assert.Equal("NULL", found.Facts.Single(static f => f.Name == "Seconds_Behind_Master").Value);
        Assert.DoesNotContain(found.Facts, static f => f.Name == "Slave_IO_State");
    }

    [Theory]
    [InlineData("mysql> select ip, host, host_validated, sum_connect_errors, count_handshake_errors from performance_schema.host_cache;\n+----------+------+----------------+--------------------+------------------------+\n| ip       | host | host_validated | sum_connect_errors | count_handshake_errors |\n+----------+------+----------------+--------------------+------------------------+\n| 10.0.0.7 | NULL | YES            |                 97 |                     97 |\n+----------+------+----------------+--------------------+------------------------+\n")]
    [InlineData("*************************** 1. row ***************************\n                                        IP: 10.0.0.7\n                                      HOST: NULL\n                            HOST_VALIDATED: YES\n                        SUM_CONNECT_ERRORS: 97\n                 COUNT_HOST_BLOCKED_ERRORS: 0\n           COUNT_NAMEINFO_TRANSIENT_ERRORS: 0\n                    COUNT_HANDSHAKE_ERRORS: 97\n                                FIRST_SEEN: 2026-11-21 07:40:00\n")]
    [InlineData("""[{"IP": "10.0.0.7", "HOST": null, "HOST_VALIDATED": "YES", "SUM_CONNECT_ERRORS": 97, "COUNT_HANDSHAKE_ERRORS": 97}]""")]
    public void The_host_cache_is_read_as_a_running_servers(string text)
    {
        Findings found = Read.File(text);
        Fact errors = Assert.Single(found.Facts, static f => f is { Kind: FactKind.HostCache, Name: "SUM_CONNECT_ERRORS" });
        Assert.Equal(("97", "10.0.0.7"), (errors.Value, errors.Scope));
        Assert.Equal(["COUNT_HANDSHAKE_ERRORS", "HOST_VALIDATED", "SUM_CONNECT_ERRORS"], found.Facts.Select(static f => f.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Errors_given_to_clients_are_read_without_those_that_tell_nothing()
    {
        Findings found = Read.File("+--------------+------------------+---------------------+\n| ERROR_NUMBER | SUM_ERROR_RAISED | LAST_SEEN           |\n+--------------+------------------+---------------------+\n|         1040 |               17 | 2026-11-20 10:00:00 |\n|         1064 |              300 | 2026-11-20 10:00:00 |\n|         1153 |                0 | NULL                |\n+--------------+------------------+---------------------+\n");
        Fact fact = Assert.Single(found.Facts);
        Assert.Equal((FactKind.ErrorSummary, "1040", "17"), (fact.Kind, fact.Name, fact.Value));
    }

    [Fact]
    public void A_log_around_a_table_stays_a_log()
    {
        Findings found = Read.File("Nov 20 10:00:00 db1 kernel: Out of memory: Killed process 4242 (mysqld) total-vm:1kB, anon-rss:1kB\n\n+---------------+-------+\n| Variable_name | Value |\n+---------------+-------+\n| wait_timeout  | 600   |\n+---------------+-------+\n");
        Assert.Equal(Sign.OomKill, Assert.Single(found.Sightings).Sign);
        Assert.Single(found.Facts);
    }
}
