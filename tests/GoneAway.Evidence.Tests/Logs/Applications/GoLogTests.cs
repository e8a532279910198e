using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class GoLogTests
{
    [Theory]
    [InlineData("[mysql] 2020/06/01 18:13:51 packets.go:122: closing bad idle connection: EOF", "EOF", null)]
    [InlineData("[mysql] 2020/06/01 18:13:51 packets.go:122: closing bad idle connection: connection reset by peer", "connection reset by peer", 104)]
    [InlineData("[mysql] 2024/06/01 18:13:51 packets.go:122: closing bad idle connection: unexpected read from socket", "unexpected read from socket", null)]
    public void The_driver_finds_idle_connections_dead(string line, string how, int? errno)
    {
        Sighting sighting = Read.One(line + "\n[mysql] 2020/06/01 18:13:51 connection.go:158: driver: bad connection");
        Assert.Equal((Sign.StaleInPool, how, errno), (sighting.Sign, sighting.State, sighting.Errno));
        Assert.Equal(["go-sql-driver", "go"], sighting.Stack);
        Assert.Equal(new TimeSpan(18, 13, 51), sighting.Stamp!.Value.Clock.TimeOfDay);
    }

    [Fact]
    public void What_follows_a_broken_read_is_not_another_loss()
    {
        Sighting sighting = Read.One("""
            [mysql] 2017/05/02 16:48:51 packets.go:66: unexpected EOF
            [mysql] 2017/05/02 16:48:52 packets.go:412: busy buffer
            driver: bad connection
            [mysql] 2017/05/02 16:48:52 connection.go:319: invalid connection
            """);
        Assert.Equal(Sign.UnexpectedEof, sighting.Sign);
    }

    [Fact]
    public void Losses_one_after_the_other_are_counted_each()
    {
        string log = string.Concat(Enumerable.Range(10, 5).Select(static i => $"2024/01/02 10:00:{i} query failed: invalid connection\n"));
        Assert.Equal(5, Read.Lines(log).Sightings.Count);
        string driver = string.Concat(Enumerable.Range(10, 5).Select(static i => $"[mysql] 2022/02/04 19:18:{i} packets.go:37: unexpected EOF\n"));
        Assert.Equal(5, Read.Lines(driver).Sightings.Count);
    }

    [Theory]
    [InlineData("[mysql] 2024/05/01 10:00:00 packets.go:58 unexpected EOF", Sign.UnexpectedEof, null)]
    [InlineData("[MySQL] 2013/12/05 22:17:19 packets.go:30: EOF\n[MySQL] 2013/12/05 22:17:19 statement.go:24: Invalid Connection", Sign.UnexpectedEof, null)]
    [InlineData("[MySQL] 2015/07/13 09:30:12 packets.go:118: write tcp 127.0.0.1:3306: broken pipe", Sign.BrokenPipe, 32)]
    [InlineData("[MySQL] 2015/07/13 09:30:10 packets.go:32: read tcp 127.0.0.1:3306: connection reset by peer", Sign.ConnectionReset, 104)]
    [InlineData("level=error msg=\"save order\" err=\"invalid connection\"", Sign.LostDuringQuery, null)]
    [InlineData("panic: driver: bad connection", Sign.GoneAway, null)]
    [InlineData("{\"level\":\"error\",\"error\":\"commands out of sync. You can't run this command now\"}", Sign.PacketsOutOfOrder, null)]
    [InlineData("commands out of sync. Did you run multiple statements at once?", Sign.PacketsOutOfOrder, null)]
    [InlineData("[mysql] 2024/05/01 10:00:00 packets.go:412: busy buffer", Sign.UsedConcurrently, null)]
    [InlineData("packet for query is too large. Try adjusting the `Config.MaxAllowedPacket`", Sign.PacketTooLargeInClient, null)]
    [InlineData("packet for query is too large. Try adjusting the 'max_allowed_packet' variable on the server", Sign.PacketTooLargeInClient, null)]
    [InlineData("[mysql] 2021/01/02 10:11:12 auth.go:331: malformed packet", Sign.MalformedPacket, null)]
    [InlineData("failed to ping mysql: this user requires mysql native password authentication.", Sign.AuthPluginUnusable, null)]
    [InlineData("[mysql] 2018/05/01 10:00:00 driver.go:120: could not use requested auth plugin 'mysql_native_password': this authentication plugin is not supported", Sign.AuthPluginUnusable, null)]
    [InlineData("mysql: context deadline exceeded", Sign.ClientCancelled, null)]
    [InlineData("ERRO[0042] query users: context canceled  driver=mysql", Sign.ClientCancelled, null)]
    [InlineData("io.ReadFull(header) failed. err EOF: connection was bad", Sign.LostDuringQuery, null)]
    public void Words_of_the_drivers(string text, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Contains("go", sighting.Stack);
    }

    [Theory]
    [InlineData("[mysql] 2021/03/04 05:06:07 packets.go:36: read tcp 10.1.2.3:43210->10.9.8.7:3306: read: connection reset by peer", Sign.ConnectionReset, 104)]
    [InlineData("[mysql] 2021/03/04 05:06:07 packets.go:36: read tcp 10.1.2.3:43210->10.9.8.7:3306: i/o timeout", Sign.ClientReadTimedOut, null)]
    [InlineData("[mysql] 2021/03/04 05:06:07 packets.go:122: write tcp 10.1.2.3:43210->10.9.8.7:3306: write: broken pipe", Sign.BrokenPipe, 32)]
    [InlineData("{\"msg\":\"read tcp 10.1.2.3:43210->10.9.8.7:3306: read: connection timed out\"}", Sign.ClientReadTimedOut, 110)]
    public void Both_ends_of_the_socket_are_decoded(string line, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Equal(("10.1.2.3", 43210, "10.9.8.7", 3306), (sighting.ClientHost, sighting.ClientPort, sighting.ServerHost, sighting.ServerPort));
    }

    [Theory]
    [InlineData("failed to initialize database, got error dial tcp 10.0.0.3:3306: connect: connection refused", Sign.ConnectRefused, "10.0.0.3", 3306, 111)]
    [InlineData("panic: dial tcp 10.0.0.3:3306: i/o timeout", Sign.ConnectTimedOut, "10.0.0.3", 3306, null)]
    [InlineData("dial tcp 10.0.0.3:3306: connect: no route to host", Sign.ConnectUnreachable, "10.0.0.3", 3306, 113)]
    [InlineData("dial tcp 10.0.0.3:3306: connect: cannot assign requested address", Sign.NoSourcePort, "10.0.0.3", 3306, 99)]
    [InlineData("mysql ping: dial tcp [::1]:3306: connect: connection refused", Sign.ConnectRefused, "::1", 3306, 111)]
    [InlineData("mysql: dial tcp: lookup db.internal on 10.96.0.10:53: no such host", Sign.UnknownHost, "db.internal", null, -2)]
    [InlineData("mysql: dial tcp: lookup db.internal on 10.96.0.10:53: read udp 10.1.1.1:5353->10.96.0.10:53: i/o timeout", Sign.UnknownHost, "db.internal", null, -3)]
    [InlineData("dial unix /var/run/mysqld/mysqld.sock: connect: no such file or directory", Sign.LocalSocketFailed, null, null, 2)]
    [InlineData("Bad Request: dial tcp 127.0.0.1:3306: connection refused [USER: xxxx], Remote IP: 192.168.1.100:51940", Sign.ConnectRefused, "127.0.0.1", 3306, 111)]
    public void A_failed_connect_names_the_server(string line, Sign sign, string? host, int? port, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, host, port, errno), (sighting.Sign, sighting.ServerHost, sighting.ServerPort, sighting.Errno));
    }

    [Theory]
    [InlineData("Error 1040: Too many connections", 1040)]
    [InlineData("Error 1040 (08004): Too many connections", 1040)]
    [InlineData("Error 1129: Host '10.0.0.1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'", 1129)]
    [InlineData("Error 4031 (HY000): The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.", 4031)]
    public void What_the_server_said_keeps_its_number(string line, int code) => Assert.Equal((Sign.ServerSaid, (int?)code), (Read.One(line).Sign, Read.One(line).Code));

    [Theory]
    [InlineData("invalid connection string: missing host")]
    [InlineData("ERROR: invalid connection-id in request")]
    [InlineData("json: unexpected EOF")]
    [InlineData("dial tcp 10.0.0.3:5432: connect: connection refused")]
    [InlineData("dial tcp 10.0.0.3:6379: i/o timeout")]
    [InlineData("Get \"https://api.example.com/v1\": context deadline exceeded")]
    [InlineData("pq: driver: bad connection (lib/pq)")]
    [InlineData("rpc error: code = DeadlineExceeded desc = context deadline exceeded")]
    public void Other_programs_words_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
