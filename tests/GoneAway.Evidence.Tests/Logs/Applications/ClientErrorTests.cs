using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>The texts of libmysqlclient and libmariadb, as drivers and programs pass them on.</summary>
public sealed class ClientErrorTests
{
    [Theory]
    [InlineData("MySQL server has gone away", Sign.GoneAway, 2006)]
    [InlineData("Server has gone away", Sign.GoneAway, 2006)]
    [InlineData("Lost connection to MySQL server during query", Sign.LostDuringQuery, 2013)]
    [InlineData("Lost connection to server during query", Sign.LostDuringQuery, 2013)]
    [InlineData("Lost connection to MySQL during query", Sign.LostDuringQuery, 2013)]
    [InlineData("Lost connection to backend server: connection closed by peer", Sign.LostDuringQuery, 2013)]
    [InlineData("Commands out of sync; you can't run this command now", Sign.CommandsOutOfSync, 2014)]
    [InlineData("Got packet bigger than 'max_allowed_packet' bytes", Sign.PacketTooLargeInClient, 2020)]
    [InlineData("Malformed packet", Sign.MalformedPacket, 2027)]
    [InlineData("Malformed communication packet", Sign.MalformedPacket, 1835)]
    [InlineData("Can't initialize character set utf8mb4 (path: /usr/share/mysql/charsets/)", Sign.ClientTooOld, 2019)]
    [InlineData("Protocol mismatch; server version = 72, client version = 10", Sign.GreetingNotMySql, 2007)]
    [InlineData("Error in server handshake", Sign.GreetingNotMySql, 2012)]
    [InlineData("SSL connection error: error:0A000086:SSL routines::certificate verify failed", Sign.TlsFailed, 2026)]
    [InlineData("TLS/SSL error: self-signed certificate in certificate chain", Sign.TlsFailed, 2026)]
    [InlineData("Authentication plugin 'sha256_password' reported error: Authentication requires secure connection.", Sign.AuthPluginUnusable, 2061)]
    [InlineData("Authentication plugin 'caching_sha2_password' cannot be loaded: /usr/lib/x.so: cannot open shared object file: No such file or directory", Sign.AuthPluginUnusable, 2059)]
    public void Each_text_has_its_sign(string text, Sign sign, int code)
    {
        Sighting sighting = Read.One($"ERROR {code} (HY000): {text}");
        Assert.Equal((sign, (int?)code), (sighting.Sign, sighting.Code));
        Assert.Equal(Origin.Application, sighting.Origin);
    }

    [Theory]
    [InlineData("Lost connection to MySQL server at 'reading initial communication packet', system error: 0", Sign.LostBeforeGreeting, 0)]
    [InlineData("Lost connection to MySQL server at 'waiting for initial communication packet', system error: 110", Sign.LostBeforeGreeting, 110)]
    [InlineData("Lost connection to server at 'handshake: reading initial communication packet', system error: 11", Sign.LostBeforeGreeting, 11)]
    [InlineData("Lost connection to server at 'handshake: waiting for initial communication packet', system error: 110", Sign.LostBeforeGreeting, 110)]
    [InlineData("Lost connection to MySQL server at 'reading authorization packet', system error: 104", Sign.LostDuringLogin, 104)]
    [InlineData("Lost connection to server at 'reading authorization packet', system error: 104", Sign.LostDuringLogin, 104)]
    [InlineData("Lost connection to MySQL server at 'sending authentication information', system error: 32", Sign.LostDuringLogin, 32)]
    [InlineData("Lost connection to MySQL server at 'sending connection information to server', system error: 2", Sign.LostDuringLogin, 2)]
    [InlineData("Lost connection to MySQL server at 'reading final connect information', system error: 0", Sign.LostDuringLogin, 0)]
    [InlineData("Lost connection to server at 'handshake: reading inital communication packet', system error: 115", Sign.LostBeforeGreeting, 115)]
    public void The_stage_and_the_system_error_are_told(string text, Sign sign, int errno)
    {
        Sighting sighting = Read.One($"ERROR 2013 (HY000): {text}");
        Assert.Equal((sign, (int?)2013, (int?)errno), (sighting.Sign, sighting.Code, sighting.Errno));
        Assert.Null(sighting.ServerHost);
        Assert.NotNull(sighting.State);
    }

