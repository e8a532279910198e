using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class RustAndElixirLogTests
{
    [Theory]
    [InlineData("Error: error communicating with database: unexpected end of file", Sign.UnexpectedEof, null, "sqlx")]
    [InlineData("error communicating with database: expected to read 4 bytes, got 0 bytes at EOF", Sign.UnexpectedEof, null, "sqlx")]
    [InlineData("thread 'main' panicked at 'called `Result::unwrap()` on an `Err` value: Io(Custom { kind: UnexpectedEof, error: \"expected to read 4 bytes, got 0 bytes at EOF\" })', src/main.rs:12:5", Sign.UnexpectedEof, null, "sqlx")]
    [InlineData("Execution Error: error communicating with database: Connection reset by peer (os error 104)", Sign.ConnectionReset, 104, "sqlx")]
    [InlineData("error communicating with database: Broken pipe (os error 32)", Sign.BrokenPipe, 32, "sqlx")]
    [InlineData("error communicating with database: Connection refused (os error 111)", Sign.ConnectRefused, 111, "sqlx")]
    [InlineData("error communicating with database: Connection timed out (os error 110)", Sign.ClientReadTimedOut, 110, "sqlx")]
    [InlineData("pool timed out while waiting for an open connection", Sign.PoolExhausted, null, "sqlx")]
    [InlineData("called `Result::unwrap()` on an `Err` value: PoolTimedOut", Sign.PoolExhausted, null, "sqlx")]
    [InlineData("Error: Conn(SqlxError(PoolTimedOut))", Sign.PoolExhausted, null, "sqlx")]
    [InlineData("attempted to acquire a connection on a closed pool", Sign.HandleAlreadyClosed, null, "sqlx")]
    [InlineData("Error: IoError { server disconnected }", Sign.UnexpectedEof, null, "rust-mysql")]
    [InlineData("IoError { Connection reset by peer (os error 104) }", Sign.ConnectionReset, 104, "rust-mysql")]
    [InlineData("IoError { Resource temporarily unavailable (os error 11) }", Sign.ClientReadTimedOut, 11, "rust-mysql")]
    [InlineData("Input/output error: Input/output error: Broken pipe (os error 32)", Sign.BrokenPipe, 32, "rust-mysql-async")]
    [InlineData("MySQL error (store.mysql-error) reason = \"Input/output error: Connection reset by peer (os error 104)\"", Sign.ConnectionReset, 104, "rust-mysql-async")]
    [InlineData("Error: MySql(Io(Io(Os { code: 104, kind: ConnectionReset, message: \"Connection reset by peer\" })))\nmysql pool", Sign.ConnectionReset, 104, "rust")]
    [InlineData("Err(Driver(ConnectionClosed))", Sign.HandleAlreadyClosed, null, "rust-mysql-async")]
    [InlineData("mysql error: DriverError { Packet out of order }", Sign.PacketsOutOfOrder, null, "rust-mysql")]
    [InlineData("DriverError { Packet too large }", Sign.PacketTooLargeInClient, null, "rust-mysql")]
    [InlineData("Driver error: `Connection to the server is closed.'", Sign.HandleAlreadyClosed, null, "rust-mysql-async")]
    public void Words_of_Rusts_crates(string line, Sign sign, int? errno, string stack)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Contains(stack, sighting.Stack);
        Assert.Contains("rust", sighting.Stack);
    }

    [Fact]
    public void A_refused_connect_of_Rust_names_the_server()
    {
        Sighting sighting = Read.One("DriverError { Could not connect to address `127.0.0.1:3307': Connection refused (os error 111) }");
        Assert.Equal((Sign.ConnectRefused, "127.0.0.1", (int?)3307, (int?)111), (sighting.Sign, sighting.ServerHost, sighting.ServerPort, sighting.Errno));
    }

    [Theory]
    [InlineData("error returned from database: 1040 (08004): Too many connections", 1040)]
    [InlineData("MySqlError { ERROR 4031 (HY000): The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior. }", 4031)]
    [InlineData("** (MyXQL.Error) (1040) (ER_CON_COUNT_ERROR) Too many connections", 1040)]
    [InlineData("MyXQL.Connection (#PID<0.321.0>) disconnected: ** (MyXQL.Error) (1053) (ER_SERVER_SHUTDOWN) Server shutdown in progress", 1053)]
    public void What_the_server_said_keeps_its_number(string line, int code) => Assert.Equal((Sign.ServerSaid, (int?)code), (Read.One(line).Sign, Read.One(line).Code));

    [Theory]
    [InlineData("10:11:12.345 [error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) socket closed", Sign.LostDuringQuery, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) tcp recv (idle): closed", Sign.StaleInPool, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) tcp recv: closed", Sign.LostDuringQuery, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) ssl recv: closed", Sign.LostDuringQuery, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) ssl recv (idle): closed", Sign.StaleInPool, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) tcp recv: connection timed out - :etimedout", Sign.ClientReadTimedOut, 110, null)]
    [InlineData("[error] Mariaex.Protocol (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) tcp send: closed", Sign.GoneAway, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) client #PID<0.538.0> timed out because it queued and checked out the connection for longer than 15000ms", Sign.ClientReadTimedOut, null, 15000)]
    [InlineData("** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2345ms. This means requests are coming in and your connection pool cannot serve them fast enough.", Sign.PoolExhausted, null, 2345)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) owner #PID<0.999.0> exited", Sign.ClientCancelled, null, null)]
    [InlineData("[error] MyXQL.Connection (#PID<0.321.0>) disconnected: ** (DBConnection.ConnectionError) client #PID<0.999.0> exited", Sign.ClientCancelled, null, null)]
    public void Words_of_Elixirs_connections(string line, Sign sign, int? errno, int? milliseconds)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno, milliseconds), (sighting.Sign, sighting.Errno, (int?)sighting.Elapsed?.TotalMilliseconds));
        Assert.Contains("elixir", sighting.Stack);
    }

    [Theory]
    [InlineData("[error] MyXQL.Connection (#PID<0.254.0>) failed to connect: ** (DBConnection.ConnectionError) (localhost:3306) connection refused - :econnrefused", Sign.ConnectRefused, "localhost", 3306)]
    [InlineData("[error] MyXQL.Connection (#PID<0.254.0>) failed to connect: ** (DBConnection.ConnectionError) (db.internal:3306) non-existing domain - :nxdomain", Sign.UnknownHost, "db.internal", 3306)]
    [InlineData("[error] MyXQL.Connection (#PID<0.254.0>) failed to connect: ** (DBConnection.ConnectionError) (10.0.0.4:3307) timeout - :timeout", Sign.ConnectTimedOut, "10.0.0.4", 3307)]
    [InlineData("[error] MyXQL.Connection (#PID<0.254.0>) failed to connect: ** (DBConnection.ConnectionError) (10.0.0.4:3307) socket closed - :closed", Sign.LostBeforeGreeting, "10.0.0.4", 3307)]
    public void A_failed_connect_of_Elixir_names_the_server(string line, Sign sign, string host, int port)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, host, port), (sighting.Sign, sighting.ServerHost, sighting.ServerPort));
    }

    [Theory]
    [InlineData("[error] Postgrex.Protocol (#PID<0.375.0>) disconnected: ** (DBConnection.ConnectionError) tcp recv (idle): closed")]
    [InlineData("[error] Postgrex.Protocol (#PID<0.375.0>) disconnected: ** (DBConnection.ConnectionError) client #PID<0.538.0> timed out because it queued and checked out the connection for longer than 15000ms")]
    [InlineData("postgres error: pool timed out while waiting for an open connection")]
    [InlineData("thread 'main' panicked: unexpected end of file in config.toml")]
    [InlineData("IoError: Connection reset by peer (os error 104) at https://example.com")]
    [InlineData("[info] tcp recv: closed")]
    public void Other_programs_words_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
