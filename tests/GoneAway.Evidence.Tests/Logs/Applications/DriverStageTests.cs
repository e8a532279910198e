using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>Real traces whose frames, times and repetitions tell at which stage a connection ended.</summary>
public sealed class DriverStageTests
{
    [Theory]
    // Nothing sent since the last answer: the connection was idle.
    [InlineData("2,230,340", "2,230,348", Sign.GoneAway, null)]
    [InlineData("1,425,373", "1,425,373", Sign.GoneAway, null)]
    // Exactly an hour, a minute: a limit passed while the answer was awaited.
    [InlineData("3,600,089", "3,600,089", Sign.LostDuringQuery, 3600089)]
    [InlineData("60,000", "60,000", Sign.LostDuringQuery, 60000)]
    [InlineData("1,758,522", "2", Sign.GoneAway, null)]
    [InlineData("30,012", "30,011", Sign.LostDuringQuery, 30011)]
    [InlineData("3", "2", Sign.LostDuringQuery, 2)]
    public void Two_ages_tell_idleness_from_waiting(string received, string sent, Sign sign, int? awaited)
    {
        Sighting sighting = Read.One($"""
            ### Error querying database.  Cause: com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet successfully received from the server was {received} milliseconds ago. The last packet sent successfully to the server was {sent} milliseconds ago.
            ### The error may exist in UserMapper.java (best guess)
            ### The error may involve UserMapper.selectOneByExample-Inline
            ### The error occurred while setting parameters
            ### SQL: SELECT  *  FROM t_user  WHERE       (  account_no = ? )
            ### Cause: com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet successfully received from the server was {received} milliseconds ago. The last packet sent successfully to the server was {sent} milliseconds ago.
            ; Communications link failure

            The last packet successfully received from the server was {received} milliseconds ago. The last packet sent successfully to the server was {sent} milliseconds ago.; nested exception is com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet successfully received from the server was {received} milliseconds ago. The last packet sent successfully to the server was {sent} milliseconds ago.
            """);
        Assert.Equal((sign, awaited), (sighting.Sign, (int?)sighting.Elapsed?.TotalMilliseconds));
        Assert.Equal(received.Replace(",", "", StringComparison.Ordinal), sighting.Idle!.Value.TotalMilliseconds.ToString("0"));
    }

    [Theory]
    [InlineData("com.mysql.cj.protocol.a.NativeProtocol.readServerCapabilities(NativeProtocol.java:536)", Sign.LostBeforeGreeting)]
    [InlineData("com.mysql.jdbc.MysqlIO.doHandshake(MysqlIO.java:1007)", Sign.LostBeforeGreeting)]
    [InlineData("com.mysql.cj.protocol.a.NativeAuthenticationProvider.proceedHandshakeWithPluggableAuthentication(NativeAuthenticationProvider.java:565)\n\tat com.mysql.cj.protocol.a.NativeProtocol.beforeHandshake(NativeProtocol.java:423)", Sign.LostDuringLogin)]
    [InlineData("com.mysql.cj.protocol.a.NativeProtocol.sendQueryPacket(NativeProtocol.java:970)", Sign.LostDuringQuery)]
    public void Frames_tell_the_stage_of_a_connect(string frame, Sign sign) => Assert.Equal(sign, Read.One($"""
        java.io.EOFException: Can not read response from server. Expected to read 4 bytes, read 0 bytes before connection was unexpectedly lost.
        	at com.mysql.cj.protocol.FullReadInputStream.readFully(FullReadInputStream.java:67)
        	at {frame}
        	at com.mysql.cj.jdbc.ConnectionImpl.createNewIO(ConnectionImpl.java:818)
        """).Sign);

    [Theory]
    [InlineData("2018-10-22 11:43:40.8538|||MySqlConnector.ServerSession|ERROR|  Session1.1 couldn't connect to server System.IO.EndOfStreamException: Expected to read 4 header bytes but only received 0.", Sign.LostBeforeGreeting, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException: Couldn't connect to server ---> System.IO.EndOfStreamException: Expected to read 4 header bytes but only received 0", Sign.LostBeforeGreeting, null)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Couldn't connect to server\n ---> System.Net.Sockets.SocketException (10061): 由于目标计算机积极拒绝，无法连接。", Sign.ConnectRefused, 111)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Couldn't connect to server\n ---> System.Net.Sockets.SocketException (10060): Ein Verbindungsversuch ist fehlgeschlagen", Sign.ConnectTimedOut, 110)]
    [InlineData("MySql.Data.MySqlClient.MySqlException (0x80004005): Failed to read the result set.\n ---> System.Net.Sockets.SocketException (10053): 你的主机中的软件中止了一个已建立的连接。\n   at MySqlConnector.Protocol.Serialization.SocketByteHandler.DoReadBytesAsync(Memory`1 buffer)", Sign.LostDuringQuery, 103)]
    [InlineData("java.sql.SQLNonTransientConnectionException: Could not connect to HostAddress{host='10.0.0.9', port=3306}. Connection reset", Sign.LostBeforeGreeting, 104)]
    [InlineData("2019-03-14 16:36:05.409 - org.jkiss.dbeaver.model.exec.DBCConnectException: Could not connect to localhost:3306: Connection reset\norg.jkiss.dbeaver.model.exec.DBCConnectException: Could not connect to localhost:3306: Connection reset\n\tat org.jkiss.dbeaver.model.impl.jdbc.JDBCDataSource.openConnection(JDBCDataSource.java:179)", Sign.LostBeforeGreeting, 104)]
    [InlineData("2020-09-17 10:23:33.140 - org.jkiss.dbeaver.model.exec.DBCConnectException: Could not connect to 127.0.0.1:33116 : unexpected end of stream, read 0 bytes from 4 (socket was closed by server)\norg.jkiss.dbeaver.model.exec.DBCConnectException: Could not connect to 127.0.0.1:33116 : unexpected end of stream, read 0 bytes from 4 (socket was closed by server)\n\tat org.jkiss.dbeaver.model.impl.jdbc.JDBCDataSource.openConnection(JDBCDataSource.java:223)", Sign.LostBeforeGreeting, null)]
    public void A_connect_that_broke_off_is_no_query(string text, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
    }

