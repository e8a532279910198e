using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class PythonLogTests
{
    [Theory]
    [InlineData("pymysql.err.OperationalError: (2006, \"MySQL server has gone away (BrokenPipeError(32, 'Broken pipe'))\")", Sign.GoneAway, 32)]
    [InlineData("pymysql.err.OperationalError: (2006, \"MySQL server has gone away (error(32, 'Broken pipe'))\")", Sign.GoneAway, 32)]
    [InlineData("pymysql.err.OperationalError: (2006, \"MySQL server has gone away (ConnectionResetError(104, 'Connection reset by peer'))\")", Sign.GoneAway, 104)]
    [InlineData("pymysql.err.OperationalError: (2006, \"MySQL server has gone away (ConnectionResetError('Cannot write to closing transport'))\")", Sign.GoneAway, null)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query')", Sign.LostDuringQuery, null)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query ([Errno 104] Connection reset by peer)')", Sign.LostDuringQuery, 104)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query ([Errno 110] Connection timed out)')", Sign.LostDuringQuery, 110)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query ([WinError 10054] An existing connection was forcibly closed by the remote host)')", Sign.LostDuringQuery, 104)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query (timed out)')", Sign.ClientReadTimedOut, null)]
    [InlineData("pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query (The read operation timed out)')", Sign.ClientReadTimedOut, null)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\")", Sign.ConnectRefused, 111)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' (timed out)\")", Sign.ConnectTimedOut, null)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 110] Connection timed out)\")", Sign.ConnectTimedOut, 110)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno -2] Name or service not known)\")", Sign.UnknownHost, -2)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno -3] Temporary failure in name resolution)\")", Sign.UnknownHost, -3)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 8] nodename nor servname provided, or not known)\")", Sign.UnknownHost, -2)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 113] No route to host)\")", Sign.ConnectUnreachable, 113)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 99] Cannot assign requested address)\")", Sign.NoSourcePort, 99)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 24] Too many open files)\")", Sign.NoDescriptorsInClient, 24)]
    [InlineData("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'localhost' ([Errno 2] No such file or directory)\")", Sign.LocalSocketFailed, 2)]
    [InlineData("pymysql.err.InterfaceError: (0, '')", Sign.HandleAlreadyClosed, null)]
    [InlineData("pymysql.err.InterfaceError: (0, 'Not connected')", Sign.HandleAlreadyClosed, null)]
    [InlineData("pymysql.err.Error: Already closed", Sign.HandleAlreadyClosed, null)]
    public void PyMySql(string line, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Contains("pymysql", sighting.Stack);
    }

    [Theory]
    [InlineData("MySQLdb._exceptions.OperationalError: (2006, 'MySQL server has gone away')", Sign.GoneAway, 2006)]
    [InlineData("_mysql_exceptions.OperationalError: (2006, 'MySQL server has gone away')", Sign.GoneAway, 2006)]
    [InlineData("MySQLdb.OperationalError: (2013, 'Lost connection to server during query')", Sign.LostDuringQuery, 2013)]
    [InlineData("MySQLdb._exceptions.OperationalError: (2006, '')", Sign.HandleAlreadyClosed, 2006)]
    [InlineData("MySQLdb._exceptions.ProgrammingError: (2014, \"Commands out of sync; you can't run this command now\")", Sign.CommandsOutOfSync, 2014)]
    [InlineData("[2014-05-25 10:49:22,917: WARNING/Worker-7] Exception _mysql_exceptions.ProgrammingError: (2014, \"Commands out of sync; you can't run this command now\") in <bound method Cursor.__del__ of <MySQLdb.cursors.Cursor object at 0x2763e90>> ignored", Sign.CommandsOutOfSync, 2014)]
    [InlineData("MySQLdb._exceptions.OperationalError: (4031, 'The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.')", Sign.ServerSaid, 4031)]
    [InlineData("_mysql_exceptions.InterfaceError: (-1, 'error totally whack')", Sign.MixedUpResult, null)]
    public void Mysqlclient(string line, Sign sign, int? code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, code), (sighting.Sign, sighting.Code));
        Assert.Contains("mysqlclient", sighting.Stack);
    }

    [Theory]
    [InlineData("mysql.connector.errors.OperationalError: 2055: Lost connection to MySQL server at '10.0.0.9:3306', system error: 32 Broken pipe", Sign.GoneAway, 2055, 32)]
    [InlineData("mysql.connector.errors.OperationalError: 2055: Lost connection to MySQL server at '10.0.0.9:3306', system error: 104 Connection reset by peer", Sign.LostDuringQuery, 2055, 104)]
    [InlineData("mysql.connector.errors.OperationalError: 2055: Lost connection to MySQL server at '10.0.0.9:3306', system error: Connection not available.", Sign.LostDuringQuery, 2055, null)]
    [InlineData("mysql.connector.errors.OperationalError: 2013 (HY000): Lost connection to MySQL server during query", Sign.LostDuringQuery, 2013, null)]
    [InlineData("mysql.connector.errors.OperationalError: 2006 (HY000): MySQL server has gone away", Sign.GoneAway, 2006, null)]
    [InlineData("mysql.connector.errors.InterfaceError: 2013: Lost connection to MySQL server during query", Sign.LostDuringQuery, 2013, null)]
    [InlineData("mysql.connector.errors.InterfaceError: 2003: Can't connect to MySQL server on '10.0.0.9:3306' (111 Connection refused)", Sign.ConnectRefused, 2003, 111)]
    [InlineData("mysql.connector.errors.InterfaceError: 2003: Can't connect to MySQL server on '10.0.0.9:3306' (Errno 110: Connection timed out)", Sign.ConnectTimedOut, 2003, 110)]
    [InlineData("mysql.connector.errors.InterfaceError: 2003: Can't connect to MySQL server on '10.0.0.9:3306' (timed out)", Sign.ConnectTimedOut, 2003, null)]
    [InlineData("mysql.connector.errors.DatabaseError: 2003 (HY000): Can't connect to MySQL server on '10.0.0.9:3306' (61)", Sign.ConnectRefused, 2003, 111)]
    public void Connector_Python_names_the_server(string line, Sign sign, int code, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, (int?)code, errno), (sighting.Sign, sighting.Code, sighting.Errno));
        Assert.Contains("mysql-connector-python", sighting.Stack);
        if (line.Contains("10.0.0.9", StringComparison.Ordinal))
            Assert.Equal(("10.0.0.9", 3306), (sighting.ServerHost, sighting.ServerPort));
    }

    [Theory]
    [InlineData("mysql.connector.errors.OperationalError: MySQL Connection not available.", Sign.HandleAlreadyClosed)]
    [InlineData("mysql.connector.errors.OperationalError: MySQL Connection not available", Sign.HandleAlreadyClosed)]
    [InlineData("mysql.connector.errors.ProgrammingError: Cursor is not connected", Sign.HandleAlreadyClosed)]
    [InlineData("mysql.connector.errors.InternalError: Unread result found", Sign.CommandsOutOfSync)]
    [InlineData("mysql.connector.errors.InternalError: Unread result found.", Sign.CommandsOutOfSync)]
    [InlineData("mysql.connector.errors.PoolError: Failed getting connection; pool exhausted", Sign.PoolExhausted)]
    [InlineData("mysql.connector.errors.NotSupportedError: Authentication plugin 'caching_sha2_password' is not supported", Sign.AuthPluginUnusable)]
    public void Connector_Python_has_texts_of_its_own(string line, Sign sign)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains("mysql-connector-python", sighting.Stack);
    }

    [Theory]
    [InlineData("pymysql.err.InternalError: Packet sequence number wrong - got 1 expected 2", Sign.PacketsOutOfOrder, 2, 1)]
    [InlineData("pymysql.err.InternalError: Packet sequence number wrong - got 45 expected 1", Sign.PacketsOutOfOrder, 1, 45)]
    [InlineData("pymysql.err.InternalError: Packet sequence number wrong - got 80 expected 0", Sign.GreetingNotMySql, 0, 80)]
    public void Sequence_numbers_are_told(string line, Sign sign, int expected, int received)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, (int?)expected, (int?)received), (sighting.Sign, sighting.SequenceExpected, sighting.SequenceReceived));
    }

    [Theory]
    [InlineData("sqlalchemy.exc.InterfaceError: (pymysql.err.InterfaceError) (0, '')", Sign.HandleAlreadyClosed, "pymysql")]
    [InlineData("sqlalchemy.exc.OperationalError: (MySQLdb._exceptions.OperationalError) (2006, 'MySQL server has gone away')", Sign.GoneAway, "mysqlclient")]
    [InlineData("sqlalchemy.exc.OperationalError: (OperationalError) (2006, 'MySQL server has gone away') 'SELECT ge...", Sign.GoneAway, null)]
    [InlineData("sqlalchemy.exc.NoSuchColumnError: \"Could not locate column in row for column 'table.id'\"", Sign.MixedUpResult, null)]
    [InlineData("sqlalchemy.exc.ResourceClosedError: This result object does not return rows. It has been closed automatically.", Sign.MixedUpResult, null)]
    [InlineData("sqlalchemy.exc.ResourceClosedError: This Connection is closed", Sign.HandleAlreadyClosed, null)]
    [InlineData("sqlalchemy.exc.PendingRollbackError: Can't reconnect until invalid transaction is rolled back. (Background on this error at: https://sqlalche.me/e/14/8s2b)", Sign.HandleAlreadyClosed, null)]
    [InlineData("sqlalchemy.exc.StatementError: (sqlalchemy.exc.InvalidRequestError) Can't reconnect until invalid transaction is rolled back", Sign.HandleAlreadyClosed, null)]
    [InlineData("sqlalchemy.exc.InvalidRequestError: This session is provisioning a new connection; concurrent operations are not permitted", Sign.UsedConcurrently, null)]
    public void SqlAlchemy(string line, Sign sign, string? driver)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains("sqlalchemy", sighting.Stack);
        if (driver is not null)
            Assert.Contains(driver, sighting.Stack);
    }

    [Fact]
    public void An_exhausted_pool_tells_how_long_it_was_waited_for()
    {
        Sighting sighting = Read.One("sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)");
        Assert.Equal((Sign.PoolExhausted, TimeSpan.FromSeconds(30)), (sighting.Sign, sighting.Elapsed));
        Assert.Null(sighting.Errno);
    }

    [Theory]
    [InlineData("django.db.utils.InterfaceError: (0, '')", Sign.HandleAlreadyClosed)]
    [InlineData("django.db.utils.OperationalError: (2006, 'Server has gone away')", Sign.GoneAway)]
    [InlineData("django.db.utils.DatabaseError: DatabaseWrapper objects created in a thread can only be used in that same thread. The object with alias 'default' was created in thread id 1 and this is thread id 2.", Sign.UsedConcurrently)]
    public void Django(string line, Sign sign)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains("django", sighting.Stack);
    }

    [Theory]
    [InlineData("ConnectionResetError: [Errno 104] Connection reset by peer")]
    [InlineData("socket.timeout: timed out")]
    [InlineData("redis.exceptions.ConnectionError: Error 32 while writing to socket. Broken pipe.")]
    [InlineData("psycopg2.OperationalError: server closed the connection unexpectedly")]
    [InlineData("AttributeError: 'NoneType' object has no attribute 'read'")]
    [InlineData("requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))")]
    public void Errors_of_sockets_without_a_driver_for_MySql_are_nobodys(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void What_is_left_of_a_connection_that_another_thread_closed_is_concurrent_use()
    {
        Sighting sighting = Read.One("""
            Traceback (most recent call last):
              File "/venv/lib/python3.11/site-packages/pymysql/connections.py", line 692, in _read_packet
                packet_header = self._read_bytes(4)
              File "/venv/lib/python3.11/site-packages/pymysql/connections.py", line 740, in _read_bytes
                data = self._rfile.read(num_bytes)
            AttributeError: 'NoneType' object has no attribute 'read'
            """);
        Assert.Equal(Sign.UsedConcurrently, sighting.Sign);
        Assert.Contains("pymysql", sighting.Stack);
    }
}
