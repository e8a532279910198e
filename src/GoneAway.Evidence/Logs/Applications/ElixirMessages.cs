using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>MyXQL and Mariaex on DBConnection (Ecto), and Erlang's mysql-otp. Postgrex says much of it in the same words.</summary>
internal static class ElixirMessages
{
    private const string Idle = " recv (idle): ";
    private const string Recv = " recv: ";
    private const string Send = " send: ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        Socket("tcp recv (idle): closed", Sign.StaleInPool, Idle),
        Socket("ssl recv (idle): closed", Sign.StaleInPool, Idle),
        Socket(" recv (idle): timeout", Sign.StaleInPool, Idle, 110),
        Socket(" recv (idle): connection timed out", Sign.StaleInPool, Idle, 110),
        Socket(" recv (idle): connection reset by peer", Sign.StaleInPool, Idle, 104),
        Socket("tcp recv: closed", Sign.LostDuringQuery, Recv),
        Socket("ssl recv: closed", Sign.LostDuringQuery, Recv),
        Socket(" recv: timeout", Sign.ClientReadTimedOut, Recv),
        Socket(" recv: connection timed out", Sign.ClientReadTimedOut, Recv, 110),
        Socket(" recv: connection reset by peer", Sign.ConnectionReset, Recv, 104),
        Socket("tcp send: closed", Sign.GoneAway, Send),
        Socket("ssl send: closed", Sign.GoneAway, Send),
        Socket(" send: broken pipe", Sign.BrokenPipe, Send, 32),
        new("socket closed (the connection was closed by the pool", Sign.ClientCancelled, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "the connection was closed by the pool", Shared = true },
        new("DBConnection.ConnectionError) socket closed", Sign.LostDuringQuery, StackTag.Ecto) { Rank = Telling.Link, Trigger = "ConnectionError) socket closed", Shared = true },
        new("DBConnection.ConnectionError) timeout", Sign.ClientReadTimedOut, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "ConnectionError) timeout", Shared = true },
        new("DBConnection.ConnectionError) ({host}) connection refused - :econnrefused", Sign.ConnectRefused, StackTag.Ecto) { Rank = Telling.Connect, Errno = 111, Trigger = "connection refused - :econnrefused", Shared = true },
        new("DBConnection.ConnectionError) ({host}) non-existing domain - :nxdomain", Sign.UnknownHost, StackTag.Ecto) { Rank = Telling.Connect, Errno = ErrnoText.NameNotFound, Trigger = "non-existing domain - :nxdomain", Shared = true },
        new("DBConnection.ConnectionError) ({host}) host is unreachable - :ehostunreach", Sign.ConnectUnreachable, StackTag.Ecto) { Rank = Telling.Connect, Errno = 113, Trigger = " - :ehostunreach", Shared = true },
        new("DBConnection.ConnectionError) ({host}) timeout - :timeout", Sign.ConnectTimedOut, StackTag.Ecto) { Rank = Telling.Connect, Trigger = "timeout - :timeout", Shared = true },
        new("DBConnection.ConnectionError) ({host}) connection timed out - :etimedout", Sign.ConnectTimedOut, StackTag.Ecto) { Rank = Telling.Connect, Errno = 110, Trigger = " - :etimedout", Shared = true },
        new("DBConnection.ConnectionError) ({host}) socket closed - :closed", Sign.LostBeforeGreeting, StackTag.Ecto) { Rank = Telling.Stage, Trigger = "socket closed - :closed", Shared = true },
        new("DBConnection.ConnectionError) ({subject}) no such file or directory - :enoent", Sign.LocalSocketFailed, StackTag.Ecto) { Rank = Telling.Connect, Errno = 2, Trigger = "no such file or directory - :enoent", Shared = true },
        new("connection not available and request was dropped from queue after {waited}ms", Sign.PoolExhausted, StackTag.Ecto) { Rank = Telling.Symptom, Trigger = "request was dropped from queue after", Shared = true },
        new("connection not available because of disconnection", Sign.HandleAlreadyClosed, StackTag.Ecto) { Rank = Telling.Symptom, Shared = true },
        new("connection is closed because of an error, disconnect or timeout", Sign.HandleAlreadyClosed, StackTag.Ecto) { Rank = Telling.Closed, Shared = true },
        new("timed out because it queued and checked out the connection for longer than {waited}ms", Sign.ClientReadTimedOut, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "queued and checked out the connection for longer than", Shared = true },
        new("timed out because it checked out the connection for longer than {waited}ms", Sign.ClientReadTimedOut, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "it checked out the connection for longer than", Shared = true },
        new("ConnectionError) owner #PID<{worker}> exited", Sign.ClientCancelled, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "ConnectionError) owner #PID<", Shared = true },
        new("ConnectionError) client #PID<{worker}> exited", Sign.ClientCancelled, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "ConnectionError) client #PID<", Shared = true },
        new("ConnectionError) client #PID<{worker}> ({}) exited", Sign.ClientCancelled, StackTag.Ecto) { Rank = Telling.Deadline, Trigger = "ConnectionError) client #PID<", Shared = true },
        new("ConnectionError) client exited", Sign.ClientCancelled, StackTag.Ecto) { Rank = Telling.Deadline, Shared = true },
        new("Connection Id {id} closing with reason: {state}", Sign.UnexpectedEof, StackTag.Elixir) { Trigger = "closing with reason: " },
        new("error,tcp_closed", Sign.UnexpectedEof, StackTag.Elixir) { Weak = true, Trigger = "tcp_closed" },
    ];

    private static ApplicationMessage Socket(string text, Sign sign, string trigger, int? errno = null) =>
        new(text, sign, StackTag.Elixir) { Rank = Telling.Broken, Errno = errno, Trigger = trigger, With = "DBConnection", Shared = true };
}
