using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class PhpLogTests
{
    [Theory]
    [InlineData("SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", Sign.GoneAway, 2006)]
    [InlineData("PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000]: General error: 2006 MySQL server has gone away in /var/www/a.php:57", Sign.GoneAway, 2006)]
    [InlineData("PHP Warning:  PDOStatement::execute(): MySQL server has gone away in /var/www/a.php on line 57", Sign.GoneAway, 2006)]
    [InlineData("ErrorException: Warning: PDO::prepare(): MySQL server has gone away", Sign.GoneAway, 2006)]
    [InlineData("PHP Warning:  mysqli_query(): MySQL server has gone away in C:\\xampp\\a.php on line 7", Sign.GoneAway, 2006)]
    [InlineData("SQLSTATE[HY000]: General error: 2013 Lost connection to MySQL server during query", Sign.LostDuringQuery, 2013)]
    [InlineData("PHP Warning:  mysqli_query(): Error reading result set's header in /var/www/x.php on line 10", Sign.LostDuringQuery, null)]
    [InlineData("SQLSTATE[HY000]: General error: 2014 Cannot execute queries while other unbuffered queries are active.  Consider using PDOStatement::fetchAll().", Sign.CommandsOutOfSync, 2014)]
    [InlineData("SQLSTATE[HY000]: General error: 2014 Cannot execute queries while there are pending result sets. Consider unsetting the previous PDOStatement", Sign.CommandsOutOfSync, 2014)]
    [InlineData("PHP Warning:  mysqli_query(): Couldn't fetch mysqli in /x.php on line 3", Sign.HandleAlreadyClosed, null)]
    [InlineData("PHP Fatal error:  Uncaught Error: mysqli object is already closed in /x.php:3", Sign.HandleAlreadyClosed, null)]
    [InlineData("SQLSTATE[70100]: <<Unknown error>>: 1317 Query execution was interrupted", Sign.ServerSaid, 1317)]
    [InlineData("SQLSTATE[08S01]: Communication link failure: 1153 Got a packet bigger than 'max_allowed_packet' bytes (SQL: insert into `anbu` (`uri`, `time`) values (GET user/logout, 1.3028910160065)", Sign.ServerSaid, 1153)]
    [InlineData("SQLSTATE[08S01]: Communication link failure: 1047 WSREP has not yet prepared node for application use", Sign.ServerSaid, 1047)]
    [InlineData("PHP Warning:  mysqli::query(): Premature end of data (mysqlnd_wireprotocol.c:1245) in /x.php on line 3", Sign.MalformedPacket, null)]
    [InlineData("PHP Warning:  mysqli_connect(): GREET packet shorter than expected in /x.php on line 3", Sign.MalformedPacket, null)]
    [InlineData("Warning: mysqli::query(): OK packet 4 bytes shorter than expected in /x.php on line 3", Sign.MalformedPacket, null)]
    [InlineData("Lost connection and no reconnector available.", Sign.GoneAway, null)]
    public void A_lost_statement(string line, Sign sign, int? code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, code), (sighting.Sign, sighting.Code));
        Assert.Contains("php", sighting.Stack);
        Assert.Null(sighting.Pid);
    }

    [Theory]
    [InlineData("PHP Warning:  PDO::__construct(): MySQL server has gone away in /var/www/db.php on line 12")]
    [InlineData("PHP Warning:  mysqli::__construct(): MySQL server has gone away in /var/www/db.php on line 12")]
    [InlineData("ERROR - 2022-08-30 06:48:22 --> Severity: Warning --> mysqli::real_connect(): MySQL server has gone away C:\\xampp\\mysqli_driver.php 201")]
    [InlineData("Warning: mysqli_connect(): (HY000/2006): MySQL server has gone away in C:\\xampp\\connectDB.php on line 7")]
    [InlineData("SQLSTATE[HY000] [2006] MySQL server has gone away")]
    [InlineData("An exception occurred in driver: SQLSTATE[HY000] [2006] MySQL server has gone away")]
    [InlineData("mysqli::real_connect(): Error while reading greeting packet. PID=7220")]
    [InlineData("SQLSTATE[HY000] [2013] Lost connection to MySQL server at 'reading initial communication packet', system error: 111")]
    [InlineData("mysqli::real_connect(): (HY000/2013): Lost connection to MySQL server at 'handshake: reading inital communication packet', system error: 110")]
    public void Gone_away_while_connecting_is_a_greeting_that_did_not_come(string line) => Assert.Equal(Sign.LostBeforeGreeting, Read.One(line).Sign);

    [Theory]
    [InlineData("PHP Warning:  Error while sending QUERY packet. PID=22891 in /var/www/Connection.php on line 608", Sign.GoneAway, "QUERY", 22891)]
    [InlineData("ErrorException: Error while sending STMT_EXECUTE packet. PID=13156", Sign.GoneAway, "STMT_EXECUTE", 13156)]
    [InlineData("Warning: Error while sending PING packet. PID=5 in /x.php on line 1", Sign.GoneAway, "PING", 5)]
    [InlineData("Warning: mysqli::__construct(): Error while reading greeting packet. PID=7220 in x.php on line 201", Sign.LostBeforeGreeting, null, 7220)]
    [InlineData("PHP Warning:  Error while receiving public key. PID=77 in x on line 3", Sign.LostDuringLogin, null, 77)]
    [InlineData("PHP Warning:  Error while sending public key request packet. PID=78 in x on line 3", Sign.LostDuringLogin, null, 78)]
    public void Mysqlnd_names_the_command_and_the_process(string line, Sign sign, string? command, int pid)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, command, (int?)pid), (sighting.Sign, sighting.State, sighting.Pid));
        Assert.Contains("mysqlnd", sighting.Stack);
    }

    [Theory]
    [InlineData("PDOStatement::execute(): send of 290 bytes failed with errno=32 Broken pipe", 290, 32)]
    [InlineData("PHP Notice:  mysqli_query(): send of 5 bytes failed with errno=104 Connection reset by peer in /var/www/a.php on line 3", 5, 104)]
    [InlineData("PHP Notice:  PDO::query(): Send of 1048576 bytes failed with errno=32 Broken pipe in /var/www/a.php on line 3", 1048576, 32)]
    [InlineData("ErrorException: send of 70 bytes failed with errno=110 Connection timed out in /app/vendor/laravel/framework/src/Illuminate/Database/Connection.php:458", 70, 110)]
    public void A_failed_send_has_its_size_and_the_system_error(string line, long size, int errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.SendFailed, (long?)size, (int?)errno), (sighting.Sign, sighting.Size, sighting.Errno));
    }

    [Theory]
    [InlineData("PHP Notice:  fwrite(): Send of 8192 bytes failed with errno=32 Broken pipe in /var/www/vendor/predis/predis/src/Connection/StreamConnection.php on line 247")]
    [InlineData("PHP Warning:  stream_socket_client(): php_network_getaddresses: getaddrinfo failed: Name or service not known in /var/www/redis.php on line 3")]
    [InlineData("SQLSTATE[HY000]: General error: 7 server closed the connection unexpectedly")]
    [InlineData("SQLSTATE[08006] [7] could not connect to server: Connection refused Is the server running on host \"pg\" (10.0.0.3) and accepting TCP/IP connections on port 5432?")]
    [InlineData("SQLSTATE[42S02]: Base table or view not found: 1146 Table 'app.jobs' doesn't exist")]
    public void Other_servers_and_other_errors_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Theory]
    [InlineData("Connection refused", Sign.ConnectRefused, 111)]
    [InlineData("Connection timed out", Sign.ConnectTimedOut, 110)]
    [InlineData("Operation timed out", Sign.ConnectTimedOut, 110)]
    [InlineData("No such file or directory", Sign.LocalSocketFailed, 2)]
    [InlineData("No route to host", Sign.ConnectUnreachable, 113)]
    [InlineData("Network is unreachable", Sign.ConnectUnreachable, 101)]
    [InlineData("Permission denied", Sign.ConnectForbidden, 13)]
    [InlineData("Cannot assign requested address", Sign.NoSourcePort, 99)]
    [InlineData("Connection reset by peer", Sign.LostBeforeGreeting, 104)]
    [InlineData("php_network_getaddresses: getaddrinfo failed: Name or service not known", Sign.UnknownHost, -2)]
    [InlineData("php_network_getaddresses: getaddrinfo failed: Temporary failure in name resolution", Sign.UnknownHost, -3)]
    [InlineData("php_network_getaddresses: getaddrinfo for db failed: Name or service not known", Sign.UnknownHost, -2)]
    [InlineData("A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond.", Sign.ConnectTimedOut, 110)]
    [InlineData("No connection could be made because the target machine actively refused it.", Sign.ConnectRefused, 111)]
    public void Why_a_connect_failed_is_told_in_words(string reason, Sign sign, int errno)
    {
        foreach (string line in new[] { $"SQLSTATE[HY000] [2002] {reason}", $"PHP Warning:  mysqli::real_connect(): (HY000/2002): {reason} in /var/www/a.php on line 3" })
        {
            Sighting sighting = Read.One(line);
            Assert.Equal((sign, (int?)2002, (int?)errno), (sighting.Sign, sighting.Code, sighting.Errno));
        }
    }

    [Fact]
    public void PHP_8_says_where_it_connected_to()
    {
        Sighting sighting = Read.One("SQLSTATE[HY000] [2002] Connection refused (trying to connect via tcp://db.example.com:3306)");
        Assert.Equal((Sign.ConnectRefused, "db.example.com", 3306), (sighting.Sign, sighting.ServerHost, sighting.ServerPort));
        sighting = Read.One("SQLSTATE[HY000] [2002] No such file or directory (trying to connect via unix:///var/run/mysqld/mysqld.sock)");
        Assert.Equal((Sign.LocalSocketFailed, (int?)2, "/var/run/mysqld/mysqld.sock"), (sighting.Sign, sighting.Errno, sighting.Subject));
        Assert.Equal("db", Read.One("SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo for db failed: Name or service not known").ServerHost);
    }

    [Theory]
    [InlineData("Packets out of order. Expected 1 received 0. Packet size=145", 1, 0, 145)]
    [InlineData("PHP Warning:  Packets out of order. Expected 1 received 7. Packet size=29 in /srv/MysqliDb.php on line 1648", 1, 7, 29)]
    [InlineData("2021/10/24 10:17:32 [error] 612466#612466: *2228500 FastCGI sent in stderr: \"PHP message: Packets out of order. Expected 1 received 16. Packet size=3195406", 1, 16, 3195406)]
    public void Packets_out_of_order_have_their_numbers(string line, int expected, int received, long size)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.PacketsOutOfOrder, (int?)expected, (int?)received, (long?)size), (sighting.Sign, sighting.SequenceExpected, sighting.SequenceReceived, sighting.Size));
        Assert.Null(sighting.Code);
    }

    [Fact]
    public void A_header_that_is_the_beginning_of_an_error_is_decoded()
    {
        // ff bf 0f 23: the marker of ERR, 4031, '#'
        Sighting sighting = Read.One("MESSAGE: Packets out of order. Expected 1 received 35. Packet size=1032191");
        Assert.Equal((Sign.ServerSaid, (int?)4031), (sighting.Sign, sighting.Code));
    }

    [Fact]
    public void A_header_that_is_text_is_decoded()
    {
        // "HTTP" in place of a greeting
        Sighting web = Read.One("Packets out of order. Expected 0 received 80. Packet size=5526600");
        Assert.Equal((Sign.GreetingNotMySql, "the text \"HTTP\""), (web.Sign, web.State));
        // A row's text in the middle of a session
        Sighting row = Read.One("Packets out of order. Expected 3 received 97. Packet size=7627108");
        Assert.Equal((Sign.PacketsOutOfOrder, "the text \"data\""), (row.Sign, row.State));
    }

    [Theory]
    [InlineData("PHP Warning:  mysqli_connect(): The server requested authentication method unknown to the client [caching_sha2_password] in /x.php on line 3", Sign.AuthPluginUnusable, "caching_sha2_password")]
    [InlineData("SQLSTATE[HY000] [2054] The server requested authentication method unknown to the client", Sign.AuthPluginUnusable, null)]
    [InlineData("PHP Warning:  PDO::__construct(): Server sent charset (255) unknown to the client. Please, report to the developers in /x.php on line 3", Sign.ClientTooOld, null)]
    [InlineData("SQLSTATE[HY000] [2054] Server sent charset unknown to the client. Please, report to the developers", Sign.ClientTooOld, null)]
    public void An_old_client_is_told_from_an_unknown_plugin(string line, Sign sign, string? subject)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, subject, (int?)2054), (sighting.Sign, sighting.Subject, sighting.Code));
    }

    [Theory]
    [InlineData("[20-Nov-2026 10:00:00] WARNING: [pool www] child 123 exited on signal 9 (SIGKILL) after 12.345678 seconds from start", null)]
    [InlineData("[20-Nov-2026 10:00:00] WARNING: [pool www] child 123, script '/var/www/index.php' (request: \"GET /index.php\") execution timed out (30.123 sec), terminating", 30.123)]
    public void Php_fpm_ends_its_workers(string line, double? seconds)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.WorkerKilled, (int?)123, seconds), (sighting.Sign, sighting.Pid, sighting.Elapsed?.TotalSeconds));
    }

    [Theory]
    [InlineData("[20-Nov-2026 10:00:00 UTC] WordPress database error MySQL server has gone away for query SELECT option_value FROM wp_options WHERE option_name = 'x' LIMIT 1 made by require('wp-blog-header.php')", "wordpress")]
    [InlineData("request.CRITICAL: Uncaught PHP Exception Doctrine\\DBAL\\Exception\\ConnectionLost: \"An exception occurred while executing a query: SQLSTATE[HY000]: General error: 2006 MySQL server has gone away\" at /app/ExceptionConverter.php line 104", "doctrine")]
    [InlineData("[2026-11-20 10:00:00] production.ERROR: SQLSTATE[HY000]: General error: 2006 MySQL server has gone away {\"exception\":\"[object] (Illuminate\\\\Database\\\\QueryException(code: HY000)", "laravel")]
    public void Frameworks_are_named(string line, string stack)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(Sign.GoneAway, sighting.Sign);
        Assert.Contains(stack, sighting.Stack);
    }

    [Fact]
    public void Laravels_chain_is_one_error()
    {
        Sighting sighting = Read.One("""
            [2017-05-17 15:44:09] production.ERROR: SQLSTATE[HY000] [2002] Connection refused (SQL: select * from `jobs`) {"exception":"[object] (Illuminate\\Database\\QueryException(code: 2002): SQLSTATE[HY000] [2002] Connection refused (SQL: select * from `jobs`) at /var/www/vendor/laravel/framework/src/Illuminate/Database/Connection.php:669)
            [stacktrace]
            #0 /var/www/vendor/laravel/framework/src/Illuminate/Database/Connection.php(629): Illuminate\\Database\\Connection->runQueryCallback('select * from ...')
            #1 {main}

            [previous exception] [object] (PDOException(code: 2002): SQLSTATE[HY000] [2002] Connection refused at /var/www/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php:70)
            [stacktrace]
            #0 {main}
            "} 
            """);
        Assert.Equal((Sign.ConnectRefused, new DateTime(2017, 5, 17, 15, 44, 9)), (sighting.Sign, sighting.Stamp?.Clock));
        Assert.Contains("laravel", sighting.Stack);
        Assert.Contains("pdo", sighting.Stack);
    }
}
