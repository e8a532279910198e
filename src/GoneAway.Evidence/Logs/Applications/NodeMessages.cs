using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>mysql, mysql2 and mariadb for Node, with Sequelize, TypeORM, Knex, Prisma and Drizzle on them.</summary>
internal static class NodeMessages
{
    private const string Enqueue = "Cannot enqueue ";

    public static IReadOnlyList<ApplicationMessage> All { get; } = [.. MySql, .. MariaDb, .. Prisma, .. Frameworks, .. Sockets];

    private static IEnumerable<ApplicationMessage> MySql =>
    [
        new("Packets out of order. Got: {received} Expected: {expected}", Sign.PacketsOutOfOrder, StackTag.NodeMysql) { Trigger = "Packets out of order. Got" },
        new("ot packets out of order. Expected {expected} but received {received}", Sign.PacketsOutOfOrder, StackTag.NodeMysql2) { Trigger = "packets out of order. Expected" },
        new("PROTOCOL_PACKETS_OUT_OF_ORDER", Sign.PacketsOutOfOrder, StackTag.NodeMysql),
        new("Unexpected packet while no commands in the queue", Sign.PacketsOutOfOrder, StackTag.NodeMysql2),
        new("PROTOCOL_UNEXPECTED_PACKET", Sign.PacketsOutOfOrder, StackTag.NodeMysql2),
        new("PROTOCOL_INCORRECT_PACKET_SEQUENCE", Sign.PacketsOutOfOrder, StackTag.NodeMysql),
        new("Connection lost: The server closed the connection", Sign.UnexpectedEof, StackTag.Node) { Rank = Telling.Broken },
        new("PROTOCOL_CONNECTION_LOST", Sign.UnexpectedEof, StackTag.Node) { Rank = Telling.Broken },
        new("Can't add new command when connection is in closed state", Sign.HandleAlreadyClosed, StackTag.NodeMysql2) { Rank = Telling.Closed, Trigger = "when connection is in closed state" },
        new(Enqueue + "{state} after fatal error", Sign.HandleAlreadyClosed, StackTag.NodeMysql) { Rank = Telling.Closed, Trigger = Enqueue },
        new(Enqueue + "{state} after invoking quit", Sign.HandleAlreadyClosed, StackTag.NodeMysql) { Rank = Telling.Closed, Trigger = Enqueue },
        new(Enqueue + "{state} after being destroyed", Sign.HandleAlreadyClosed, StackTag.NodeMysql) { Rank = Telling.Closed, Trigger = Enqueue },
        new(Enqueue + "Handshake after already enqueuing a Handshake", Sign.HandleAlreadyClosed, StackTag.NodeMysql) { Rank = Telling.Closed, Trigger = Enqueue },
        new("PROTOCOL_ENQUEUE_", Sign.HandleAlreadyClosed, StackTag.NodeMysql) { Rank = Telling.Closed },
        new("Handshake inactivity timeout", Sign.ConnectTimedOut, StackTag.NodeMysql) { Rank = Telling.Connect },
        new("PROTOCOL_SEQUENCE_TIMEOUT', fatal: true, timeout: {waited}", Sign.ClientReadTimedOut, StackTag.Node) { Rank = Telling.Deadline, Trigger = "PROTOCOL_SEQUENCE_TIMEOUT" },
        new("PROTOCOL_SEQUENCE_TIMEOUT", Sign.ClientReadTimedOut, StackTag.Node) { Rank = Telling.Deadline },
        new("Query inactivity timeout", Sign.ClientReadTimedOut, StackTag.Node) { Rank = Telling.Deadline },
        new("Ping inactivity timeout", Sign.ClientReadTimedOut, StackTag.NodeMysql) { Rank = Telling.Deadline },
        new("Server requests authentication using unknown plugin {subject}.", Sign.AuthPluginUnusable, StackTag.NodeMysql2) { Trigger = "Server requests authentication using unknown plugin" },
        new("AUTH_SWITCH_PLUGIN_ERROR", Sign.AuthPluginUnusable, StackTag.NodeMysql2),
        new("HANDSHAKE_NO_SSL_SUPPORT", Sign.TlsFailed, StackTag.Node),
        new("HANDSHAKE_SSL_ERROR", Sign.TlsFailed, StackTag.Node),
        new("POOL_NOCONNECTIONS", Sign.PoolExhausted, StackTag.Node) { Rank = Telling.Symptom },
        new("POOL_ENQUEUELIMIT", Sign.PoolExhausted, StackTag.Node) { Rank = Telling.Symptom },
        new("Error: Queue limit reached.", Sign.PoolExhausted, StackTag.Node) { Rank = Telling.Symptom, Weak = true },
        new("Error: No connections available.", Sign.PoolExhausted, StackTag.Node) { Rank = Telling.Symptom, Weak = true },
        new("Error: Pool is closed.", Sign.HandleAlreadyClosed, StackTag.Node) { Rank = Telling.Closed, Weak = true },
        new("POOL_CLOSED", Sign.HandleAlreadyClosed, StackTag.Node) { Rank = Telling.Closed, Weak = true },
        new("This socket has been ended by the other party", Sign.BrokenPipe, StackTag.Node) { Weak = true, Errno = 32 },
    ];