    [Theory]
    [InlineData("[16:57:08 WARN]: ")]
    [InlineData("[16:57:08] [Server thread/WARN]: ")]
    [InlineData("16:57:08 CONSOLE: WARN]: ")]
    public void A_trace_with_a_clock_before_each_line_is_one_sighting(string head)
    {
        string[] lines =
        [
            "com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: Communications link failure", "",
            "The last packet successfully received from the server was 1,800,123 milliseconds ago.  The last packet sent successfully to the server was 1 milliseconds ago.",
            "\tat sun.reflect.NativeConstructorAccessorImpl.newInstance(NativeConstructorAccessorImpl.java:57)",
            .. Enumerable.Range(0, 40).Select(static i => $"at com.mysql.jdbc.MysqlIO.call{i}(MysqlIO.java:{i})"),
            "Caused by: java.io.EOFException: Can not read response from server. Expected to read 4 bytes, read 0 bytes before connection was unexpectedly lost.",
            "\t... 24 more",
        ];
        Sighting sighting = Read.One(string.Join('\n', lines.Select(line => head + line)));
        Assert.Equal((Sign.GoneAway, TimeSpan.FromMilliseconds(1_800_123)), (sighting.Sign, sighting.Idle));
    }

    [Fact]
    public void Each_failed_validation_is_its_own()
    {
        Findings found = Read.Lines("""
            2021-06-25 16:37:11.784  WARN 3498023 --- [http-nio-9992-exec-9] c.z.h.p.PoolBase                         : HikariCP - Failed to validate connection com.mysql.cj.jdbc.ConnectionImpl@38555a5b (Communications link failure

            The last packet successfully received from the server was 1,425,373 milliseconds ago.  The last packet sent successfully to the server was 1,425,373 milliseconds ago.)
            2021-06-25 16:37:11.784 DEBUG 3498023 --- [HikariCP connection closer] c.z.h.p.PoolBase                         : HikariCP - Closing connection com.mysql.cj.jdbc.ConnectionImpl@38555a5b: (connection is dead)
            2021-06-25 16:37:16.790  WARN 3498023 --- [http-nio-9992-exec-9] c.z.h.p.PoolBase                         : HikariCP - Failed to validate connection com.mysql.cj.jdbc.ConnectionImpl@24224e3a (Communications link failure

            The last packet successfully received from the server was 1,408,604 milliseconds ago.  The last packet sent successfully to the server was 1,408,604 milliseconds ago.)
            """);
        Assert.Equal([Sign.StaleInPool, Sign.StaleInPool], found.Sightings.Select(static s => s.Sign));
        Assert.Equal([1_425_373, 1_408_604], found.Sightings.Select(static s => (int)s.Idle!.Value.TotalMilliseconds));
        Assert.All(found.Sightings, static s => Assert.Equal("http-nio-9992-exec-9", s.Worker));
    }

    [Theory]
    [InlineData("{ [Error: Connection lost: The server closed the connection.] fatal: true, code: 'PROTOCOL_CONNECTION_LOST' }", Sign.UnexpectedEof)]
    [InlineData("{ [Error: read ECONNRESET]\n  code: 'ECONNRESET',\n  errno: 'ECONNRESET',\n  syscall: 'read',\n  fatal: true }", Sign.ConnectionReset)]
    [InlineData("Error: read ECONNRESET\n    at TCP.onStreamRead (internal/stream_base_commons.js:205:27) {\n  errno: 'ECONNRESET',\n  code: 'ECONNRESET',\n  syscall: 'read',\n  fatal: true", Sign.ConnectionReset)]
    [InlineData("{\"line_number\":128,\"code\":\"PROTOCOL_CONNECTION_LOST\",\"fatal\":true,\"message\":\"Connection lost: The server closed the connection.\",\"stack\":\"Error: Connection lost: The server closed the connection.\\n    at Protocol.end (/home/gambar/node_modules/mysql/lib/protocol/Protocol.js:113:13)\\n\"}", Sign.UnexpectedEof)]
    [InlineData("PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR", Sign.HandleAlreadyClosed)]
    [InlineData("[ULIB] Query ERROR: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.", Sign.ServerSaid)]
    [InlineData("[Information] ConnectionId:0HM2FUJALAO7N RequestPath:/Leitor/pagination (PlataformaWeb) => ServerSession: [0]: Session3.8 setting state to Failed System.IO.EndOfStreamException: Expected to read 4 header bytes but only received 0.\n   at MySqlConnector.Protocol.Serialization.ProtocolUtility.DoReadPayloadAsync()", Sign.LostDuringQuery)]
    public void Errors_as_people_paste_them(string text, Sign sign) => Assert.Equal(sign, Read.One(text).Sign);
}
