using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class AbortedConnectionTests
{
    private const string Head = "2026-11-20T21:56:32.147183Z 10 [Note] [MY-010914] [Server] Aborted connection 10 to db: 'shop' user: 'app' host: '10.0.0.7' ";

    [Theory]
    [InlineData("2015-11-28T02:50:01.238745Z 3 [Note] Aborted connection 3 to db: 'text_rocket' user: 'text_rocket' host: '172.17.0.4' (Got an error reading communication packets)", Sign.AbortedReadError, 3, "text_rocket", "text_rocket", "172.17.0.4", 1158)]
    [InlineData("2021-10-06T10:05:41.309643Z 29 [Note] Aborted connection 29 to db: 'classiccharacters' user: 'root' host: 'localhost' (Got an error reading communication packets)", Sign.AbortedReadError, 29, "classiccharacters", "root", "localhost", 1158)]
    [InlineData("130928 22:56:26 [Warning] Aborted connection 2 to db: 'nss' user: 'v533405' host: 'localhost' (Got an error reading communication packets)", Sign.AbortedReadError, 2, "nss", "v533405", "localhost", 1158)]
    [InlineData("2013-09-28 22:56:26 1234 [Warning] Aborted connection 17 to db: 'nss' user: 'u' host: 'h' (Got timeout reading communication packets)", Sign.AbortedReadTimeout, 17, "nss", "u", "h", 1159)]
    [InlineData("2024-02-11T02:20:03.552024Z 171 [Note] [MY-010914] [Server] Aborted connection 171 to db: 'mysql' user: 'MyDatabase' host: 'localhost' (Got an error reading communication packets).", Sign.AbortedReadError, 171, "mysql", "MyDatabase", "localhost", 1158)]
    [InlineData("2026-11-20T21:56:32.147183-00:00 10 [Note] [MY-010914] [Server] Aborted connection 10 to db: 'unconnected' user: 't' host: 'localhost' (The client was disconnected by the server because of inactivity.).", Sign.AbortedInactivity, 10, null, "t", "localhost", 4031)]
    [InlineData("2022-02-20 10:12:47 6403 [Warning] Aborted connection 6403 to db: 'emr' user: 'emr' host: 'host' (Got an error reading communication packets)", Sign.AbortedReadError, 6403, "emr", "emr", "host", 1158)]
    [InlineData("2025-01-23  8:42:10 5 [Warning] Aborted connection 5 to db: 'unconnected' user: 'unauthenticated' host: '10.1.1.1' (This connection closed normally without authentication)", Sign.AbortedUnauthenticated, 5, null, null, "10.1.1.1", null)]
    [InlineData("2026-09-22  8:31:28 259 [Warning] Aborted connection 259 to db: 'unconnected' user: 'unauthenticated' host: 'connecting host' (This connection closed normally without authentication)", Sign.AbortedUnauthenticated, 259, null, null, null, null)]
    [InlineData("2026-09-22  8:31:28 259 [Warning] Aborted connection 259 to db: 'x' user: 'u' host: '10.0.0.1' real ip: '192.168.7.7' (Got an error reading communication packets)", Sign.AbortedReadError, 259, "x", "u", "192.168.7.7", 1158)]
    [InlineData("140819 21:02:28 [Warning] Aborted connection 1447404 to db: 'database1' user: 'dbuser' host: '192.168.123.208' (Unknown error)", Sign.AbortedOther, 1447404, "database1", "dbuser", "192.168.123.208", 1105)]
    [InlineData("2026-11-20 22:00:24 6 [Warning] Aborted connection 9 to db: 'unconnected' user: 't' host: 'localhost' (KILLED)", Sign.AbortedKilled, 9, null, "t", "localhost", null)]
    [InlineData("2026-11-20 22:00:24 6 [Warning] Aborted connection 6 to db: 'unconnected' user: 't' host: 'localhost' (This connection closed normally)", Sign.AbortedOther, 6, null, "t", "localhost", null)]
    [InlineData("Nov 20 10:00:00 db1 mysqld[1234]: 2026-11-20 10:00:00 42 [Warning] Aborted connection 42 to db: 'a' user: 'b' host: 'c' (Got timeout writing communication packets)", Sign.AbortedWriteTimeout, 42, "a", "b", "c", 1161)]
    [InlineData("mysql_1  | 2026-11-20T10:00:00.000001Z 42 [Note] Aborted connection 42 to db: 'a' user: 'b' host: '172.18.0.3' (Got an error writing communication packets)", Sign.AbortedWriteError, 42, "a", "b", "172.18.0.3", 1160)]
    [InlineData("2026-11-20T10:00:00.555555555Z stderr F 2026-11-20T10:00:00.000001Z 42 [Note] [MY-010914] [Server] Aborted connection 42 to db: 'a' user: 'b' host: '172.18.0.3' (Got a packet bigger than 'max_allowed_packet' bytes).", Sign.AbortedPacketTooLarge, 42, "a", "b", "172.18.0.3", 1153)]
    [InlineData("{\"log\":\"2026-11-20T10:00:00.000001Z 42 [Note] [MY-010914] [Server] Aborted connection 42 to db: 'a' user: 'b' host: '172.18.0.3' (Got timeout reading communication packets).\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:00.555555555Z\"}", Sign.AbortedReadTimeout, 42, "a", "b", "172.18.0.3", 1159)]
    [InlineData("{ \"prio\" : 3, \"err_code\" : 10914, \"source_line\" : 1402, \"source_file\" : \"sql_connect.cc\", \"function\" : \"end_connection\", \"msg\" : \"Aborted connection 12 to db: 'a' user: 'b' host: 'c' (Got an error reading communication packets).\", \"time\" : \"2026-11-20T10:00:00.000001Z\", \"ts\" : 1763632800000, \"thread\" : 12, \"err_symbol\" : \"ER_ABORTING_USER_CONNECTION\", \"SQL_state\" : \"HY000\", \"subsystem\" : \"Server\", \"label\" : \"Note\" }", Sign.AbortedReadError, 12, "a", "b", "c", 1158)]
    [InlineData("| 2026-11-20 10:00:00.000001 |        12 | Note  | MY-010914 | Server | Aborted connection 12 to db: 'a' user: 'b' host: 'c' (Got an error reading communication packets). |", Sign.AbortedReadError, 12, "a", "b", "c", 1158)]
    [InlineData("> 2026-11-20T10:00:00.000001Z 42 [Note] Aborted connection 42 to db: 'a' user: 'b' host: 'c' (Got packets out of order)", Sign.ServerPacketsOutOfOrder, 42, "a", "b", "c", 1156)]
    [InlineData("2017-05-02T16:48:51.123456Z 7 [Note] Aborted connection 7 to db: 'unconnected' user: 'repl' host: '10.0.0.9' (Failed on my_net_write())", Sign.AbortedWriteError, 7, null, "repl", "10.0.0.9", null)]
    [InlineData("2026-11-20T10:00:00.000001Z 8 [Warning] [MY-013130] [Server] Aborted connection 8 to db: 'unconnected' user: 'u' host: 'h' (init_connect command failed; diagnostics area: MY-001146 - Table 'x.y' doesn't exist).", Sign.AbortedInitConnect, 8, null, "u", "h", 1184)]
    [InlineData("Aborted connection 5 to db: 'd' user: 'o'brien' host: '::1' (Got an error reading communication packets)", Sign.AbortedReadError, 5, "d", "o'brien", "::1", 1158)]
    public void Each_reason_in_each_form_is_taken_apart(string line, Sign sign, int thread, string? schema, string? user, string? host, int? code)
    {
        Sighting found = Assert.Single(Read.Lines(line).Sightings, one => one.Sign != Sign.ServerNotesLogged);
        Assert.Equal(sign, found.Sign);
        Assert.Equal(Origin.Server, found.Origin);
        Assert.Equal(((uint)thread, schema, user, host, code), (found.ThreadId, found.Schema, found.User, found.ClientHost, found.Code));
    }

    [Theory]
    [InlineData("[Note] Aborted connection to db: '-----' user: '----' host: 'localhost' (Got timeout reading communication packets)", null)]
    [InlineData("2026-11-20T10:00:00.000001Z 42 [Note] Aborted connection XXX to db: 'a' user: 'b' host: 'localhost' (Got timeout reading communication packets)", null)]
    [InlineData("2016-07-25T02:26:02, 8428, Note, Aborted connection 8428 to db: 'pokemon' user: 'root' host: 'localhost' (Got timeout reading communication packets)", 8428)]
    [InlineData("[time 2025-07-16T11:57:09.054311] [level WARNING] [thread 52949] [sql_class.h:5238] Aborted connection 322 to db: 'test' user: 'root' host: 'localhost' (Got timeout reading communication packets)", 322)]
    public void What_people_and_tools_made_of_it_is_read_as_well(string line, int? thread)
    {
        Sighting found = Assert.Single(Read.Lines(line).Sightings, one => one.Sign != Sign.ServerNotesLogged);
        Assert.Equal((Sign.AbortedReadTimeout, (uint?)thread, "localhost"), (found.Sign, found.ThreadId, found.ClientHost));
    }

    [Theory]
    [InlineData("(Got an error reading communication packets", Sign.AbortedReadError)]
    [InlineData("(Got an error rea", Sign.AbortedReadError)]
    [InlineData("(Got timeout rea", Sign.AbortedReadTimeout)]
    [InlineData("(The client was disconnected by the ser", Sign.AbortedInactivity)]
    [InlineData("", Sign.AbortedOther)]
    [InlineData("(Got", Sign.AbortedOther)]
    public void A_note_that_was_cut_off_is_recognised_as_far_as_it_goes(string rest, Sign sign)
    {
        Sighting found = Assert.Single(Read.Lines(Head + rest).Sightings, one => one.Sign != Sign.ServerNotesLogged);
        Assert.Equal((sign, 10u, "app", "10.0.0.7"), (found.Sign, found.ThreadId, found.User, found.ClientHost));
    }

    [Theory]
    [InlineData("2026-11-20 22:00:24 5 [Warning] Aborted connections are counted in Aborted_clients")]
    [InlineData("We saw an Aborted connection 5 times to db: x")]
    [InlineData("2026-11-20 22:00:24 INFO Aborted connection to peer")]
    public void Lines_that_only_look_alike_are_no_aborted_connection(string line) =>
        Assert.DoesNotContain(Read.Lines(line).Sightings, static one => one.Sign.ToString().StartsWith("Aborted", StringComparison.Ordinal));

    [Fact]
    public void What_MySQL_9_says_of_the_idle_time_belongs_to_the_aborted_connection_after_it()
    {
        Findings findings = Read.Lines("""
            2026-11-20T21:56:32.147047-00:00 10 [Note] [MY-015123] [Server] A connection from `t`@`%` was closed by the server due to a timeout in the communication layer (vio:1, packet:0) 28800 seconds after the last command started. Currently configured wait_timeout is 28800 seconds.
            2026-11-20T21:56:32.147183-00:00 10 [Note] [MY-010914] [Server] Aborted connection 10 to db: 'unconnected' user: 't' host: 'localhost' (The client was disconnected by the server because of inactivity.).
            """);
        Sighting found = Assert.Single(findings.Sightings, static one => one.Sign != Sign.ServerNotesLogged);
        Assert.Equal((Sign.AbortedInactivity, 10u, TimeSpan.FromHours(8), "t", "localhost"), (found.Sign, found.ThreadId, found.Idle, found.User, found.ClientHost));
        Assert.Equal(TimeSpan.Zero, found.Stamp!.Value.Offset);
    }

    [Fact]
    public void Notes_show_that_aborted_connections_would_have_been_logged()
    {
        Assert.Contains(Read.Lines("2026-11-20T21:56:32.1Z 0 [Note] [MY-010733] [Server] Shutting down plugin 'x'").Sightings, static one => one.Sign == Sign.ServerNotesLogged);
        Assert.Empty(Read.Lines("2026-11-20T21:56:32.1Z 0 [Warning] [MY-010733] [Server] Shutting down plugin 'x'").Sightings);
        // MySQL 5.6 and MariaDB write notes whatever their verbosity.
        Assert.Empty(Read.Lines("2013-09-28 22:56:26 1234 [Note] Shutting down plugin 'x'").Sightings);
        Assert.Empty(Read.Lines("2026-11-20 22:00:24 0 [Note] Shutting down plugin 'x'").Sightings);
        Assert.Contains(Read.Lines("2026-11-20 22:00:24 6 [Warning] Aborted connection 6 to db: 'd' user: 't' host: 'h' (Got an error reading communication packets)").Sightings, static one => one.Sign == Sign.ServerNotesLogged);
    }
}