    private static IEnumerable<ApplicationMessage> MariaDb =>
    [
        new("socket has unexpectedly been closed", Sign.UnexpectedEof, StackTag.NodeMariaDb) { Rank = Telling.Broken },
        new("ER_SOCKET_UNEXPECTED_CLOSE", Sign.UnexpectedEof, StackTag.NodeMariaDb) { Rank = Telling.Broken },
        new("Cannot execute new commands: connection closed", Sign.HandleAlreadyClosed, StackTag.NodeMariaDb) { Rank = Telling.Closed },
        new("ER_CMD_CONNECTION_CLOSED", Sign.HandleAlreadyClosed, StackTag.NodeMariaDb) { Rank = Telling.Closed },
        new("Connection destroyed, command was killed", Sign.ClientCancelled, StackTag.NodeMariaDb) { Rank = Telling.Deadline },
        new("Connection timeout: failed to create socket after {waited}ms", Sign.ConnectTimedOut, StackTag.NodeMariaDb) { Rank = Telling.Connect, Trigger = "failed to create socket after" },
        new("ER_CONNECTION_TIMEOUT", Sign.ConnectTimedOut, StackTag.NodeMariaDb) { Rank = Telling.Connect },
        new(" 45026, SQLState: {}) socket timeout", Sign.ClientReadTimedOut, StackTag.NodeMariaDb) { Rank = Telling.Deadline, Trigger = " 45026, SQLState" },
        new("retrieve connection from pool timeout after {waited}ms", Sign.PoolExhausted, StackTag.NodeMariaDb) { Rank = Telling.Symptom, Trigger = "retrieve connection from pool timeout" },
        new("retrieve connection from pool timeout", Sign.PoolExhausted, StackTag.NodeMariaDb) { Rank = Telling.Symptom },
        new("failed to retrieve a connection from pool after {waited}ms", Sign.PoolExhausted, StackTag.NodeMariaDb) { Rank = Telling.Symptom, Trigger = "failed to retrieve a connection from pool" },
        new("ER_GET_CONNECTION_TIMEOUT", Sign.PoolExhausted, StackTag.NodeMariaDb) { Rank = Telling.Symptom },
    ];

    private static IEnumerable<ApplicationMessage> Prisma =>
    [
        new("Can't reach database server at `{host}`:`{port}`", Sign.ConnectRefused, StackTag.Prisma) { Rank = Telling.Symptom, Trigger = "Can't reach database server at", Shared = true },
        new("Can't reach database server at `{host}`", Sign.ConnectRefused, StackTag.Prisma) { Rank = Telling.Symptom, Trigger = "Can't reach database server at", Shared = true },
        new("Can't reach database server at {address}", Sign.ConnectRefused, StackTag.Prisma) { Rank = Telling.Symptom, Trigger = "Can't reach database server at", Shared = true },
        new("The database server at `{host}`:`{port}` was reached but timed out", Sign.ConnectTimedOut, StackTag.Prisma) { Rank = Telling.Connect, Trigger = "was reached but timed out", Shared = true },
        new("The database server was reached but timed out", Sign.ConnectTimedOut, StackTag.Prisma) { Rank = Telling.Connect, Trigger = "was reached but timed out", Shared = true },
        new("Timed out fetching a new connection from the connection pool", Sign.PoolExhausted, StackTag.Prisma) { Rank = Telling.Symptom, Shared = true, Detail = PoolTimeout },
        new("Server has closed the connection", Sign.UnexpectedEof, StackTag.Prisma) { Rank = Telling.Broken, Shared = true },
        new("Operations timed out after {state}", Sign.ClientReadTimedOut, StackTag.Prisma) { Rank = Telling.Deadline, Trigger = "Operations timed out after", With = "P1008", Shared = true },
        new("Error opening a TLS connection", Sign.TlsFailed, StackTag.Prisma) { Rank = Telling.Reason, Shared = true },
        new("Too many database connections opened", Sign.ServerSaid, StackTag.Prisma, 1040) { Shared = true },
    ];

