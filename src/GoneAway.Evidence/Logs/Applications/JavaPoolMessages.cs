using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>HikariCP, Tomcat's pool, Commons DBCP, c3p0, Druid, BoneCP, R2DBC, Vert.x; the Java runtime's words for sockets and TLS.</summary>
internal static class JavaPoolMessages
{
    public static IReadOnlyList<ApplicationMessage> All { get; } = [.. Pools, .. Reactive, .. Sockets];

    private static IEnumerable<ApplicationMessage> Pools =>
    [
        new("Failed to validate connection", Sign.StaleInPool, StackTag.Hikari) { With = "maxLifetime" },
        new("Failed to validate connection com.mysql", Sign.StaleInPool, StackTag.Hikari) { Trigger = "Failed to validate connection" },
        new("Failed to validate connection org.mariadb", Sign.StaleInPool, StackTag.Hikari) { Trigger = "Failed to validate connection" },
        new("marked as broken because of SQLSTATE({state}), ErrorCode({code})", Sign.LostDuringQuery, StackTag.Hikari) { Rank = Telling.Symptom, Trigger = "marked as broken because of SQLSTATE", Shared = true, Detail = Unnumbered },
        new("Connection is not available, request timed out after {waited}ms", Sign.PoolExhausted, StackTag.Hikari) { Rank = Telling.Symptom, Trigger = "Connection is not available, request timed out", Shared = true },
        new("Thread starvation or clock leap detected (housekeeper delta={state})", Sign.HostInterrupted, StackTag.Hikari) { Trigger = "Thread starvation or clock leap detected", Detail = Delta },
        new("Retrograde clock change detected (housekeeper delta={state})", Sign.HostInterrupted, StackTag.Hikari) { Trigger = "Retrograde clock change detected", Detail = Delta },
        new("Timeout: Pool empty. Unable to fetch a connection in {elapsed} seconds", Sign.PoolExhausted, StackTag.TomcatJdbc) { Rank = Telling.Symptom, Trigger = "Timeout: Pool empty", Shared = true },
        new("NoValid:Pool exhausted", Sign.PoolExhausted, StackTag.TomcatJdbc) { Rank = Telling.Symptom, Shared = true },
        new("Connection has been abandoned PooledConnection[", Sign.HandleAlreadyClosed, StackTag.TomcatJdbc) { Shared = true, Subject = "abandoned" },
        new("Timeout waiting for idle object, borrowMaxWait{}={state},", Sign.PoolExhausted, StackTag.Dbcp) { Rank = Telling.Symptom, Trigger = "Timeout waiting for idle object", Shared = true },
        new("Cannot get a connection, pool error", Sign.PoolExhausted, StackTag.Dbcp) { Rank = Telling.Symptom, With = "Timeout waiting for idle object", Shared = true },
        new("Cannot get a connection, pool exhausted", Sign.PoolExhausted, StackTag.Dbcp) { Rank = Telling.Symptom, Shared = true },
        new("Cannot get a connection, pool error Timeout waiting", Sign.PoolExhausted, StackTag.Dbcp) { Rank = Telling.Symptom, Trigger = "Cannot get a connection, pool error", Shared = true },
        new("An attempt by a client to checkout a Connection has timed out", Sign.PoolExhausted, StackTag.C3p0) { Rank = Telling.Symptom, Shared = true },
        new("PooledConnection that has already signalled a Connection error is still in use", Sign.HandleAlreadyClosed, StackTag.C3p0) { Rank = Telling.Closed, Shared = true },
        new("wait millis {waited}, active {n}, maxActive {limit}", Sign.PoolExhausted, StackTag.Druid) { Rank = Telling.Symptom, Trigger = "wait millis ", Shared = true },
        new("discard long time none received connection{}lastPacketReceivedIdleMillis : {ms}", Sign.StaleInPool, StackTag.Druid) { Trigger = "discard long time none received connection" },
        new("discard long time none received connection", Sign.StaleInPool, StackTag.Druid),
        new("DruidDataSource{}discard connection", Sign.StaleInPool, StackTag.Druid) { Trigger = "discard connection" },
        new("abandon connection, owner thread: {worker},", Sign.HandleAlreadyClosed, StackTag.Druid) { Trigger = "abandon connection, owner thread", Shared = true, Subject = "abandoned" },
        new("Timed out waiting for a free available connection", Sign.PoolExhausted) { Rank = Telling.Symptom, Shared = true },
        new("The active SQL connection has changed due to a connection failure", Sign.RoleChanged),
    ];

