namespace GoneAway.Gateway.Operations;

/// <summary>What one loop has counted since its start. Its loop alone writes the fields, plainly; others read them torn-free through <see cref="Add"/>.</summary>
public sealed class GatewayCounters
{
#pragma warning disable CA1051 // A loop adds to them in place.
    public long ClientsAccepted;
    public long ClientsClosed;
    public long Logins;
    public long HandshakeTimeouts;
    public long HandshakesDenied;
    public long HandshakesBroken;
    public long HandshakesTlsFailed;
    public long HandshakesNotMySql;
    public long HandshakesOverLimit;
    public long HandshakesWithoutBackend;
    public long Queries;
    public long Transactions;
    public long BytesFromClients;
    public long BytesToClients;
    public long BytesFromBackends;
    public long BytesToBackends;
    public long BackendConnects;
    public long BackendConnectsFailed;
    public long BackendLosses;
    public long BackendSwitches;
    public long SessionsPinned;
    public long ReadsReplayed;
    public long StatementsResent;
    public long TransactionsReplayed;
    public long TransactionReplaysRefused;
    public long NotExecuted;
    public long OutcomesUnknown;
    public long TooLarge;
    public long StrayBytes;
    public long Queued;
    public long QueueTimeouts;
    public long QueueMicroseconds;
    public long Held;
    public long HoldTimeouts;
    public long SpooledResults;
    public long SpoolBytesToMemory;
    public long SpoolBytesToDisk;
    public long SpoolRefusals;
#pragma warning restore CA1051

    /// <summary>Where a counter is kept in one loop's counters.</summary>
    public delegate ref long Field(GatewayCounters counters);

    /// <summary>Each counter's name as Prometheus has it, without the leading <c>goneaway_</c>; its labels or null; its meaning; its field. Those of one name stand together.</summary>
    public static IReadOnlyList<(string Name, string? Labels, string Help, Field Field)> All { get; } =
    [
        ("clients_accepted_total", null, "Connections accepted.", static all => ref all.ClientsAccepted),
        ("clients_closed_total", null, "Client connections that ended.", static all => ref all.ClientsClosed),
        ("logins_total", null, "Logins of clients that succeeded.", static all => ref all.Logins),
        ("handshakes_failed_total", "reason=\"timeout\"", "Client connections that never logged in.", static all => ref all.HandshakeTimeouts),
        ("handshakes_failed_total", "reason=\"denied\"", "", static all => ref all.HandshakesDenied),
        ("handshakes_failed_total", "reason=\"broken\"", "", static all => ref all.HandshakesBroken),
        ("handshakes_failed_total", "reason=\"tls\"", "", static all => ref all.HandshakesTlsFailed),
        ("handshakes_failed_total", "reason=\"not-mysql\"", "", static all => ref all.HandshakesNotMySql),
        ("handshakes_failed_total", "reason=\"limit\"", "", static all => ref all.HandshakesOverLimit),
        ("handshakes_failed_total", "reason=\"no-backend\"", "", static all => ref all.HandshakesWithoutBackend),
        ("queries_total", null, "Commands of clients.", static all => ref all.Queries),
        ("transactions_total", null, "Transactions that ended.", static all => ref all.Transactions),
        ("bytes_total", "side=\"client\",direction=\"in\"", "Bytes on the wire.", static all => ref all.BytesFromClients),
        ("bytes_total", "side=\"client\",direction=\"out\"", "", static all => ref all.BytesToClients),
        ("bytes_total", "side=\"backend\",direction=\"in\"", "", static all => ref all.BytesFromBackends),
        ("bytes_total", "side=\"backend\",direction=\"out\"", "", static all => ref all.BytesToBackends),
        ("backend_connects_total", "result=\"ok\"", "Connects to backends with their login.", static all => ref all.BackendConnects),
        ("backend_connects_total", "result=\"failed\"", "", static all => ref all.BackendConnectsFailed),
        ("backend_losses_total", null, "Server connections that were lost while in use or idle.", static all => ref all.BackendLosses),
        ("backend_switches_total", null, "Sessions that went on with another server connection.", static all => ref all.BackendSwitches),
        ("sessions_pinned_total", null, "Times that a session was bound to its server connection by state that cannot be restored.", static all => ref all.SessionsPinned),
        ("replays_total", "what=\"read\"", "What was sent again after a loss.", static all => ref all.ReadsReplayed),
        ("replays_total", "what=\"unsent\"", "", static all => ref all.StatementsResent),
        ("replays_total", "what=\"transaction\"", "", static all => ref all.TransactionsReplayed),
        ("transaction_replays_refused_total", null, "Lost transactions that could not be repeated.", static all => ref all.TransactionReplaysRefused),
        ("errors_total", "kind=\"not-executed\"", "Errors that the gateway itself gave.", static all => ref all.NotExecuted),
        ("errors_total", "kind=\"outcome-unknown\"", "", static all => ref all.OutcomesUnknown),
        ("errors_total", "kind=\"too-large\"", "", static all => ref all.TooLarge),
        ("stray_bytes_total", null, "Bytes from clients that were no MySQL and were discarded.", static all => ref all.StrayBytes),
        ("queued_total", null, "Times that work waited for a server connection.", static all => ref all.Queued),
        ("queue_timeouts_total", null, "Waits that ended without one.", static all => ref all.QueueTimeouts),
        ("queue_microseconds_total", null, "Microseconds waited for server connections.", static all => ref all.QueueMicroseconds),
        ("held_total", null, "Times that work waited for a backend to come up.", static all => ref all.Held),
        ("hold_timeouts_total", null, "Waits that ended without one.", static all => ref all.HoldTimeouts),
        ("spooled_results_total", null, "Results that were taken from the server faster than the client read.", static all => ref all.SpooledResults),
        ("spool_bytes_total", "to=\"memory\"", "Bytes of such results.", static all => ref all.SpoolBytesToMemory),
        ("spool_bytes_total", "to=\"disk\"", "", static all => ref all.SpoolBytesToDisk),
        ("spool_refusals_total", null, "Times that a limit of the spool was met and the server had to wait.", static all => ref all.SpoolRefusals),
    ];

    /// <summary>Adds another loop's counts to these.</summary>
    public void Add(GatewayCounters loop)
    {
        foreach ((_, _, _, Field field) in All)
            field(this) += Volatile.Read(ref field(loop));
    }
}
