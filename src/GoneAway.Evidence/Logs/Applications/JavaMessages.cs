using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>MySQL Connector/J 5.0 to 9 and MariaDB Connector/J 1 to 3.</summary>
internal static class JavaMessages
{
    private const string LastReceived = "The last packet successfully received from the server was";
    private const string LastSent = "The last packet sent successfully to the server was";
    private const string J = StackTag.ConnectorJ;
    private const string M = StackTag.MariaDbConnectorJ;

    public static IReadOnlyList<ApplicationMessage> All { get; } = [.. ConnectorJ, .. MariaDb];

    private static IEnumerable<ApplicationMessage> ConnectorJ =>
    [
        new("is longer than the server configured value of", Sign.LongerThanWaitTimeout, J) { Rank = Telling.Reason },
        new(LastReceived + "{elapsed} seconds ago", Sign.LostDuringQuery, J) { Rank = Telling.Times, Trigger = LastReceived, Detail = SinceSeconds },
        new(LastReceived + " {ms} milliseconds ago.{}" + LastSent + " {sent} milliseconds ago", Sign.LostDuringQuery, J) { Rank = Telling.Times, Trigger = LastReceived, Detail = Since },
        new(LastReceived + " {ms} milliseconds ago", Sign.LostDuringQuery, J) { Rank = Telling.Times, Trigger = LastReceived, Detail = Since },
        new(LastSent + " {sent} milliseconds ago. The driver has not received any packets", Sign.LostBeforeGreeting, J) { Rank = Telling.Stage, Trigger = LastSent },
        new("The driver has not received any packets from the server", Sign.LostBeforeGreeting, J) { Rank = Telling.Stage },
        new("Last packet sent to the server was {ms} ms ago", Sign.LostDuringQuery, J) { Rank = Telling.Times, Trigger = "Last packet sent to the server was", Detail = Since },
        new("The last communications with the server was {elapsed} seconds ago", Sign.LastPacketAge, J) { Rank = Telling.Times, Trigger = "The last communications with the server was", Detail = SinceSeconds },
        new("Can not read response from server. Expected to read {} bytes, read {} bytes before connection was unexpectedly lost", Sign.LostDuringQuery, J)
        {
            Rank = Telling.Broken, Trigger = "Can not read response from server",
        },
        new("Can not read response from server", Sign.LostDuringQuery, J) { Rank = Telling.Broken },
        new("Unexpected end of input stream", Sign.LostDuringQuery, J) { Rank = Telling.Broken, With = "mysql" },
        new("Application was streaming results when the connection failed", Sign.StreamingInterrupted, J) { Rank = Telling.Reason },
        new("Communications link failure during ", Sign.LostDuringQuery, J) { Rank = Telling.Link, Trigger = "Communications link failure" },
        new("Communications link failure", Sign.LostDuringQuery, J) { Rank = Telling.Link },
        new("Could not create connection to database server", Sign.ConnectRefused, J) { Rank = Telling.Symptom, Detail = Connecting },
        new("Cannot connect to MySQL server on {host}.", Sign.ConnectRefused, J) { Rank = Telling.Symptom, Trigger = "Cannot connect to MySQL server on", Detail = Connecting },
        new("Connection attempt exceeded defined timeout", Sign.ConnectTimedOut, J) { Rank = Telling.Connect },
        new("inability to establish the client portion of a socket", Sign.NoSourcePort, J) { Rank = Telling.Reason },
        new("No operations allowed after connection closed", Sign.HandleAlreadyClosed, J) { Rank = Telling.Closed },
        new("No operations allowed after statement closed", Sign.HandleAlreadyClosed, J) { Rank = Telling.Closed, Subject = "statement" },
        new("Operation not allowed after ResultSet closed", Sign.HandleAlreadyClosed, J) { Rank = Telling.Closed, Subject = "result set" },
        new("Connection was implicitly closed by the driver", Sign.HandleAlreadyClosed, J) { Rank = Telling.Closed },
        new("Connection implicitly closed by Driver", Sign.HandleAlreadyClosed, J) { Rank = Telling.Closed },
        new("because configured connection lifetime exceeded", Sign.StaleInPool, J) { Subject = "connection lifetime" },
        new("Connection closed to due to statement timeout being reached", Sign.ClientCancelled, J) { Rank = Telling.Reason },
        new("Connection closed due to statement timeout being reached", Sign.ClientCancelled, J) { Rank = Telling.Reason },
        new("Statement cancelled due to timeout or client request", Sign.ClientCancelled, J) { Rank = Telling.Deadline },
        new("Statement cancelled due to client request", Sign.ClientCancelled, J) { Rank = Telling.Deadline },
        new("Packet for query is too large ({size} > {limit})", Sign.PacketTooLargeInClient, J) { Trigger = "Packet for query is too large" },
        new("Packet for query is too large", Sign.PacketTooLargeInClient, J),
        new("Packets received out of order", Sign.PacketsOutOfOrder, J),
        new("Packets out of order, expected packet # {expected}, but received packet # {received}", Sign.PacketsOutOfOrder, J) { Trigger = "Packets out of order, expected packet" },
        new("No statements may be issued when any streaming result sets are open", Sign.CommandsOutOfSync, J),
        new("Only one streaming result set may be open and in use per-connection", Sign.CommandsOutOfSync, J),
        new("Public Key Retrieval is not allowed", Sign.AuthPluginUnusable) { Rank = Telling.Reason },
        new("Unable to load authentication plugin '{subject}'", Sign.AuthPluginUnusable, J) { Rank = Telling.Reason, Trigger = "Unable to load authentication plugin" },
        new("Unknown initial character set index '{subject}' received from server", Sign.ClientTooOld, J) { Rank = Telling.Reason, Trigger = "character set index '" },
        new("Unknown character set index '{subject}' received from server", Sign.ClientTooOld, J) { Rank = Telling.Reason, Trigger = "character set index '" },
        new("Unknown character set index for field '{subject}' received from server", Sign.ClientTooOld, J) { Rank = Telling.Reason, Trigger = "character set index for field '" },
        new("Unknown system variable 'query_cache_size'", Sign.ClientTooOld, J, 1193) { Rank = Telling.Reason },
        new("Unknown system variable 'tx_isolation'", Sign.ClientTooOld, null, 1193) { Rank = Telling.Reason },
        new("SSL Connection required, but not supported by server", Sign.TlsFailed, J) { Rank = Telling.Reason },
        new("SSL Connection required, but not provided by server", Sign.TlsFailed, J) { Rank = Telling.Reason },
    ];

