using FsCheck;
using FsCheck.Fluent;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class ServerLogTests
{
    private static readonly string[] Real =
    [
        "2026-11-20T21:56:32.147183-00:00 10 [Note] [MY-010914] [Server] Aborted connection 10 to db: 'unconnected' user: 't' host: 'localhost' (The client was disconnected by the server because of inactivity.).",
        "2026-11-21  8:23:38 5 [Warning] Could not read packet: fd: 42  state: 1  read_length: 4  errno: 11  vio_errno: 1158  length: 0",
        "261121  8:24:01 [ERROR] /usr/sbin/mariadbd got signal 11 ;\nQuery (0x7f): select 1\nConnection ID (thread ID): 5\n/usr/sbin/mariadbd(_ZN3THD5awakeE12killed_state+0x27f)[0x563635b1394f]",
        "{ \"prio\" : 3, \"err_code\" : 10914, \"msg\" : \"Aborted connection 12 to db: 'a' user: 'b' host: 'c' (Got an error reading communication packets).\", \"time\" : \"2026-11-20T10:00:00.000001Z\", \"thread\" : 12, \"label\" : \"Note\" }",
        "| 2026-11-20 10:00:00.000001 |        12 | Note  | MY-010914 | Server | Got timeout reading communication packets |",
        "2014-05-05 10:48:05 7f51e0dd1740 InnoDB: Assertion failure in thread 140373427504832 in file btr0cur.c line 283",
        "2026-11-20T08:20:41.5Z 0 [ERROR] [MY-000067] [Server] unknown variable 'nonsense=1'.",
        "2026-11-20T22:05:20.123456Z\t   12 Query\tKILL 8",
        "20261120 22:05:20,db1,root,localhost,12,345,QUERY,,'KILL 8',0",
        "{\"log\":\"2026-11-20T10:00:00.000001Z 0 [Warning] [MY-010055] [Server] IP address '10.0.0.7' could not be resolved: Name or service not known\\n\",\"stream\":\"stderr\"}",
        "2026-11-21  8:23:38 0 [Warning] Changed limits: max_open_files: 1024  max_connections: 214 (was 500)  table_cache: 400 (was 2000)",
        "2026-11-20 21:56:32 11 [ERROR] InnoDB: Database page corruption on disk or a failed read of file './shop/orders.ibd' page [page id: space=2, page number=4].",
    ];

    private static IReadOnlyList<Sighting> All(string text) => [.. Read.Lines(text).Sightings.Where(static one => one.Sign != Sign.ServerNotesLogged)];

    private static Sighting One(string text) => Assert.Single(All(text));

    [Theory]
    [InlineData("2026-11-20T21:56:32.1Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.36-0ubuntu0.22.04.1) starting as process 1234", Sign.ServerStarting, "8.0.36-0ubuntu0.22.04.1", 1234, null)]
    [InlineData("2024-02-13T09:17:55.016293Z 0 [Note] mysqld (mysqld 5.7.44) starting as process 1 ...", Sign.ServerStarting, "5.7.44", 1, null)]
    [InlineData("2017-07-06  9:02:10 140502336202816 [Note] /usr/bin/mysqld (mysqld 10.1.22-MariaDB) starting as process 146 ...", Sign.ServerStarting, "10.1.22-MariaDB", 146, null)]
    [InlineData("2026-11-21  8:20:11 0 [Note] Starting MariaDB 10.11.19-MariaDB-0+deb12u1 source revision 5843d84 server_uid EFdX08PJtBCY4g6SGLL0GIl7WDA= as process 6221", Sign.ServerStarting, "10.11.19-MariaDB-0+deb12u1", 6221, null)]
    [InlineData("2026-11-20T08:20:13.8Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '9.7.4-2'  socket: '/run/mysqld/mysqld.sock'  port: 3306  (Debian).", Sign.ServerReady, "9.7.4-2", null, 3306)]
    [InlineData("151218  9:17:39 [Note] /usr/sbin/mysqld: ready for connections.\nVersion: '5.5.44-0ubuntu0.14.04.1'  socket: '/var/run/mysqld/mysqld.sock'  port: 3307  (Ubuntu)", Sign.ServerReady, "5.5.44-0ubuntu0.14.04.1", null, 3307)]
    [InlineData("db_1  | 2024-12-15 16:41:29 0 [Note] mariadbd: ready for connections.\ndb_1  | Version: '11.4.2-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution", Sign.ServerReady, "11.4.2-MariaDB-ubu2404", null, 3306)]
    [InlineData("2026-11-20T22:07:36.854857-00:00 172 [System] [MY-013172] [Server] Received SHUTDOWN from user root. Shutting down mysqld (Version: 9.7.4-2).", Sign.ShutdownRequested, "root", null, null)]
    [InlineData("2026-11-20T22:07:36.854857Z 0 [System] [MY-013172] [Server] Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: 8.0.36).", Sign.ShutdownRequested, "SIGTERM", null, null)]
    [InlineData("2026-11-21  8:23:42 0 [Note] /usr/sbin/mariadbd (initiated by: unknown): Normal shutdown", Sign.ShutdownRequested, "SIGTERM", null, null)]
    [InlineData("2026-11-21  8:23:42 0 [Note] /usr/sbin/mysqld (initiated by: root[root] @ localhost []): Normal shutdown", Sign.ShutdownRequested, "root[root] @ localhost []", null, null)]
    [InlineData("130928 22:56:26 [Note] /usr/libexec/mysqld: Normal shutdown", Sign.ShutdownRequested, null, null, null)]
    [InlineData("2026-11-21  8:24:52 0 [Note] /usr/sbin/mariadbd: Shutdown complete", Sign.ShutdownComplete, null, null, null)]
    [InlineData("130928 22:56:26 mysqld_safe mysqld restarted", Sign.UnitDied, "mysqld", null, null)]
    public void Starts_and_ends(string text, Sign sign, string? subject, int? pid, int? port)
    {
        Sighting found = One(text);
        Assert.Equal((sign, subject, pid, port), (found.Sign, found.Subject, found.Pid, found.ServerPort));
        Assert.NotNull(found.Stamp);
    }

    [Theory]
    [InlineData("2026-11-20T08:20:41.5Z 0 [ERROR] [MY-000067] [Server] unknown variable 'nonsense=1'.", Sign.BadOption, "nonsense=1", null)]
    [InlineData("2026-11-21  8:24:12 0 [ERROR] /usr/sbin/mariadbd: unknown variable 'nonsense=1'", Sign.BadOption, "nonsense=1", null)]
    [InlineData("130928 22:56:26 [ERROR] /usr/sbin/mysqld: unknown option '--skip-locking'", Sign.BadOption, "--skip-locking", null)]
    [InlineData("error: Found option without preceding group in config file: /etc/my.cnf at line: 1", Sign.BadOption, null, null)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [ERROR] [MY-010119] [Server] Aborting", Sign.ServerStartFailed, null, null)]
    [InlineData("2026-11-20T08:20:59.6Z 0 [ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: Address already in use", Sign.ServerStartFailed, null, "TCP/IP port: Address already in use")]
    [InlineData("2026-11-20T08:20:31.5Z 1 [ERROR] [MY-012574] [InnoDB] Unable to lock ./ibdata1 error: 11", Sign.ServerStartFailed, "./ibdata1", "data files in use")]
    [InlineData("130928 22:56:26  InnoDB: Unable to lock ./ibdata1, error: 11", Sign.ServerStartFailed, "./ibdata1", "data files in use")]
    [InlineData("2026-11-21  8:24:04 0 [ERROR] mariadbd: Can't lock aria control file '/var/lib/mysql/aria_log_control' for exclusive use, error: 11. Will retry for 30 seconds", Sign.ServerStartFailed, "/var/lib/mysql/aria_log_control", "data files in use")]
    [InlineData("2022-04-28 14:58:41 0 [ERROR] InnoDB: Plugin initialization aborted with error Data structure corruption", Sign.ServerStartFailed, null, "Data structure corruption")]
    public void Starts_that_fail(string text, Sign sign, string? subject, string? state)
    {
        Sighting found = One(text);
        Assert.Equal((sign, subject, state), (found.Sign, found.Subject, found.State));
    }

    [Theory]
    [InlineData("2026-11-20T08:21:10.0Z 1 [Note] [MY-012551] [InnoDB] Database was not shutdown normally!", Sign.CrashRecovery)]
    [InlineData("130928 22:56:26  InnoDB: Database was not shut down normally!", Sign.CrashRecovery)]
    [InlineData("2014-05-05 10:48:05 7f51e0dd1740 InnoDB: Starting crash recovery.", Sign.CrashRecovery)]
    [InlineData("2026-11-21  8:24:01 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=44760", Sign.CrashRecovery)]
    [InlineData("2018-07-03 15:15:06 140641294121864 [Note] InnoDB: The log sequence number 1617430 in ibdata file do not match the log sequence number 2654764 in the ib_logfiles!", Sign.CrashRecovery)]
    [InlineData("151218  9:17:38 [Note] Recovering after a crash using mysql-bin", Sign.CrashRecovery)]
    [InlineData("2026-11-20T21:56:32.1Z 11 [ERROR] [MY-013183] [InnoDB] Assertion failure: buf0buf.cc:4142:ib::fatal triggered thread 140373427504832", Sign.AssertionFailure)]
    [InlineData("130928 22:56:26  InnoDB: Assertion failure in thread 140373427504832 in file btr0cur.c line 283", Sign.AssertionFailure)]
    [InlineData("mysqld: /build/mysql-8.0.36/sql/sql_class.cc:1234: void THD::x(): Assertion `thd' failed.", Sign.AssertionFailure)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [ERROR] [MY-012872] [InnoDB] [FATAL] Semaphore wait has lasted > 600 seconds. We intentionally crash the server because it appears to be hung.", Sign.SemaphoreCrash)]
    [InlineData("2026-11-20 21:56:32 0 [ERROR] [FATAL] InnoDB: innodb_fatal_semaphore_wait_threshold was exceeded for dict_sys.latch. Please refer to https://mariadb.com/kb/en/how-to-produce-a-full-stack-trace-for-mysqld/", Sign.SemaphoreCrash)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [Warning] [MY-012985] [InnoDB] A long semaphore wait:", Sign.ServerStalls)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [Note] InnoDB: page_cleaner: 1000ms intended loop took 24013ms. The settings might not be optimal. (flushed=200, during the time.)", Sign.ServerStalls)]
    [InlineData("InnoDB: Warning: a long semaphore wait:", Sign.ServerStalls)]
    public void What_a_crash_leaves(string text, Sign sign) => Assert.Equal(sign, One(text).Sign);

    [Theory]
    [InlineData("2026-11-20T08:21:11.5Z 10 [ERROR] [MY-013134] [Server] Table './shop/m' is marked as crashed and should be repaired", Sign.Corruption, "./shop/m")]
    [InlineData("130928 22:56:26 [ERROR] /usr/sbin/mysqld: Table './shop/m' is marked as crashed and last (automatic?) repair failed", Sign.Corruption, "./shop/m")]
    [InlineData("2026-11-21  8:24:52 4 [ERROR] mariadbd: Index for table './shop/m.MYI' is corrupt; try to repair it", Sign.Corruption, "./shop/m.MYI")]
    [InlineData("2026-11-20T21:56:32.1Z 11 [ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file read of tablespace shop/orders page [page id: space=2, page number=4]. You may have to recover from a backup.", Sign.Corruption, "shop/orders")]
    [InlineData("2026-11-20 21:56:32 11 [ERROR] InnoDB: Database page corruption on disk or a failed read of file './shop/orders.ibd' page [page id: space=2, page number=4]. You may have to recover from a backup.", Sign.Corruption, "./shop/orders.ibd")]
    [InlineData("2026-11-20 21:56:32 0 [ERROR] InnoDB: Missing FILE_CREATE, FILE_DELETE or FILE_MODIFY before FILE_CHECKPOINT for tablespace 512", Sign.Corruption, "redo log")]
    [InlineData("2026-11-20 21:56:32 7f01 InnoDB: Error: page 3 log sequence number 7289495", null, null)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [ERROR] [MY-012224] [InnoDB] Page [page id: space=0, page number=7] log sequence number 7289495 is in the future! Current system log sequence number 2560012.", Sign.Corruption, null)]
    [InlineData("2026-11-20T21:56:32.1Z 8 [ERROR] [MY-000035] [Server] Disk is full writing './binlog.000012' (OS errno 28 - No space left on device). Waiting for someone to free space... Retry in 60 secs. Message reprinted in 600 secs.", Sign.DiskFull, "./binlog.000012")]
    [InlineData("130928 22:56:26 [ERROR] /usr/sbin/mysqld: Disk is full writing './shop/log.MYD' (Errcode: 28). Waiting for someone to free space... (Expect up to 60 secs delay for server to continue after freeing disk space)", Sign.DiskFull, "./shop/log.MYD")]
    [InlineData("2026-11-20 21:56:32 8 [ERROR] mysqld: Disk full (/tmp/#sql_3c6_0.MAI); waiting for someone to free some space... (errno: 28 \"No space left on device\")", Sign.DiskFull, "/tmp/#sql_3c6_0.MAI")]
    [InlineData("2026-11-20T21:56:32.1Z 8 [ERROR] /usr/sbin/mysqld: Incorrect key file for table '/tmp/#sql_3c6_0.MYI'; try to repair it", Sign.DiskFull, "tmpdir: /tmp/#sql_3c6_0.MYI")]
    [InlineData("2026-11-20T21:56:32.1Z 0 [ERROR] [MY-012639] [InnoDB] Write to file ./ibdata1 failed at offset 79691776, 1048576 bytes should have been written, only 0 were written.", Sign.DiskFull, "./ibdata1")]
    [InlineData("2018-05-15  1:00:22 140156782507776 [ERROR] InnoDB: mmap(3145728 bytes) failed; errno 12", Sign.ServerOutOfMemory, null)]
    [InlineData("2026-11-20T21:56:32.1Z 0 [ERROR] InnoDB: Cannot allocate memory for the buffer pool", Sign.ServerOutOfMemory, "innodb_buffer_pool_size")]
    public void Storage_and_memory(string text, Sign? sign, string? subject)
    {
        if (sign is null)
        {
            Assert.Empty(All(text));
            return;
        }
        Sighting found = One(text);
        Assert.Equal((sign.Value, subject), (found.Sign, found.Subject));
    }

    [Theory]
    [InlineData("2026-11-20T21:57:23.670294-00:00 30 [Note] [MY-010914] [Server] Got timeout reading communication packets", Sign.HandshakeTimedOut, 1159, 30, null, null)]
    [InlineData("2026-11-20T21:57:33.485713-00:00 40 [Note] [MY-010914] [Server] Bad handshake", Sign.BadHandshake, 1043, 40, null, null)]
    [InlineData("2026-11-20T08:20:14.2Z 23 [Note] [MY-010914] [Server] Got an error reading communication packets", Sign.AbortedUnauthenticated, 1158, 23, null, null)]
    [InlineData("2026-11-20T08:20:14.1Z 22 [Note] [MY-010914] [Server] Got packets out of order", Sign.ServerPacketsOutOfOrder, 1156, 22, null, null)]
    [InlineData("2026-11-21  8:23:38 16 [ERROR] mariadbd: Got packets out of order", Sign.ServerPacketsOutOfOrder, 1156, 16, null, null)]
    [InlineData("2026-11-20T08:20:14.3Z 28 [Note] [MY-010926] [Server] Access denied for user 't'@'10.0.0.7' (using password: YES)", Sign.AccessDeniedLogged, 1045, 28, "t", "10.0.0.7")]
    [InlineData("130928 22:56:26 [Warning] Access denied for user 'root'@'localhost' (using password: NO)", Sign.AccessDeniedLogged, 1045, null, "root", "localhost")]
    [InlineData("2026-11-20T08:20:14.3Z 31 [Note] [MY-010914] [Server] Access denied for user 'lim'@'%' to database 'mysql'", Sign.AccessDeniedLogged, 1044, 31, "lim", null)]
    [InlineData("2026-11-21  8:23:42 0 [Warning] Aborted connection 0 to db: 'unconnected' user: 'unauthenticated' host: 'connecting host' (Too many connections)", Sign.TooManyConnectionsLogged, 1040, null, null, null)]
    [InlineData("2026-11-20T08:20:14.3Z 0 [Warning] Too many connections", Sign.TooManyConnectionsLogged, 1040, null, null, null)]
    [InlineData("2026-11-20T08:20:14.3Z 31 [ERROR] [MY-013833] [Server] Connection closed. Connection memory limit 2097152 bytes exceeded. Consumed 2099200 bytes.", Sign.MemoryLimitExceeded, 4082, 31, null, null)]
    [InlineData("2026-11-20T08:20:14.3Z 9 [Warning] [MY-010055] [Server] IP address '10.0.0.7' could not be resolved: Name or service not known", Sign.NameLookupFailed, null, 9, null, "10.0.0.7")]
    [InlineData("130928 22:56:26 [Warning] IP address '10.0.0.7' could not be resolved: Temporary failure in name resolution", Sign.NameLookupFailed, null, null, null, "10.0.0.7")]
    [InlineData("2026-11-20 08:20:14 9 [Warning] Hostname 'app7' does not resolve to '10.0.0.7'.", Sign.NameLookupFailed, null, null, null, "10.0.0.7")]
    [InlineData("2026-11-20 08:20:14 9 [Warning] Host name 'app7.example' could not be resolved: Name or service not known", Sign.NameLookupFailed, null, null, null, "app7.example")]
    public void Who_was_not_let_in(string text, Sign sign, int? code, int? thread, string? user, string? host)
    {
        Sighting found = One(text);
        Assert.Equal((sign, code, (uint?)thread, user, host), (found.Sign, found.Code, found.ThreadId, found.User, found.ClientHost));
    }

    [Theory]
    [InlineData("2026-11-20T08:21:06.2Z 0 [ERROR] [MY-010283] [Server] Error in accept: Too many open files", Sign.AcceptFailed, 24)]
    [InlineData("130928 22:56:26 [ERROR] Error in accept: Too many open files in system", Sign.AcceptFailed, 23)]
    [InlineData("2026-11-20T08:21:06.2Z 0 [ERROR] [MY-010249] [Server] Can't create thread to handle new connection(errno= 11)", Sign.ThreadNotCreated, 11)]
    [InlineData("130928 22:56:26 [ERROR] Can't create thread to handle new connection (errno= 11)", Sign.ThreadNotCreated, 11)]
    public void What_it_lacked_to_take_more(string text, Sign sign, int errno)
    {
        Sighting found = One(text);
        Assert.Equal((sign, errno), (found.Sign, found.Errno!.Value));
    }

    [Theory]
    [InlineData("140827  8:54:35 [Note] WSREP: Received NON-PRIMARY.", Sign.NodeNotReady, "non-primary")]
    [InlineData("140827 8:54:35 [Note] WSREP: Shifting SYNCED -> OPEN (TO: 714927)", Sign.NodeNotReady, "OPEN")]
    [InlineData("2022-01-07 8:54:35 0 [Note] WSREP: Shifting SYNCED -> DONOR/DESYNCED (TO: 714927)", Sign.NodeNotReady, "DONOR/DESYNCED")]
    [InlineData("2023-03-01T10:00:00.000000Z 0 [Note] [MY-000000] [Galera] Shifting SYNCED -> DONOR/DESYNCED (TO: 123)", Sign.NodeNotReady, "DONOR/DESYNCED")]
    [InlineData("Sat, Jan 28 2023 3:58:55 am | 2023-01-28 3:58:55 0 [Note] WSREP: New COMPONENT: primary = no, bootstrap = no, my_idx = 0, memb_num = 1", Sign.NodeNotReady, "non-primary")]
    [InlineData("2026-11-20T08:21:06.2Z 0 [ERROR] [MY-011505] [Repl] Plugin group_replication reported: 'Member was expelled from the group due to network failures, changing member status to ERROR.'", Sign.RoleChanged, "expelled")]
    [InlineData("2026-11-20T08:21:06.2Z 0 [Warning] [MY-011712] [Repl] Plugin group_replication reported: 'The server was automatically set into read only mode after an error was detected.'", Sign.RoleChanged, "super_read_only")]
    public void Clusters(string text, Sign sign, string state)
    {
        Sighting found = One(text);
        Assert.Equal((sign, state), (found.Sign, found.State));
    }

    [Theory]
    [InlineData("2016-09-02 19:45:43 10962 [Note] WSREP: Synchronized with group, ready for connections")]
    [InlineData("2026-11-20T21:56:32.1Z 0 [System] [MY-010232] [Server] XA crash recovery finished.")]
    [InlineData("2026-11-20T21:56:32.1Z 0 [System] [MY-010229] [Server] Starting XA crash recovery...")]
    [InlineData("2026-11-20T08:20:13.8Z 0 [Note] [MY-013911] [Server] Crash recovery finished in InnoDB engine. No attempts to commit, rollback or prepare any transactions.")]
    [InlineData("2026-11-21  8:24:52 0 [Note] Shutdown completed; log sequence number 48180; transaction id 26")]
    [InlineData("2026-11-21  8:24:52 0 [Note] InnoDB: Executing innodb_fast_shutdown=2. Next startup will execute crash recovery!")]
    [InlineData("2026-11-21 22:00:24 5 [Warning] Slave I/O: error reconnecting to master 'repl@10.0.0.1:3306' - retry-time: 60  retries: 86400  message: Too many connections, Internal MariaDB error code: 1040")]
    [InlineData("2026-11-20 08:20:14 9 [ERROR] Error reading packet from server: Lost connection to MySQL server during query (server_errno=2013)")]
    [InlineData("2026-11-20T08:20:14.3Z 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.")]
    [InlineData("2024-02-13 09:17:54+00:00 [Note] [Entrypoint]: Switching to dedicated user 'mysql'")]
    [InlineData("the docs say: Got packets out of order means that ...")]
    [InlineData("2026-11-20 10:00:00 [Warning] app: Too many connections to redis")]
    public void Lines_that_tell_of_no_end(string text) => Assert.DoesNotContain(All(text), static one => one.Origin == Origin.Server);

    [Fact]
    public void Each_of_several_short_runs_is_told()
    {
        const string Run = """
            130928 22:56:20 mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql
            2026-11-20T21:56:32.1Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.36) starting as process 1
            2026-11-20T21:56:32.2Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.36'  socket: '/s'  port: 3306  MySQL.
            2026-11-20T21:56:32.3Z 0 [System] [MY-013172] [Server] Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: 8.0.36).
            2026-11-20T21:56:32.4Z 0 [Note] [MY-010067] [Server] Giving 4 client threads a chance to die gracefully
            2026-11-20T21:56:32.5Z 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld 8.0.36)

            """;
        Sign[] once = [Sign.ServerStarting, Sign.ServerReady, Sign.ShutdownRequested, Sign.ShutdownComplete];
        Assert.Equal([.. once, .. once, .. once], All(Run + Run + Run).Select(static one => one.Sign));
    }

    [Fact]
    public void What_a_client_was_told_is_not_the_servers_log() =>
        Assert.DoesNotContain(All("pymysql.err.OperationalError: (1184, \"Aborted connection 36 to db: 'unconnected' user: 'lim' host: 'localhost' (init_connect command failed)\")"), static one => one.Origin == Origin.Server);

    [Fact]
    public void A_program_that_logs_with_a_head_like_a_servers_is_left_to_others() =>
        Assert.Contains(Read.Lines("2026-11-20 08:20:14 45 [ERROR] OperationalError: (2006, 'MySQL server has gone away')").Sightings, static one => one.Origin == Origin.Application && one.Sign == Sign.GoneAway);

    [Fact]
    public void A_crash_is_one_sighting_with_its_connection_statement_and_function()
    {
        Sighting found = One("""
            2026-11-20T22:10:15Z UTC - mysqld got signal 11 ;
            Most likely, you have hit a bug, but this error can also be caused by malfunctioning hardware.
            Thread pointer: 0x7f6e1c000b20
            stack_bottom = 7f6e40b0ae30 thread_stack 0x46000
            /usr/sbin/mysqld(my_print_stacktrace(unsigned char const*, unsigned long)+0x2e) [0x55d2b0a]
            /usr/sbin/mysqld(handle_fatal_signal+0x2fb) [0x55d2aa1]
            /lib64/libpthread.so.0(+0xf630) [0x7f6e5]
            /usr/sbin/mysqld(Item_func_json::val(int*)+0x1f) [0x55d2ac]
            Trying to get some variables.
            Query (7f6e1c0b4e60): select * from orders
            Connection ID (thread ID): 4711
            Status: NOT_KILLED
            2026-11-20T22:10:15.000000Z 0 [System] [MY-013951] [Server] 2026-11-20T22:10:15Z UTC - mysqld got signal 11 ;
            """);
        Assert.Equal((Sign.ServerSignal, 11, 4711u, "Item_func_json::val", "select * from orders"), (found.Sign, found.Code, found.ThreadId, found.Subject, found.State));
        Assert.Equal("test.log:1", found.Source);
    }

    [Theory]
    [InlineData("/usr/sbin/mariadbd(_ZN3THD5awakeE12killed_state+0x27f)[0x563635b1394f]", "THD::awake")]
    [InlineData(" #3 0x55f3c20a row_search_mvcc at row0sel.cc:4711", "row_search_mvcc")]
    [InlineData(" #3 0x55f3c20a <unknown>", null)]
    public void Frames_of_each_kind_of_stack(string frame, string? function) =>
        Assert.Equal(function, One("261121  8:24:01 [ERROR] /usr/sbin/mariadbd got signal 6 ;\n" + frame + "\n").Subject);

    [Fact]
    public void With_MariaDBs_log_warnings_of_4_the_sockets_error_tells_who_waited()
    {
        IReadOnlyList<Sighting> found = All("""
            2026-11-21  8:23:38 5 [Warning] Could not read packet: fd: 42  state: 1  read_length: 4  errno: 11  vio_errno: 1158  length: 0
            2026-11-21  8:23:38 5 [Warning] Aborted connection 5 to db: 'shop' user: 't' host: 'localhost' (Got an error reading communication packets)
            2026-11-21  8:23:38 6 [Warning] Could not read packet: fd: 42  state: 1  read_length: 4  errno: 104  vio_errno: 1158  length: -1
            2026-11-21  8:23:38 6 [Warning] Aborted connection 6 to db: 'shop' user: 't' host: 'localhost' (Got an error reading communication packets)
            2026-11-21  8:23:38 10 [Warning] Aborted connection 9 to db: 'unconnected' user: 't' host: 'localhost' (KILLED)
            2026-11-21  8:23:38 9 [ERROR] mariadbd: Connection was killed
            2026-11-21  8:23:39 14 [Warning] Could not write packet: fd: 42  state: 1  errno: 110  vio_errno: 1160  length: 12894271
            2026-11-21  8:23:39 14 [ERROR] mariadbd: Got an error writing communication packets
            2026-11-21  8:23:39 14 [Warning] Aborted connection 14 to db: 'unconnected' user: 't' host: 'localhost' (Got an error writing communication packets)
            2026-11-21  8:23:40 22 [Warning] Could not read packet: fd: 53  state: 1  read_length: 4  errno: 110  vio_errno: 1159  length: -1
            2026-11-21  8:23:40 22 [Warning] Aborted connection 22 to db: 'unconnected' user: 'unauthenticated' host: 'localhost' (This connection closed normally without authentication)
            """);
        Assert.Equal(
            [(Sign.AbortedReadError, 5u, null), (Sign.AbortedReadError, 6u, 104), (Sign.AbortedKilled, 9u, null), (Sign.AbortedWriteTimeout, 14u, 110), (Sign.HandshakeTimedOut, 22u, (int?)110)],
            found.Select(static one => (one.Sign, one.ThreadId!.Value, one.Errno)));
    }

    [Theory]
    [InlineData("2026-11-20T22:05:20.123456Z\t   12 Query\tKILL 8", 8)]
    [InlineData("261121  8:24:01\t    12 Query\tkill connection 9;", 9)]
    [InlineData("20261120 22:05:20,db1,root,localhost,12,345,QUERY,,'KILL 8',0", 8)]
    public void A_KILL_names_its_victim(string text, int victim)
    {
        Sighting found = One(text);
        Assert.Equal((Sign.KillLogged, (uint)victim), (found.Sign, found.ThreadId));
        Assert.NotNull(found.User);
    }

    [Theory]
    [InlineData("2026-11-20T22:05:20.123456Z\t   12 Query\tKILL QUERY 8")]
    [InlineData("2026-11-20T22:05:20.123456Z\t   12 Query\tselect 'KILL 8'")]
    [InlineData("note: do not KILL 8 workers")]
    public void Other_words_of_killing_are_no_KILL_of_a_connection(string text) => Assert.Empty(All(text));

    [Fact]
    public void Mutated_real_lines_never_throw() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll<int, int, char>(static (line, place, other) =>
        {
            string text = Real[(int)((uint)line % Real.Length)];
            int at = (int)((uint)place % (text.Length + 1));
            Read.Lines(text[..at] + other + text[at..]);
            Read.Lines(text[..at] + text[Math.Min(text.Length, at + 3)..]);
            Read.Lines(text[at..]);
            Read.Lines(text[..at]);
        }));
}