    private static IEnumerable<ApplicationMessage> Frameworks =>
    [
        new("SequelizeConnectionAcquireTimeoutError", Sign.PoolExhausted, StackTag.Sequelize) { Rank = Telling.Symptom, Shared = true },
        new("ConnectionAcquireTimeoutError", Sign.PoolExhausted, StackTag.Sequelize) { Rank = Telling.Symptom, Shared = true },
        new("ConnectionManager.getConnection was called after the connection manager was closed", Sign.HandleAlreadyClosed, StackTag.Sequelize) { Rank = Telling.Closed, Shared = true },
        new("Timeout acquiring a connection. The pool is probably full", Sign.PoolExhausted, StackTag.Knex) { Rank = Telling.Symptom, Shared = true },
        new("Query runner already released. Cannot run queries anymore", Sign.HandleAlreadyClosed, StackTag.TypeOrm) { Rank = Telling.Closed, Shared = true },
    ];

    // The runtime's words, of any socket: they count next to a driver's or on MySQL's port.
    private static IEnumerable<ApplicationMessage> Sockets =>
    [
        Connect("connect ECONNREFUSED {address}", Sign.ConnectRefused, 111),
        Connect("connect ETIMEDOUT {address}", Sign.ConnectTimedOut, 110),
        Connect("connect ETIMEDOUT", Sign.ConnectTimedOut, null),
        Connect("connect EHOSTUNREACH {address}", Sign.ConnectUnreachable, 113),
        Connect("connect ENETUNREACH {address}", Sign.ConnectUnreachable, 101),
        Connect("connect EADDRNOTAVAIL {address}", Sign.NoSourcePort, 99),
        Connect("connect ECONNRESET {address}", Sign.LostBeforeGreeting, 104),
        Connect("connect EACCES {address}", Sign.ConnectForbidden, 13),
        Connect("connect EPERM {address}", Sign.ConnectForbidden, 1),
        Connect("connect ENOENT {subject}", Sign.LocalSocketFailed, 2),
        Connect("connect EMFILE", Sign.NoDescriptorsInClient, 24),
        Connect("getaddrinfo ENOTFOUND {address}", Sign.UnknownHost, ErrnoText.NameNotFound),
        Connect("getaddrinfo EAI_AGAIN {address}", Sign.UnknownHost, ErrnoText.NameTryAgain),
        new("write ECONNRESET", Sign.GoneAway, StackTag.Node) { Weak = true, Errno = 104 },
        new("SELF_SIGNED_CERT_IN_CHAIN", Sign.TlsFailed, StackTag.Node) { Weak = true, Rank = Telling.Reason },
        new("DEPTH_ZERO_SELF_SIGNED_CERT", Sign.TlsFailed, StackTag.Node) { Weak = true, Rank = Telling.Reason },
        new("CERT_HAS_EXPIRED", Sign.TlsFailed, StackTag.Node) { Weak = true, Rank = Telling.Reason },
        new("UNABLE_TO_VERIFY_LEAF_SIGNATURE", Sign.TlsFailed, StackTag.Node) { Weak = true, Rank = Telling.Reason },
        new("ERR_SSL_", Sign.TlsFailed, StackTag.Node) { Weak = true, Rank = Telling.Reason },
    ];

    private static ApplicationMessage Connect(string text, Sign sign, int? errno) => new(text, sign, StackTag.Node) { Weak = true, Rank = Telling.Connect, Errno = errno };

    /// <summary>(Current connection pool timeout: 10, connection limit: 5)</summary>
    private static Sighting PoolTimeout(ReadOnlySpan<char> text, Sighting sighting)
    {
        const string timeout = "pool timeout: ";
        int at = text.IndexOf(timeout);
        ReadOnlySpan<char> digits = at < 0 ? default : text[(at + timeout.Length)..];
        int length = digits.IndexOfAnyExceptInRange('0', '9');
        return length is > 0 and < 7 ? sighting with { Elapsed = TimeSpan.FromSeconds(int.Parse(digits[..length], System.Globalization.CultureInfo.InvariantCulture)) } : sighting;
    }
}