    private static IEnumerable<ApplicationMessage> MariaDb =>
    [
        new("(conn={id}) Connection reset", Sign.ConnectionReset) { Rank = Telling.Broken, Errno = 104, Trigger = "(conn=" },
        new("(conn={id}) Broken pipe", Sign.BrokenPipe) { Rank = Telling.Broken, Errno = 32, Trigger = "(conn=" },
        new("(conn={id}) Read timed out", Sign.ClientReadTimedOut, M) { Rank = Telling.Deadline, Trigger = "(conn=" },
        new("(conn={id}) Socket error", Sign.LostDuringQuery, M) { Rank = Telling.Link, Trigger = "(conn=" },
        new("(conn={id}) Connection is closed", Sign.HandleAlreadyClosed, M) { Rank = Telling.Closed, Trigger = "(conn=" },
        new("(conn={id}) Connection timed out", Sign.ClientReadTimedOut, M) { Rank = Telling.Deadline, Errno = 110, Trigger = "(conn=" },
        new("(conn={id}) Query timed out", Sign.ClientCancelled, M) { Rank = Telling.Deadline, Trigger = "(conn=" },
        new("cannot be called on a closed connection", Sign.HandleAlreadyClosed, M) { Rank = Telling.Closed },
        new("ould not connect to address=(host={host})(port={port}){}unexpected end of stream", Sign.LostBeforeGreeting, M) { Rank = Telling.Stage, Trigger = "ould not connect to address=(host=" },
        new("ould not connect to {host} : unexpected end of stream, read ", Sign.LostBeforeGreeting, M) { Rank = Telling.Stage, Trigger = "unexpected end of stream, read " },
        new("ould not connect to address=(host={host})(port={port})", Sign.ConnectRefused, M) { Rank = Telling.Symptom, Trigger = "ould not connect to address=(host=", Detail = Connecting },
        new("Socket fail to connect to host:address=(host={host})(port={port})", Sign.ConnectRefused, M) { Rank = Telling.Symptom, Trigger = "Socket fail to connect to host", Detail = Connecting },
        new("Socket fail to connect to host:{host}, port:{port}", Sign.ConnectRefused, M) { Rank = Telling.Symptom, Trigger = "Socket fail to connect to host", Detail = Connecting },
        new("Could not connect to HostAddress", Sign.ConnectRefused, M) { Rank = Telling.Symptom, Detail = HostAddress },
        new("ould not connect to {address} Connection reset", Sign.LostBeforeGreeting) { Weak = true, Rank = Telling.Stage, Errno = 104, Trigger = " Connection reset" },
        new("unexpected end of stream, read {} bytes from {} (socket was closed by server)", Sign.LostDuringQuery, M) { Rank = Telling.Broken, Trigger = "unexpected end of stream, read " },
        new("unexpected end of stream, read {} bytes from ", Sign.LostDuringQuery, M) { Rank = Telling.Broken, Trigger = "unexpected end of stream, read " },
        new("Communications link failure with ", Sign.LostDuringQuery, M) { Rank = Telling.Link, Trigger = "Communications link failure" },
        new("Could not send query: ", Sign.LostDuringQuery, M) { Rank = Telling.Link },
        new("Could not read resultset: ", Sign.LostDuringQuery, M) { Rank = Telling.Link },
        new("size ({size}) is >= to max_allowed_packet ({limit})", Sign.PacketTooLargeInClient) { Rank = Telling.Reason, Trigger = "is >= to max_allowed_packet" },
        new("stream size {size} is >= to max_allowed_packet", Sign.PacketTooLargeInClient, M) { Rank = Telling.Reason, Trigger = "is >= to max_allowed_packet" },
        new("is >= to max_allowed_packet", Sign.PacketTooLargeInClient) { Rank = Telling.Reason },
        new("No connection available within the specified time (option 'connectTimeout': {waited} ms)", Sign.PoolExhausted, M) { Rank = Telling.Symptom, Trigger = "No connection available within the specified time" },
        new("RSA public key is not available client side", Sign.AuthPluginUnusable, M) { Rank = Telling.Reason },
    ];

