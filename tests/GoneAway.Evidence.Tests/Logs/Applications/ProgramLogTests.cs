using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>The client programs: mysql, mysqldump, mysqlbinlog, mydumper, sysbench and others.</summary>
public sealed class ProgramLogTests
{
    [Fact]
    public void The_client_reconnects_and_shows_its_new_id()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            mysql> insert into test_case (name) values('test2');
            ERROR 2013 (HY000): Lost connection to MySQL server during query
            mysql> insert into test_case (name) values('test2');
            ERROR 2006 (HY000): MySQL server has gone away
            No connection. Trying to reconnect...
            Connection id:    6
            Current database: dev_app
            """).Sightings;
        Assert.Equal([Sign.LostDuringQuery, Sign.GoneAway, Sign.WorkedAgain], all.Select(static one => one.Sign));
        Assert.Equal(6u, all[2].ThreadId);
        Assert.All(all, static one => Assert.Contains("mysql-cli", one.Stack));
    }

    [Fact]
    public void A_reconnect_that_fails_is_told()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            ERROR 2013 (HY000): Lost connection to MySQL server during query
            No connection. Trying to reconnect...
            ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/tmp/mysql.sock' (2)
            ERROR: 
            Can't connect to the server
            """).Sightings;
        Assert.Equal([Sign.LostDuringQuery, Sign.LocalSocketFailed], all.Select(static one => one.Sign));
    }

    [Theory]
    [InlineData("ERROR 2013 (HY000) at line 1234: Lost connection to MySQL server during query", Sign.LostDuringQuery)]
    [InlineData("ERROR 2006 (HY000) at line 45 in file: '/tmp/dump.sql': MySQL server has gone away", Sign.GoneAway)]
    [InlineData("ERROR 1153 (08S01) at line 96: Got a packet bigger than 'max_allowed_packet' bytes", Sign.ServerSaid)]
    [InlineData("> ERROR 2013 (HY000): Lost connection to server during query", Sign.LostDuringQuery)]
    [InlineData("    ERROR 2026 (HY000): TLS/SSL error: SSL is required, but the server does not support it", Sign.TlsFailed)]
    [InlineData("\u001b[31mERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (111)\u001b[0m", Sign.ConnectRefused)]
    public void The_client_is_known_by_how_it_prints_errors(string line, Sign sign)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains("mysql-cli", sighting.Stack);
        Assert.DoesNotContain('\u001b', sighting.Text);
    }

    [Theory]
    [InlineData("mysqldump: Error 2013: Lost connection to MySQL server during query when dumping table `auditlog_logentry` at row: 1636212", Sign.LostDuringQuery, 2013, "auditlog_logentry", "row 1636212")]
    [InlineData("The dump process failed with exitcode 3 : Unknown error : mysqldump: Error 2013: Lost connection to MySQL server during query when dumping table mails at row: 4161", Sign.LostDuringQuery, 2013, "mails", "row 4161")]
    [InlineData("mariadb-dump: Error 2013: Lost connection to server during query when dumping table `orders` at row: 5", Sign.LostDuringQuery, 2013, "orders", "row 5")]
    [InlineData("mysqldump: Error 2006: MySQL server has gone away when dumping table `orders` at row: 0", Sign.GoneAway, 2006, "orders", "row 0")]
    [InlineData("mysqldump: Error 2020: Got packet bigger than 'max_allowed_packet' bytes when dumping table `blobs` at row: 12", Sign.PacketTooLargeInClient, 2020, "blobs", "row 12")]
    [InlineData("mysqldump: Error 3024: Query execution was interrupted, maximum statement execution time exceeded when dumping table `t` at row: 7", Sign.ServerSaid, 3024, null, null)]
    [InlineData("mysqldump: Got error: 2013: Lost connection to MySQL server at 'reading initial communication packet', system error: 111 when trying to connect", Sign.LostBeforeGreeting, 2013, null, "reading initial communication packet")]
    [InlineData("mysqldump: Got error: 2003: Can't connect to MySQL server on 'db' (110) when trying to connect", Sign.ConnectTimedOut, 2003, null, null)]
    [InlineData("mysqldump: Got error: 1045: Access denied for user 'x'@'localhost' (using password: NO) when trying to connect", Sign.ServerSaid, 1045, null, null)]
    [InlineData("mysqldump: Couldn't execute 'SHOW FUNCTION STATUS WHERE Db = 'app'': MySQL server has gone away (2006)", Sign.GoneAway, 2006, null, null)]
    [InlineData("mysqldump: Error: 'Lost connection to MySQL server during query' when trying to dump tablespaces", Sign.LostDuringQuery, 2013, null, null)]
    public void A_dump_names_its_table_and_row(string line, Sign sign, int code, string? table, string? row)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, (int?)code, table, row), (sighting.Sign, sighting.Code, sighting.Subject, sighting.State));
        Assert.Contains("mysqldump", sighting.Stack);
    }

    [Theory]
    [InlineData("mysqldump: Error 1412: Table definition has changed, please retry transaction when dumping table `t` at row: 0")]
    [InlineData("mysqldump: Couldn't find table: \"x\"")]
    [InlineData("mysqldump: [Warning] Using a password on the command line interface can be insecure.")]
    [InlineData("mysqldump: Got errno 32 on write")]
    public void What_else_a_dump_says_is_no_loss(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Theory]
    [InlineData("ERROR: Got error reading packet from server: Lost connection to MySQL server during query", Sign.LostDuringQuery, "mysqlbinlog")]
    [InlineData("** (mydumper:27563): CRITICAL **: Savepoint failed: MySQL server has gone away", Sign.GoneAway, "mydumper")]
    [InlineData("** (myloader:37144): CRITICAL **: Error restoring mydb.mytable from file mydb.mytable.sql.gz: MySQL server has gone away", Sign.GoneAway, "mydumper")]
    [InlineData("** (mydumper:1): CRITICAL **: Error connecting to database: Can't connect to MySQL server on 'db' (111)", Sign.ConnectRefused, "mydumper")]
    [InlineData("xtrabackup: Error: failed to fetch query result FLUSH TABLES WITH READ LOCK: MySQL server has gone away", Sign.GoneAway, "xtrabackup")]
    [InlineData("FATAL: mysql_drv_query() returned error 2013 (Lost connection to MySQL server during query) for query 'COMMIT'", Sign.LostDuringQuery, "sysbench")]
    [InlineData("FATAL: mysql_stmt_execute() returned error 1317 (Query execution was interrupted) for query 'UPDATE sbtest1 SET k=k+1 WHERE id=?'", Sign.ServerSaid, "sysbench")]
    [InlineData("mysqladmin: connect to server at 'localhost' failed: Lost connection to MySQL server at 'reading authorization packet', system error: 0", Sign.LostDuringLogin, "mysqladmin")]
    public void Programs_are_named(string line, Sign sign, string program)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains(program, sighting.Stack);
    }

    [Theory]
    [InlineData("** (mydumper:7767): CRITICAL **: 18:10:49.468: Could not read data from community.entity_property: Lost connection to MySQL server during query", "community.entity_property", 7767, null)]
    [InlineData("2024-09-03 05:28:24 [ERROR] - Thread 3: Could not read data from db.t to write on file: Lost connection to MySQL server during query", "db.t", null, "Thread 3")]
    [InlineData("** (mydumper:27563): CRITICAL **: Error dumping table (mydb2.voorraad_ref) data: MySQL server has gone away ", "mydb2.voorraad_ref", 27563, null)]
    public void Mydumper_names_table_process_and_thread(string line, string table, int? pid, string? worker)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((table, pid, worker), (sighting.Subject, sighting.Pid, sighting.Worker));
        Assert.Contains("mydumper", sighting.Stack);
    }

    [Fact]
    public void Sysbench_repeats_an_error_in_other_words()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            FATAL: mysql_stmt_execute() returned error 2013 (Lost connection to MySQL server during query) for query 'UPDATE sbtest1 SET k=k+1 WHERE id=?'
            (last message repeated 1 times)
            FATAL: `thread_run' function failed: /usr/share/sysbench/oltp_common.lua:458: SQL error, errno = 2013, state = 'HY000': Lost connection to MySQL server during query
            """).Sightings;
        Assert.All(all, static one => Assert.Equal((Sign.LostDuringQuery, (int?)2013), (one.Sign, one.Code)));
        Assert.All(all, static one => Assert.Contains("sysbench", one.Stack));
    }

    [Theory]
    [InlineData("# 2026-11-20T10:00:00 KILL 1234 (Query 62 sec) SELECT SLEEP(100)", 1234, 62)]
    [InlineData("# 2026-11-20T10:00:00 KILL QUERY 1234 (Query 62 sec) SELECT SLEEP(100)", 1234, 62)]
    [InlineData("# 2026-11-20T10:00:00 KILL 99 (Sleep 3601 sec) NULL", 99, 3601)]
    public void Pt_kill_names_its_victim(string line, uint id, int seconds)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.KillLogged, (uint?)id, TimeSpan.FromSeconds(seconds)), (sighting.Sign, sighting.ThreadId, sighting.Elapsed));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 0, 0), sighting.Stamp?.Clock);
    }

    [Fact]
    public void A_replica_is_a_client_of_its_source()
    {
        Sighting sighting = Read.One("Last_IO_Error: error reconnecting to master 'repl@10.0.0.9:3306' - retry-time: 60  retries: 12");
        Assert.Equal((Sign.ConnectRefused, Origin.Application, "repl", "10.0.0.9", 3306), (sighting.Sign, sighting.Origin, sighting.User, sighting.ServerHost, sighting.ServerPort));
    }
}
