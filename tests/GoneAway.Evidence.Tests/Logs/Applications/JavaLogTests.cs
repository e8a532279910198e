using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class JavaLogTests
{
    private const string Idle = """
        2023-03-01 08:15:30.123 ERROR 4711 --- [nio-8080-exec-3] o.h.engine.jdbc.spi.SqlExceptionHelper   : Communications link failure

        The last packet successfully received from the server was 3,600,089 milliseconds ago. The last packet sent successfully to the server was 3 milliseconds ago.
        """;

    private const string Chain = """
        com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

        The last packet successfully received from the server was 30,012 milliseconds ago.  The last packet sent successfully to the server was 30,011 milliseconds ago.
        	at com.mysql.cj.jdbc.exceptions.SQLError.createCommunicationsException(SQLError.java:174)
        	at com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping.translateException(SQLExceptionsMapping.java:64)
        	at com.zaxxer.hikari.pool.ProxyPreparedStatement.executeQuery(ProxyPreparedStatement.java:52)
        	at org.hibernate.engine.jdbc.internal.ResultSetReturnImpl.extract(ResultSetReturnImpl.java:57)
        	... 120 common frames omitted
        Caused by: com.mysql.cj.exceptions.CJCommunicationsException: Communications link failure

        The last packet successfully received from the server was 30,012 milliseconds ago.  The last packet sent successfully to the server was 30,011 milliseconds ago.
        	at sun.reflect.GeneratedConstructorAccessor123.newInstance(Unknown Source)
        	at com.mysql.cj.protocol.a.NativeProtocol.readMessage(NativeProtocol.java:549)
        	... 130 common frames omitted
        Caused by: java.io.EOFException: Can not read response from server. Expected to read 4 bytes, read 0 bytes before connection was unexpectedly lost.
        	at com.mysql.cj.protocol.FullReadInputStream.readFully(FullReadInputStream.java:67)
        	... 135 common frames omitted
        """;

    [Fact]
    public void A_failure_at_once_after_a_pause_met_a_dead_connection()
    {
        Sighting sighting = Read.One(Idle);
        Assert.Equal(Sign.GoneAway, sighting.Sign);
        Assert.Equal(TimeSpan.FromMilliseconds(3_600_089), sighting.Idle);
        Assert.Null(sighting.Elapsed);
        Assert.Equal(new DateTime(2023, 3, 1, 8, 15, 30, 123), sighting.Stamp!.Value.Clock);
        Assert.Equal(4711, sighting.Pid);
        Assert.Equal("nio-8080-exec-3", sighting.Worker);
        Assert.Contains("connector-j", sighting.Stack);
        Assert.Contains("java", sighting.Stack);
    }

    [Fact]
    public void A_chain_of_causes_is_one_sighting()
    {
        Sighting sighting = Read.One(Chain);
        Assert.Equal(Sign.LostDuringQuery, sighting.Sign);
        Assert.Equal(TimeSpan.FromMilliseconds(30_011), sighting.Elapsed);
        Assert.Equal(TimeSpan.FromMilliseconds(30_012), sighting.Idle);
        Assert.Equal(["connector-j", "java", "hikari", "hibernate"], sighting.Stack);
    }

    [Theory]
    // Connector/J 5.1.13 to 9.
    [InlineData("com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: The last packet successfully received from the server was 36,939,285 milliseconds ago.  The last packet sent successfully to the server was 36,939,292 milliseconds ago. is longer than the server configured value of 'wait_timeout'. You should consider either expiring and/or testing connection validity before use in your application, increasing the server configured values for client timeouts, or using the Connector/J connection property 'autoReconnect=true' to avoid this problem.", 36939285)]
    // Separators of other locales.
    [InlineData("com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: The last packet successfully received from the server was 36.939.285 milliseconds ago.  The last packet sent successfully to the server was 36.939.292 milliseconds ago. is longer than the server configured value of 'wait_timeout'.", 36939285)]
    [InlineData("com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: The last packet successfully received from the server was 36\u00a0939\u00a0285 milliseconds ago.  The last packet sent successfully to the server was 36\u00a0939\u00a0292 milliseconds ago. is longer than the server configured value of 'wait_timeout'.", 36939285)]
    [InlineData("com.mysql.cj.jdbc.exceptions.CommunicationsException: The last packet successfully received from the server was 36\u202f939\u202f285 milliseconds ago. The last packet sent successfully to the server was 36\u202f939\u202f292 milliseconds ago. is longer than the server configured value of 'wait_timeout'.", 36939285)]
    // 5.1.6
    [InlineData("The last packet successfully received from the server was58129 seconds ago.The last packet sent successfully to the server was 58129 seconds ago, which  is longer than the server configured value of 'wait_timeout'. You should consider either expiring and/or testing connection validity before use in your application, increasing the server configured values for client timeouts, or using the Connector/J connection property 'autoReconnect=true' to avoid this problem.", 58129000)]
    public void Longer_than_wait_timeout_is_recognised_with_its_idle_time(string line, long idle)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(Sign.LongerThanWaitTimeout, sighting.Sign);
        Assert.Equal(TimeSpan.FromMilliseconds(idle), sighting.Idle);
        Assert.Null(sighting.Elapsed);
    }

    [Theory]
    [InlineData("Caused by: java.net.ConnectException: Connection refused (Connection refused)", Sign.ConnectRefused, 111)]
    [InlineData("Caused by: java.net.SocketTimeoutException: connect timed out", Sign.ConnectTimedOut, null)]
    [InlineData("Caused by: java.net.SocketTimeoutException: Connect timed out", Sign.ConnectTimedOut, null)]
    [InlineData("Caused by: java.net.NoRouteToHostException: No route to host (Host unreachable)", Sign.ConnectUnreachable, 113)]
    [InlineData("Caused by: java.net.NoRouteToHostException: Cannot assign requested address (Address not available)", Sign.NoSourcePort, 99)]
    [InlineData("Caused by: java.net.UnknownHostException: mysql", Sign.UnknownHost, null)]
    [InlineData("Caused by: java.net.UnknownHostException: db: Temporary failure in name resolution", Sign.UnknownHost, -3)]
    [InlineData("Caused by: java.io.EOFException: Can not read response from server. Expected to read 4 bytes, read 0 bytes before connection was unexpectedly lost.", Sign.LostBeforeGreeting, null)]
    [InlineData("Caused by: javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", Sign.TlsFailed, null)]
    public void What_a_failed_connect_was_is_told_by_its_last_cause(string cause, Sign sign, int? errno)
    {
        Sighting sighting = Read.One($"""
            com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet sent successfully to the server was 0 milliseconds ago. The driver has not received any packets from the server.
            	at com.mysql.cj.jdbc.exceptions.SQLError.createCommunicationsException(SQLError.java:174)
            Caused by: com.mysql.cj.exceptions.CJCommunicationsException: Communications link failure

            The last packet sent successfully to the server was 0 milliseconds ago. The driver has not received any packets from the server.
            	at com.mysql.cj.protocol.a.NativeSocketConnection.connect(NativeSocketConnection.java:91)
            	... 10 more
            {cause}
            	at java.net.PlainSocketImpl.socketConnect(Native Method)
            	... 13 more
            """);
        Assert.Equal(sign, sighting.Sign);
        Assert.Equal(errno, sighting.Errno);
    }

    [Theory]
    [InlineData("java.net.SocketTimeoutException: Read timed out", Sign.ClientReadTimedOut, null)]
    [InlineData("java.net.SocketException: Connection reset", Sign.LostDuringQuery, 104)]
    [InlineData("java.net.SocketException: Broken pipe (Write failed)", Sign.GoneAway, 32)]
    [InlineData("java.net.SocketException: Connection timed out (Read failed)", Sign.LostDuringQuery, 110)]
    public void The_end_of_the_socket_is_joined_to_the_failure(string cause, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(Chain.Replace("java.io.EOFException: Can not read response from server. Expected to read 4 bytes, read 0 bytes before connection was unexpectedly lost.", cause, StringComparison.Ordinal));
        Assert.Equal(sign, sighting.Sign);
        Assert.Equal(errno, sighting.Errno);
        Assert.Equal(sign == Sign.GoneAway ? null : TimeSpan.FromMilliseconds(30_011), sighting.Elapsed);
    }

    [Theory]
    [InlineData("com.mysql.jdbc.exceptions.jdbc4.MySQLNonTransientConnectionException: No operations allowed after connection closed.", Sign.HandleAlreadyClosed)]
    [InlineData("java.sql.SQLNonTransientConnectionException: No operations allowed after connection closed.", Sign.HandleAlreadyClosed)]
    [InlineData("com.mysql.cj.exceptions.StatementIsClosedException: No operations allowed after statement closed.", Sign.HandleAlreadyClosed)]
    [InlineData("java.sql.SQLException: Operation not allowed after ResultSet closed", Sign.HandleAlreadyClosed)]
    [InlineData("Application was streaming results when the connection failed. Consider raising value of 'net_write_timeout' on the server.", Sign.StreamingInterrupted)]
    [InlineData("java.sql.SQLException: Streaming result set com.mysql.jdbc.RowDataDynamic@174cc1f is still active. No statements may be issued when any streaming result sets are open and in use on a given connection. Ensure that you have called .close() on any active streaming result sets before attempting more queries.", Sign.CommandsOutOfSync)]
    [InlineData("com.mysql.cj.jdbc.exceptions.MySQLTimeoutException: Statement cancelled due to timeout or client request", Sign.ClientCancelled)]
    [InlineData("Caused by: com.mysql.cj.exceptions.UnableToConnectException: Public Key Retrieval is not allowed", Sign.AuthPluginUnusable)]
    [InlineData("com.mysql.jdbc.exceptions.jdbc4.MySQLNonTransientConnectionException: Could not create connection to database server. Attempted reconnect 3 times. Giving up.", Sign.ConnectRefused)]
    [InlineData("java.sql.SQLException: Unknown initial character set index '255' received from server. Initial client character set can be forced via the 'characterEncoding' property.", Sign.ClientTooOld)]
    [InlineData("HikariPool-1 - Connection com.mysql.cj.jdbc.ConnectionImpl@4c9f8c13 marked as broken because of SQLSTATE(08S01), ErrorCode(0)", Sign.LostDuringQuery)]
    [InlineData("java.net.SocketException: Connection reset\n\tat java.net.SocketInputStream.read(SocketInputStream.java:210)\n\tat com.mysql.jdbc.util.ReadAheadInputStream.fill(ReadAheadInputStream.java:100)", Sign.ConnectionReset)]
    public void Words_of_Connector_J(string text, Sign sign) => Assert.Equal(sign, Read.One(text).Sign);

    [Theory]
    [InlineData("com.mysql.jdbc.PacketTooBigException: Packet for query is too large (5,260,152 > 4194304). You can change this value on the server by setting the max_allowed_packet' variable.", 5260152)]
    [InlineData("com.mysql.cj.jdbc.exceptions.PacketTooBigException: Packet for query is too large (1109 > 1024). You can change this value on the server by setting the 'max_allowed_packet' variable.", 1109)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=9) Could not send query: query size (16777300) is >= to max_allowed_packet (16777216)", 16777300)]
    [InlineData("java.sql.BatchUpdateException: (conn:330) Could not send query: stream size 1652321 is >= to max_allowed_packet (1048576)", 1652321)]
    public void A_packet_refused_by_the_driver_tells_its_size(string line, long size)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.PacketTooLargeInClient, size), (sighting.Sign, sighting.Size));
    }

    [Theory]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=2143) unexpected end of stream, read 0 bytes from 4 (socket was closed by server)", Sign.LostDuringQuery, 2143, null)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=70) Connection reset", Sign.ConnectionReset, 70, 104)]
    [InlineData("java.sql.SQLException: (conn=70) Connection reset by peer", Sign.ConnectionReset, 70, 104)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=15) Broken pipe (Write failed)", Sign.BrokenPipe, 15, 32)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=53) Read timed out", Sign.ClientReadTimedOut, 53, null)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=53) Socket error", Sign.LostDuringQuery, 53, null)]
    [InlineData("java.sql.SQLNonTransientConnectionException: (conn=1189) Connection is closed", Sign.HandleAlreadyClosed, 1189, null)]
    public void MariaDB_Connector_J_names_the_connection(string line, Sign sign, int thread, int? errno)
    {
        Sighting sighting = Read.One(line + "\n\tat org.mariadb.jdbc.internal.util.exceptions.ExceptionFactory.createException(ExceptionFactory.java:73)");
        Assert.Equal((sign, (uint?)thread, errno), (sighting.Sign, sighting.ThreadId, sighting.Errno));
        Assert.Contains("mariadb-connector-j", sighting.Stack);
    }

    [Theory]
    [InlineData("Could not connect to address=(host=db.local)(port=3307)(type=master) : Connection refused (Connection refused)", Sign.ConnectRefused, "db.local", 3307)]
    [InlineData("Could not connect to address=(host=db.local)(port=3307)(type=master) : Socket fail to connect to host:db.local, port:3307. connect timed out", Sign.ConnectTimedOut, "db.local", 3307)]
    [InlineData("Could not connect to address=(host=db)(port=3306)(type=master) : unexpected end of stream, read 0 bytes from 4 (socket was closed by server)", Sign.LostBeforeGreeting, "db", 3306)]
    [InlineData("Could not connect to localhost:33061 : unexpected end of stream, read 0 bytes from 4 (socket was closed by server)", Sign.LostBeforeGreeting, "localhost", 33061)]
    [InlineData("java.sql.SQLNonTransientConnectionException: Could not connect to HostAddress{host='10.0.0.9', port=3306}. Connection refused (Connection refused)", Sign.ConnectRefused, "10.0.0.9", 3306)]
    [InlineData("java.sql.SQLNonTransientConnectionException: Socket fail to connect to host:address=(host=maria)(port=3306)(type=primary). Connection refused", Sign.ConnectRefused, "maria", 3306)]
    public void MariaDB_Connector_J_names_the_server_it_cannot_reach(string line, Sign sign, string host, int port)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, host, port), (sighting.Sign, sighting.ServerHost, sighting.ServerPort));
    }

    [Theory]
    [InlineData("Data source rejected establishment of connection,  message from server: \"Too many connections\"", 1040)]
    [InlineData("java.sql.SQLException: null,  message from server: \"Host '10.0.0.5' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'\"", 1129)]
    [InlineData("com.mysql.cj.jdbc.exceptions.CommunicationsException: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.", 4031)]
    [InlineData("com.mysql.cj.exceptions.CJCommunicationsException: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.", 4031)]
    [InlineData("com.mysql.jdbc.exceptions.MySQLQueryInterruptedException: Query execution was interrupted", 1317)]
    public void What_the_server_said_keeps_its_number(string line, int code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.ServerSaid, (int?)code), (sighting.Sign, sighting.Code));
    }

    [Fact]
    public void The_servers_word_comes_before_the_drivers()
    {
        Sighting sighting = Read.One("""
            com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet successfully received from the server was 600,500 milliseconds ago. The last packet sent successfully to the server was 2 milliseconds ago.
            	at com.mysql.cj.jdbc.ConnectionImpl.createNewIO(ConnectionImpl.java:828)
            Caused by: com.mysql.cj.exceptions.CJException: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.
            	at com.mysql.cj.protocol.a.NativeProtocol.readMessage(NativeProtocol.java:549)
            """);
        Assert.Equal((Sign.ServerSaid, (int?)4031), (sighting.Sign, sighting.Code));
        Assert.Equal(TimeSpan.FromMilliseconds(600_500), sighting.Idle);
    }
}
