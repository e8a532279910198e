using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>mysqlclient, PyMySQL, aiomysql, asyncmy, MySQL Connector/Python, SQLAlchemy, Django, peewee.</summary>
internal static class PythonMessages
{
    private const string NoneType = "'NoneType' object has no attribute '";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Packet sequence number wrong - got {received} expected {expected}", Sign.PacketsOutOfOrder),
        new("Packet sequence number wrong", Sign.PacketsOutOfOrder),
        new("InterfaceError: (0, '", Sign.HandleAlreadyClosed) { Trigger = "InterfaceError" },
        new("InterfaceError) (0, '", Sign.HandleAlreadyClosed) { Trigger = "InterfaceError" },
        new("InterfaceError(0, '", Sign.HandleAlreadyClosed) { Trigger = "InterfaceError" },
        new("InterfaceError: (0, \"", Sign.HandleAlreadyClosed) { Trigger = "InterfaceError" },
        new("OperationalError: (2006, '')", Sign.HandleAlreadyClosed, StackTag.MySqlClient, 2006) { Trigger = "OperationalError" },
        new("OperationalError) (2006, '')", Sign.HandleAlreadyClosed, StackTag.MySqlClient, 2006) { Trigger = "OperationalError" },
        new("OperationalError(2006, '')", Sign.HandleAlreadyClosed, StackTag.MySqlClient, 2006) { Trigger = "OperationalError" },
        new("(-1, 'error totally whack')", Sign.MixedUpResult, StackTag.MySqlClient),
        new("pymysql.err.Error: Already closed", Sign.HandleAlreadyClosed, StackTag.PyMySql),
        new("MySQL Connection not available", Sign.HandleAlreadyClosed, StackTag.ConnectorPython),
        new("Cursor is not connected", Sign.HandleAlreadyClosed, StackTag.ConnectorPython) { Weak = true },
        new("Unread result found", Sign.CommandsOutOfSync, StackTag.ConnectorPython),
        new("Failed getting connection; pool exhausted", Sign.PoolExhausted, StackTag.ConnectorPython),
        new("Authentication plugin '{subject}' is not supported", Sign.AuthPluginUnusable) { Trigger = "Authentication plugin '" },
        new("Lost connection to MySQL server at '{host}', system error: {errno} ", Sign.LostDuringQuery, StackTag.ConnectorPython, 2055) { Trigger = "Lost connection to ", With = "2055" },
        new("Lost connection to MySQL server at '{host}', system error: ", Sign.LostDuringQuery, StackTag.ConnectorPython, 2055) { Trigger = "Lost connection to ", With = "2055" },
        new("bytearray index out of range", Sign.MixedUpResult, StackTag.ConnectorPython) { Weak = true },

        new("QueuePool limit of size {limit} overflow {n} reached, connection timed out, timeout {elapsed}", Sign.PoolExhausted, StackTag.SqlAlchemy) { Trigger = "QueuePool limit of size" },
        new("QueuePool limit of size", Sign.PoolExhausted, StackTag.SqlAlchemy),
        new("This result object does not return rows", Sign.MixedUpResult, StackTag.SqlAlchemy),
        new("NoSuchColumnError", Sign.MixedUpResult, StackTag.SqlAlchemy),
        new("Could not locate column in row for column", Sign.MixedUpResult, StackTag.SqlAlchemy),
        new(NoneType + "_getter'", Sign.MixedUpResult, StackTag.SqlAlchemy) { Trigger = NoneType },
        new(NoneType + "_index_for_key'", Sign.MixedUpResult, StackTag.SqlAlchemy) { Trigger = NoneType },
        new("ResourceClosedError: This Connection is closed", Sign.HandleAlreadyClosed, StackTag.SqlAlchemy) { Trigger = "This Connection is closed" },
        new("Can't reconnect until invalid", Sign.HandleAlreadyClosed, StackTag.SqlAlchemy),
        new("Disconnection detected on checkout", Sign.StaleInPool, StackTag.SqlAlchemy),
        new("concurrent operations are not permitted", Sign.UsedConcurrently, StackTag.SqlAlchemy),
        new("is already in progress and this would cause an unexpected state change", Sign.UsedConcurrently, StackTag.SqlAlchemy),

        new("DatabaseWrapper objects created in a thread can only be used in that same thread", Sign.UsedConcurrently, StackTag.Django) { Trigger = "DatabaseWrapper objects created" },
        new("Max connections exceeded, timed out attempting to connect", Sign.PoolExhausted, StackTag.Peewee),
        new("MaxConnectionsExceeded", Sign.PoolExhausted, StackTag.Peewee),

        // What is left of a connection that another thread has just closed.
        new(NoneType + "read'", Sign.UsedConcurrently) { Trigger = NoneType, Weak = true },
        new(NoneType + "settimeout'", Sign.UsedConcurrently) { Trigger = NoneType, Weak = true },
        new(NoneType + "sendall'", Sign.UsedConcurrently) { Trigger = NoneType, Weak = true },
        new(NoneType + "readexactly'", Sign.UsedConcurrently) { Trigger = NoneType, Weak = true },
        new("called while another coroutine is already waiting for incoming data", Sign.UsedConcurrently) { Trigger = "while another coroutine", Weak = true },
        new("attached to a different loop", Sign.UsedConcurrently) { Weak = true },
        new("IncompleteReadError: 0 bytes read on a total of 4 expected bytes", Sign.UnexpectedEof) { Trigger = "IncompleteReadError", Weak = true },
        new("timeout: timed out", Sign.ClientReadTimedOut) { Weak = true },
        new("TimeoutError: timed out", Sign.ClientReadTimedOut) { Weak = true },
        new("The read operation timed out", Sign.ClientReadTimedOut) { Weak = true },
    ];
}