    private static Sighting Since(ReadOnlySpan<char> text, Sighting sighting) => sighting with { Sign = Chain.AfterPause(sighting.Idle, sighting.Elapsed) };

    private static Sighting SinceSeconds(ReadOnlySpan<char> text, Sighting sighting)
    {
        Sighting since = sighting with { Idle = sighting.Elapsed, Elapsed = null };
        return since.Sign == Sign.LastPacketAge ? since : since with { Sign = Chain.AfterPause(since.Idle, null) };
    }

    /// <summary>The reason stands behind the message, if at all.</summary>
    internal static Sighting Connecting(ReadOnlySpan<char> text, Sighting sighting) => sighting with { Sign = Codes.Connecting(2003, text, sighting.Errno) };

    /// <summary>Could not connect to HostAddress{host='db', port=3306}. Connection refused</summary>
    private static Sighting HostAddress(ReadOnlySpan<char> text, Sighting sighting)
    {
        const string host = "host='", port = "port=";
        int from = text.IndexOf(host), to = from < 0 ? -1 : text[(from + host.Length)..].IndexOf('\'');
        if (to is < 0 or > 255)
            return Connecting(text, sighting);
        sighting = sighting with { ServerHost = text.Slice(from + host.Length, to).ToString() };
        int at = text.IndexOf(port);
        ReadOnlySpan<char> digits = at < 0 ? default : text[(at + port.Length)..];
        int length = digits.IndexOfAnyExceptInRange('0', '9');
        return Connecting(text, length is > 0 and < 6 ? sighting with { ServerPort = int.Parse(digits[..length], System.Globalization.CultureInfo.InvariantCulture) } : sighting);
    }
}