    [Theory]
    [InlineData("Can't connect to MySQL server on 'db.example.com' (111)", Sign.ConnectRefused, "db.example.com", null, 111)]
    [InlineData("Can't connect to MySQL server on 'db.example.com:3307' (110)", Sign.ConnectTimedOut, "db.example.com", 3307, 110)]
    [InlineData("Can't connect to server on '10.0.0.9' (113)", Sign.ConnectUnreachable, "10.0.0.9", null, 113)]
    [InlineData("Can't connect to server on '10.0.0.9' (115)", Sign.ConnectRefused, "10.0.0.9", null, 115)]
    [InlineData("Can't connect to server on '10.0.0.9' (111 \"Connection refused\")", Sign.ConnectRefused, "10.0.0.9", null, 111)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (101)", Sign.ConnectUnreachable, "10.0.0.9", null, 101)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (99)", Sign.NoSourcePort, "10.0.0.9", null, 99)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (13)", Sign.ConnectForbidden, "10.0.0.9", null, 13)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (24)", Sign.NoDescriptorsInClient, "10.0.0.9", null, 24)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (60)", Sign.ConnectTimedOut, "10.0.0.9", null, 110)]
    [InlineData("Can't connect to MySQL server on '10.0.0.9' (61)", Sign.ConnectRefused, "10.0.0.9", null, 111)]
    [InlineData("Can't connect to MySQL server on 'db' (10061)", Sign.ConnectRefused, "db", null, 111)]
    [InlineData("Can't connect to MySQL server on 'db:3306' (10060)", Sign.ConnectTimedOut, "db", 3306, 110)]
    [InlineData("Can't connect to MySQL server on '[2001:db8::5]:3306' (111)", Sign.ConnectRefused, "2001:db8::5", 3306, 111)]
    [InlineData("Unknown MySQL server host 'db' (-2)", Sign.UnknownHost, "db", null, -2)]
    [InlineData("Unknown MySQL server host 'db' (-3)", Sign.UnknownHost, "db", null, -3)]
    [InlineData("Unknown server host 'db' (-3)", Sign.UnknownHost, "db", null, -3)]
    public void A_failed_connect_tells_where_and_why(string text, Sign sign, string host, int? port, int errno)
    {
        Sighting sighting = Read.One($"ERROR 2003 (HY000): {text}");
        Assert.Equal((sign, host, port, (int?)errno), (sighting.Sign, sighting.ServerHost, sighting.ServerPort, sighting.Errno));
    }

    [Theory]
    [InlineData("Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)", 2)]
    [InlineData("Can't connect to local server through socket '/var/run/mysqld/mysqld.sock' (111)", 111)]
    [InlineData("Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (13)", 13)]
    [InlineData("Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (11)", 11)]
    [InlineData("Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (111 \"Connection refused\")", 111)]
    public void A_local_socket_has_its_path(string text, int errno)
    {
        Sighting sighting = Read.One($"ERROR 2002 (HY000): {text}");
        Assert.Equal((Sign.LocalSocketFailed, (int?)2002, (int?)errno, "/var/run/mysqld/mysqld.sock"), (sighting.Sign, sighting.Code, sighting.Errno, sighting.Subject));
    }

    [Theory]
    [InlineData(1040, "Too many connections")]
    [InlineData(1053, "Server shutdown in progress")]
    [InlineData(1129, "Host '10.0.0.5' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'")]
    [InlineData(1130, "Host '10.0.0.5' is not allowed to connect to this MySQL server")]
    [InlineData(1153, "Got a packet bigger than 'max_allowed_packet' bytes")]
    [InlineData(1156, "Got packets out of order")]
    [InlineData(1158, "Got an error reading communication packets")]
    [InlineData(1159, "Got timeout reading communication packets")]
    [InlineData(1160, "Got an error writing communication packets")]
    [InlineData(1161, "Got timeout writing communication packets")]
    [InlineData(1203, "User app already has more than 'max_user_connections' active connections")]
    [InlineData(1226, "User 'app' has exceeded the 'max_user_connections' resource (current value: 30)")]
    [InlineData(1317, "Query execution was interrupted")]
    [InlineData(1927, "Connection was killed")]
    [InlineData(1969, "Query execution was interrupted (max_statement_time exceeded)")]
    [InlineData(3024, "Query execution was interrupted, maximum statement execution time exceeded")]
    [InlineData(3032, "The server is currently in offline mode")]
    [InlineData(3159, "Connections using insecure transport are prohibited while --require_secure_transport=ON.")]
    [InlineData(3169, "Session was killed")]
    [InlineData(4031, "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.")]
    [InlineData(4151, "Zu viele Verbindungen, in irgendeiner Sprache")]
    [InlineData(9001, "Max connect timeout reached while reaching hostgroup 10 after 10000ms")]
    public void What_the_server_said_keeps_its_number(int code, string text)
    {
        foreach (string line in new[] { $"ERROR {code} (HY000): {text}", $"SQLSTATE[HY000]: General error: {code} {text}", $"pymysql.err.OperationalError: ({code}, \"{text}\")" })
        {
            Sighting sighting = Read.One(line);
            Assert.Equal((Sign.ServerSaid, (int?)code), (sighting.Sign, sighting.Code));
            Assert.Null(sighting.Errno);
        }
    }

    [Theory]
    [InlineData("ERROR 2013 (HY000): Verbindung zum MySQL-Server verloren", Sign.LostDuringQuery, 2013)]
    [InlineData("SQLSTATE[HY000]: General error: 2006 Le serveur MySQL a disparu", Sign.GoneAway, 2006)]
    [InlineData("pymysql.err.OperationalError: (1040, 'ny connections')", Sign.ServerSaid, 1040)]
    [InlineData("OperationalError: (2013, u'Lost conn", Sign.LostDuringQuery, 2013)]
    [InlineData("ERROR 2002 (HY000): Received error packet before completion of TLS handshake. The authenticity of the following error cannot be verified: 1040 - Too many connections", Sign.ServerSaid, 1040)]
    public void A_number_is_known_when_the_text_is_cut_off_or_translated(string line, Sign sign, int code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, (int?)code), (sighting.Sign, sighting.Code));
    }

    [Theory]
    [InlineData("ERROR 1064 (42000): You have an error in your SQL syntax; check the manual")]
    [InlineData("ERROR 1146 (42S02): Table 'app.users' doesn't exist")]
    [InlineData("ERROR 1062 (23000): Duplicate entry '2013' for key 'PRIMARY'")]
    [InlineData("pymysql.err.ProgrammingError: (1146, \"Table 'a.b' doesn't exist\")")]
    [InlineData("SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '2006' for key 'PRIMARY'")]
    [InlineData("ERROR 2000 (HY000): Unknown MySQL error")]
    [InlineData("ERROR 2030 (HY000): Statement not prepared")]
    [InlineData("GET /status/2013 HTTP/1.1 200 2006")]
    [InlineData("processed 2013 rows in 1040 ms")]
    [InlineData("the tarball has gone missing")]
    public void Errors_of_statements_and_numbers_of_other_things_are_no_sightings(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
