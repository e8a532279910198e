using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class NodeLogTests
{
    private const string Lost = """
        events.js:183
              throw er; // Unhandled 'error' event
              ^

        Error: Connection lost: The server closed the connection.
            at Protocol.end (/app/node_modules/mysql/lib/protocol/Protocol.js:113:13)
            at Socket.<anonymous> (/app/node_modules/mysql/lib/Connection.js:109:28)
            at Socket.emit (events.js:185:15) {
          fatal: true,
          code: 'PROTOCOL_CONNECTION_LOST'
        }
        """;

    [Fact]
    public void An_error_object_is_one_sighting()
    {
        Sighting sighting = Read.One(Lost);
        Assert.Equal(Sign.UnexpectedEof, sighting.Sign);
        Assert.Equal(["node", "node-mysql"], sighting.Stack);
    }

    [Fact]
    public void A_reset_is_told_apart_by_the_drivers_frames()
    {
        const string reset = """
            Error: read ECONNRESET
                at TCP.onStreamRead (node:internal/stream_base_commons:217:20)
                --------------------
                at Protocol._enqueue (/app/node_modules/mysql/lib/protocol/Protocol.js:144:48)
                at Connection.query (/app/node_modules/mysql/lib/Connection.js:198:25) {
              errno: -104,
              code: 'ECONNRESET',
              syscall: 'read',
              fatal: true
            }
            """;
        Sighting sighting = Read.One(reset);
        Assert.Equal((Sign.ConnectionReset, (int?)104), (sighting.Sign, sighting.Errno));
        Assert.Empty(Read.Lines(reset.Replace("node_modules/mysql/", "node_modules/got/", StringComparison.Ordinal).Replace("fatal: true", "x: 1", StringComparison.Ordinal)).Sightings);
    }

    [Theory]
    [InlineData("Error: Packets out of order. Got: 0 Expected: 12", 0, 12, Sign.PacketsOutOfOrder)]
    [InlineData("Warning: got packets out of order. Expected 1 but received 0", 0, 1, Sign.PacketsOutOfOrder)]
    [InlineData("error connecting: Error: Packets out of order. Got: 80 Expected: 0", 80, 0, Sign.GreetingNotMySql)]
    [InlineData("error connecting: Error: Packets out of order. Got: 72 Expected: 0\n    at Parser.write (node_modules/mysql/lib/protocol/Parser.js:42:19)", 72, 0, Sign.GreetingNotMySql)]
    public void Sequence_numbers_are_decoded(string text, int received, int expected, Sign sign)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((sign, (int?)received, (int?)expected), (sighting.Sign, sighting.SequenceReceived, sighting.SequenceExpected));
    }

    [Theory]
    [InlineData("Error: Can't add new command when connection is in closed state\n    at PoolConnection._addCommandClosedState (/app/node_modules/mysql2/lib/connection.js:137:17)", Sign.HandleAlreadyClosed, "node-mysql2")]
    [InlineData("{\"err\":{\"type\":\"Error\",\"message\":\"Can't add new command when connection is in closed state\",\"stack\":\"Error: Can't add new command when connection is in closed state\\n    at PoolConnection.query (/srv/node_modules/mysql2/lib/connection.js:509:17)\"}}", Sign.HandleAlreadyClosed, "node-mysql2")]
    [InlineData("Error: Cannot enqueue Query after fatal error.", Sign.HandleAlreadyClosed, "node-mysql")]
    [InlineData("Error: Cannot enqueue Query after invoking quit.", Sign.HandleAlreadyClosed, "node-mysql")]
    [InlineData("{ Error: Query inactivity timeout\n    at Query.<anonymous> (/app/node_modules/mysql/lib/protocol/Protocol.js:159:17)\n  code: 'PROTOCOL_SEQUENCE_TIMEOUT',\n  fatal: true,\n  timeout: 10000 }", Sign.ClientReadTimedOut, "node-mysql")]
    [InlineData("Error: Handshake inactivity timeout\n    at Handshake.<anonymous> (/app/node_modules/mysql/lib/protocol/Protocol.js:160:17) {\n  code: 'PROTOCOL_SEQUENCE_TIMEOUT',\n  fatal: true,\n  timeout: 10000\n}", Sign.ConnectTimedOut, "node-mysql")]
    [InlineData("Server requests authentication using unknown plugin auth_gssapi_client. See TODO: add plugins doco here on how to configure or author authentication plugins.", Sign.AuthPluginUnusable, "node-mysql2")]
    [InlineData("Error: Unexpected packet while no commands in the queue {\n  fatal: true,\n  code: 'PROTOCOL_UNEXPECTED_PACKET'\n}", Sign.PacketsOutOfOrder, "node-mysql2")]
    [InlineData("Error: connect ETIMEDOUT\n    at PoolConnection.Connection._handleConnectTimeout (/app/node_modules/mysql/lib/Connection.js:419:13)\n  errorno: 'ETIMEDOUT',\n  code: 'ETIMEDOUT',\n  syscall: 'connect',\n  fatal: true", Sign.ConnectTimedOut, "node-mysql")]
    [InlineData("Error: Queue limit reached.\n    at Pool.getConnection (/app/node_modules/mysql2/lib/pool.js:70:17)", Sign.PoolExhausted, "node-mysql2")]
    [InlineData("SequelizeConnectionAcquireTimeoutError: Operation timeout\n    at /app/node_modules/sequelize/lib/dialects/abstract/connection-manager.js:288:48", Sign.PoolExhausted, "sequelize")]
    [InlineData("KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?", Sign.PoolExhausted, "knex")]
    [InlineData("Error: write EPIPE\n    at WriteWrap.onWriteComplete [as oncomplete] (internal/stream_base_commons.js:87:16)\n    at Connection.write (/app/node_modules/mysql2/lib/connection.js:226:17)", Sign.BrokenPipe, "node-mysql2")]
    public void Words_of_the_drivers_and_frameworks(string text, Sign sign, string stack)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal(sign, sighting.Sign);
        Assert.Contains(stack, sighting.Stack);
    }

    [Theory]
    [InlineData("SqlError: (conn=17, no: 45009, SQLState: 08S01) socket has unexpectedly been closed\n    at Socket.<anonymous> (/app/node_modules/mariadb/lib/connection.js:1066:16)", Sign.UnexpectedEof, 17, null)]
    [InlineData("SqlError: (conn:17, no: 45013, SQLState: 08S01) Cannot execute new commands: connection closed", Sign.HandleAlreadyClosed, 17, null)]
    [InlineData("SqlError: (conn=-1, no: 45012, SQLState: 08S01) Connection timeout: failed to create socket after 1001ms", Sign.ConnectTimedOut, null, 1001)]
    [InlineData("SqlError: (conn=-1, no: 45028, SQLState: HY000) retrieve connection from pool timeout after 10003ms\n    (pool connections: active=0 idle=0 limit=10)", Sign.PoolExhausted, null, 10003)]
    [InlineData("SqlError: (conn=5, no: 45026, SQLState: 08S01) socket timeout", Sign.ClientReadTimedOut, 5, null)]
    [InlineData("pool timeout: failed to retrieve a connection from pool after 10000ms\n    (pool connections: active=0 idle=0 limit=5)\n  [cause]: SqlError: (conn:-1, no: 45012, SQLState: 08S01) Connection timeout: failed to create socket after 1001ms", Sign.ConnectTimedOut, null, 1001)]
    public void MariaDBs_connector_names_connection_and_time(string text, Sign sign, int? thread, int? milliseconds)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((sign, (uint?)thread, milliseconds), (sighting.Sign, sighting.ThreadId, (int?)sighting.Elapsed?.TotalMilliseconds));
        Assert.Contains("node-mariadb", sighting.Stack);
    }

    [Theory]
    [InlineData("Error: connect ECONNREFUSED 127.0.0.1:3306\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)", Sign.ConnectRefused, "127.0.0.1", 3306, 111)]
    [InlineData("Error: connect ETIMEDOUT 10.0.0.4:3306", Sign.ConnectTimedOut, "10.0.0.4", 3306, 110)]
    [InlineData("SequelizeHostNotFoundError: getaddrinfo ENOTFOUND mysql\n  parent: Error: getaddrinfo ENOTFOUND mysql", Sign.UnknownHost, "mysql", null, -2)]
    [InlineData("Error: getaddrinfo EAI_AGAIN mysql mysql:3306", Sign.UnknownHost, "mysql", null, -3)]
    [InlineData("Error: P1001: Can't reach database server at `10.9.107.39`:`3306`", Sign.ConnectRefused, "10.9.107.39", 3306, null)]
    [InlineData("Can't reach database server at `db:3306`\n\nPlease make sure your database server is running at `db:3306`.", Sign.ConnectRefused, "db", 3306, null)]
    [InlineData("Error: P1002: The database server at `db`:`3306` was reached but timed out.", Sign.ConnectTimedOut, "db", 3306, null)]
    public void A_failed_connect_names_the_server(string text, Sign sign, string host, int? port, int? errno)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((sign, host, port, errno), (sighting.Sign, sighting.ServerHost, sighting.ServerPort, sighting.Errno));
    }

    [Fact]
    public void Prismas_pool_says_how_long_it_waited()
    {
        Sighting sighting = Read.One("Timed out fetching a new connection from the connection pool. More info: http://pris.ly/d/connection-pool (Current connection pool timeout: 10, connection limit: 17)");
        Assert.Equal((Sign.PoolExhausted, TimeSpan.FromSeconds(10)), (sighting.Sign, sighting.Elapsed));
    }

    [Theory]
    [InlineData("  code: 'ER_CLIENT_INTERACTION_TIMEOUT',\n  errno: 4031,\n  sqlState: 'HY000',", 4031)]
    [InlineData("Error: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.\n    at PromisePool.query (/app/node_modules/mysql2/promise.js:351:22) {\n  code: 'ER_CLIENT_INTERACTION_TIMEOUT',\n  errno: 4031,\n  sql: 'SELECT 1',\n  sqlState: 'HY000'\n}", 4031)]
    [InlineData("Error: ER_CON_COUNT_ERROR: Too many connections\n    at Handshake.Sequence._packetToError (/app/node_modules/mysql/lib/protocol/sequences/Sequence.js:47:14) {\n  code: 'ER_CON_COUNT_ERROR',\n  errno: 1040", 1040)]
    [InlineData("ER_HOST_IS_BLOCKED: Host '172.17.0.1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'", 1129)]
    public void What_the_server_said_keeps_its_number(string text, int code)
    {
        Sighting sighting = Read.One(text);
        Assert.Equal((Sign.ServerSaid, (int?)code), (sighting.Sign, sighting.Code));
    }

    [Theory]
    [InlineData("Error: connect ECONNREFUSED 127.0.0.1:6379\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)")]
    [InlineData("Error: read ECONNRESET\n    at TLSWrap.onStreamRead (node:internal/stream_base_commons:217:20) {\n  errno: -104,\n  code: 'ECONNRESET',\n  syscall: 'read'\n}")]
    [InlineData("Error: Connection terminated unexpectedly\n    at Connection.<anonymous> (/app/node_modules/pg/lib/client.js:132:73)")]
    [InlineData("MongoNetworkError: read ECONNRESET")]
    [InlineData("Can't reach database server at `db`:`5432`")]
    [InlineData("Datasource \"db\": PostgreSQL database \"postgres\", schema \"public\" at \"db\"\n\nError: P1017\n\nServer has closed the connection.")]
    [InlineData("AxiosError: connect ETIMEDOUT 93.184.216.34:443")]
    public void Other_programs_words_give_nothing(string text) => Assert.Empty(Read.Lines(text).Sightings);
}