    private static IEnumerable<ApplicationMessage> Reactive =>
    [
        new("Failed to read any response from the server, the underlying connection may get lost unexpectedly", Sign.LostDuringQuery, StackTag.Vertx) { Trigger = "Failed to read any response from the server" },
        new("MySQLConnectionException: Connection unexpectedly closed", Sign.LostDuringQuery, StackTag.R2dbc) { Trigger = "Connection unexpectedly closed" },
        new("Connection unexpectedly closed", Sign.LostDuringQuery) { Weak = true },
        new("Connection unexpectedly terminated", Sign.LostDuringQuery) { Weak = true },
        new("Connection closed unexpectedly", Sign.LostDuringQuery) { Weak = true },
        new("Connection acquisition timed out after {waited}ms", Sign.PoolExhausted, StackTag.R2dbc) { Rank = Telling.Symptom, Trigger = "Connection acquisition timed out", Shared = true },
        new("Cannot exchange messages because the connection is closed", Sign.HandleAlreadyClosed, StackTag.R2dbc),
        new("Connection is not active now, current status: {state}", Sign.HandleAlreadyClosed, StackTag.Vertx) { Trigger = "Connection is not active now, current status" },
    ];

    // Said of every socket of a Java program: they count next to a driver's words only.
    private static IEnumerable<ApplicationMessage> Sockets =>
    [
        Socket("Exception: Cannot assign requested address", Sign.NoSourcePort, Telling.Reason, 99),
        Socket("ConnectException: Connection refused", Sign.ConnectRefused, Telling.Connect, 111),
        Socket("ConnectException: Connection timed out", Sign.ConnectTimedOut, Telling.Connect, 110),
        Socket("ConnectException: Network is unreachable", Sign.ConnectUnreachable, Telling.Connect, 101),
        Socket("ConnectException: Operation timed out", Sign.ConnectTimedOut, Telling.Connect, 110),
        Socket("ConnectTimeoutException: connection timed out", Sign.ConnectTimedOut, Telling.Connect),
        Socket("Exception: connect timed out", Sign.ConnectTimedOut, Telling.Connect),
        Socket("Exception: Connect timed out", Sign.ConnectTimedOut, Telling.Connect),
        Socket("NoRouteToHostException", Sign.ConnectUnreachable, Telling.Connect, 113),
        Socket("UnknownHostException: {address}", Sign.UnknownHost, Telling.Connect),
        Socket("SocketException: Too many open files", Sign.NoDescriptorsInClient, Telling.Reason, 24),
        Socket("SocketException: Permission denied", Sign.ConnectForbidden, Telling.Connect, 13),
        Socket("SocketTimeoutException: Read timed out", Sign.ClientReadTimedOut, Telling.Deadline),
        Socket("SSLHandshakeException", Sign.TlsFailed, Telling.Reason),
        Socket("SSLException: Unsupported record version", Sign.TlsFailed, Telling.Reason),
        Socket("SSLException: Unrecognized SSL message", Sign.TlsFailed, Telling.Reason),
        Socket("SSLException: Received fatal alert", Sign.TlsFailed, Telling.Reason),
        Socket("CertificateExpiredException", Sign.TlsFailed, Telling.Reason),
        Plain("SocketException: Connection reset", Sign.ConnectionReset, 104),
        Plain("ConnectionException: Connection reset", Sign.ConnectionReset, 104),
        Plain("SSLException: Connection reset", Sign.ConnectionReset, 104),
        Plain("Software caused connection abort", Sign.ConnectionReset, 103),
        Plain("SocketException: Connection or outbound has closed", Sign.GoneAway, null),
        Plain("SocketException: Socket closed", Sign.HandleAlreadyClosed, null),
        Plain("SocketException: Socket is closed", Sign.HandleAlreadyClosed, null),
        Plain("SocketException: Closed by interrupt", Sign.ClientCancelled, null),
    ];

    private static ApplicationMessage Socket(string text, Sign sign, int rank, int? errno = null) => new(text, sign) { Weak = true, Rank = rank, Errno = errno };

    private static ApplicationMessage Plain(string text, Sign sign, int? errno) => new(text, sign) { Weak = true, Errno = errno };

    /// <summary>0 is no error number: the driver itself raised it.</summary>
    private static Sighting Unnumbered(ReadOnlySpan<char> text, Sighting sighting) => sighting.Code is > 1000 and < 10000 ? sighting with { Sign = Codes.SignOf(sighting.Code.Value, text, null) } : sighting with { Code = null };

    /// <summary>1h2m3s456ms567µs: the sum of its parts.</summary>
    private static Sighting Delta(ReadOnlySpan<char> text, Sighting sighting)
    {
        double seconds = 0;
        ReadOnlySpan<char> delta = sighting.State;
        while (delta.IndexOfAnyExceptInRange('0', '9') is > 0 and < 10 and var digits)
        {
            double value = int.Parse(delta[..digits], System.Globalization.CultureInfo.InvariantCulture);
            delta = delta[digits..];
            int letters = delta.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> unit = letters < 0 ? delta : delta[..letters];
            seconds += unit switch { "d" => value * 86400, "h" => value * 3600, "m" => value * 60, "s" => value, "ms" => value / 1000, _ => 0 };
            delta = delta[unit.Length..];
        }
        return sighting with { State = null, Elapsed = seconds > 0 ? TimeSpan.FromSeconds(seconds) : null };
    }
}
