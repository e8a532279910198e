using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>MySqlConnector, MySQL Connector/NET, Entity Framework, and .NET's words for sockets.</summary>
internal static class DotNetMessages
{
    private const string Oracle = StackTag.ConnectorNet;
    private const string Authentication = "Authentication to host '";

    public static IReadOnlyList<ApplicationMessage> All { get; } = [.. MySqlConnector, .. ConnectorNet, .. Both, .. Sockets];

    private static IEnumerable<ApplicationMessage> MySqlConnector =>
    [
        new("Packet received out-of-order. Expected {expected}; got {received}", Sign.PacketsOutOfOrder, StackTag.MySqlConnector) { Trigger = "Packet received out-of-order" },
        new("Failed to read the result set", Sign.LostDuringQuery, StackTag.MySqlConnector) { Rank = Telling.Link },
        new("An incomplete response was received from the server", Sign.LostDuringQuery, StackTag.MySqlConnector) { Rank = Telling.Broken },
        new("Expected to read {} header bytes but only received {}", Sign.LostDuringQuery, StackTag.MySqlConnector) { Rank = Telling.Broken, Trigger = "header bytes but only received" },
        new("Expected to read {} payload bytes but only received {}", Sign.LostDuringQuery, StackTag.MySqlConnector) { Rank = Telling.Broken, Trigger = "payload bytes but only received" },
        new("ouldn't connect to server", Sign.ConnectRefused, StackTag.MySqlConnector) { Rank = Telling.Symptom, With = "MySql" },
        new("Unable to connect to any of the specified MySQL hosts", Sign.ConnectRefused) { Rank = Telling.Symptom, Detail = Hosts },
        new("Connect Timeout expired. All pooled connections are in use", Sign.PoolExhausted, StackTag.MySqlConnector) { Rank = Telling.Reason },
        new("Connect Timeout expired", Sign.ConnectTimedOut, StackTag.MySqlConnector) { Rank = Telling.Connect },
        new("The Command Timeout expired before the operation completed", Sign.ClientCancelled, StackTag.MySqlConnector) { Rank = Telling.Deadline },
        new("This MySqlConnection is already in use", Sign.UsedConcurrently, StackTag.MySqlConnector) { Rank = Telling.Reason },
        new("There is already an open DataReader associated with this Connection", Sign.CommandsOutOfSync, StackTag.DotNet) { Rank = Telling.Reason, Shared = true },
        new("Connection must be Open; current state is {state}", Sign.HandleAlreadyClosed, StackTag.MySqlConnector) { Rank = Telling.Closed, Trigger = "Connection must be Open; current state is" },
        new("ServerSession is not connected", Sign.HandleAlreadyClosed, StackTag.MySqlConnector) { Rank = Telling.Closed },
        new("xpected state to be {} but was Failed", Sign.HandleAlreadyClosed, StackTag.MySqlConnector) { Rank = Telling.Closed, Trigger = "xpected state to be " },
        new("Authentication method '{subject}' is not supported", Sign.AuthPluginUnusable, StackTag.MySqlConnector) { Rank = Telling.Reason, Trigger = "Authentication method '" },
        new("Server does not support SSL", Sign.TlsFailed, StackTag.MySqlConnector) { Rank = Telling.Reason, Weak = true },
        new("SSL Authentication Error", Sign.TlsFailed) { Rank = Telling.Reason },
    ];

    private static IEnumerable<ApplicationMessage> ConnectorNet =>
    [
        new(Authentication + "{host}' for user '{user}' using method '{subject}' failed with message: Reading from the stream has failed", Sign.LostDuringLogin, Oracle) { Rank = Telling.Stage, Trigger = Authentication },
        new(Authentication + "{host}' for user '{user}' using method '{subject}' failed with message: Unable to read", Sign.LostDuringLogin, Oracle) { Rank = Telling.Stage, Trigger = Authentication },
        new(Authentication + "{host}' for user '{user}' using method '{subject}' failed with message", Sign.AuthPluginUnusable, Oracle) { Rank = Telling.Symptom, Trigger = Authentication },
        new("Reading from the stream has failed", Sign.LostDuringQuery, Oracle) { Rank = Telling.Link },
        new("Attempted to read past the end of the stream", Sign.LostDuringQuery, StackTag.DotNet) { Rank = Telling.Broken, Weak = true },
        new("Writing to the stream failed", Sign.GoneAway, Oracle) { Rank = Telling.Broken, Weak = true },
        new("Connection unexpectedly terminated", Sign.LostDuringQuery, Oracle) { Rank = Telling.Link, Weak = true },
        new("Fatal error encountered during command execution", Sign.LostDuringQuery, Oracle) { Rank = Telling.Symptom },
        new("Fatal error encountered attempting to read the resultset", Sign.LostDuringQuery, Oracle) { Rank = Telling.Symptom },
        new("Fatal error encountered during data read", Sign.LostDuringQuery, Oracle) { Rank = Telling.Symptom },
        new("An incorrect response was received from the server", Sign.MalformedPacket, Oracle) { Rank = Telling.Broken, Weak = true },
        new("Connection must be valid and open", Sign.HandleAlreadyClosed, Oracle) { Rank = Telling.Closed },
        new("Packets larger than max_allowed_packet are not allowed", Sign.PacketTooLargeInClient) { Rank = Telling.Reason },
        new("The host {host} does not support SSL connections", Sign.TlsFailed, Oracle) { Rank = Telling.Reason, Trigger = "does not support SSL connections" },
        new("not supported by any of the available plugins", Sign.AuthPluginUnusable, Oracle) { Rank = Telling.Reason },
        new("Retrieval of the RSA public key is not enabled for insecure connections", Sign.AuthPluginUnusable) { Rank = Telling.Reason },
        new("MySqlClient.CharSetMap.GetCharacterSet(", Sign.ClientTooOld, Oracle),
        new("All server connection attempts were aborted. Timeout of {elapsed} seconds", Sign.ConnectTimedOut, Oracle) { Rank = Telling.Connect, Trigger = "All server connection attempts were aborted" },
    ];

    private static IEnumerable<ApplicationMessage> Both =>
    [
        new("The timeout period elapsed prior to obtaining a connection from the pool", Sign.PoolExhausted, StackTag.DotNet) { Rank = Telling.Symptom, Weak = true },
        new("Timeout expired.  The timeout period elapsed prior to completion of the operation", Sign.ClientReadTimedOut, StackTag.DotNet) { Rank = Telling.Deadline, Weak = true, Trigger = "The timeout period elapsed prior to completion" },
        new("Timeout expired. The timeout period elapsed prior to completion of the operation", Sign.ClientReadTimedOut, StackTag.DotNet) { Rank = Telling.Deadline, Weak = true, Trigger = "The timeout period elapsed prior to completion" },
        new("error connecting: Timeout expired", Sign.PoolExhausted, Oracle) { Rank = Telling.Symptom },
        new("A second operation was started on this context", Sign.UsedConcurrently, StackTag.EntityFramework) { Rank = Telling.Reason, Shared = true },
    ];

    // Said of every socket of a .NET program: they count next to a driver's words.
    private static IEnumerable<ApplicationMessage> Sockets =>
    [
        Socket("No connection could be made because the target machine actively refused it", Sign.ConnectRefused, Telling.Connect, 111),
        Socket("A connection attempt failed because the connected party did not properly respond", Sign.ConnectTimedOut, Telling.Connect, 110),
        Socket("SocketException (111): Connection refused", Sign.ConnectRefused, Telling.Connect, 111),
        Socket("ExtendedSocketException (111): Connection refused", Sign.ConnectRefused, Telling.Connect, 111),
        Socket("SocketException (110): Connection timed out", Sign.ConnectTimedOut, Telling.Connect, 110),
        Socket("No such host is known", Sign.UnknownHost, Telling.Connect, ErrnoText.NameNotFound),
        Socket("Name or service not known", Sign.UnknownHost, Telling.Connect, ErrnoText.NameNotFound),
        Socket("Unable to read data from the transport connection: Connection timed out", Sign.ClientReadTimedOut, Telling.Deadline, 110),
        Socket("Unable to read data from the transport connection: A connection attempt failed", Sign.ClientReadTimedOut, Telling.Deadline, 110),
        Socket("AuthenticationException: The remote certificate", Sign.TlsFailed, Telling.Reason, null),
        Socket("AuthenticationException: Authentication failed", Sign.TlsFailed, Telling.Reason, null),
        Socket("Cannot determine the frame size or a corrupted frame was received", Sign.TlsFailed, Telling.Reason, null),
        // Windows translates the text, not the number.
        new("SocketException ({errno}): ", Sign.ConnectionReset, StackTag.DotNet) { Weak = true, Trigger = "SocketException (", Detail = Numbered },
        new("forcibly closed by the remote host", Sign.ConnectionReset, StackTag.DotNet) { Weak = true, Errno = 104 },
        new("aborted by the software in your host machine", Sign.ConnectionReset) { Weak = true, Errno = 103 },
        new("Received an unexpected EOF or 0 bytes from the transport stream", Sign.UnexpectedEof, StackTag.DotNet) { Weak = true },
        new("The operation was canceled", Sign.ClientCancelled, StackTag.DotNet) { Weak = true },
        new("A task was canceled", Sign.ClientCancelled, StackTag.DotNet) { Weak = true },
        new("Object name: 'System.Net.Sockets", Sign.HandleAlreadyClosed, StackTag.DotNet) { Weak = true },
    ];

    private static Sighting Numbered(ReadOnlySpan<char> text, Sighting sighting)
    {
        int? errno = ErrnoText.Find(text.Length > 24 ? text[..24] : text);
        return sighting with { Errno = errno, Sign = errno switch { 103 or 104 => Sign.ConnectionReset, 32 => Sign.BrokenPipe, _ => Codes.Connecting(2003, default, errno) } };
    }

    private static ApplicationMessage Socket(string text, Sign sign, int rank, int? errno) => new(text, sign) { Weak = true, Rank = rank, Errno = errno };

    /// <summary>The same words of both drivers; which one the namespaces around tell. The reason may stand behind them.</summary>
    private static Sighting Hosts(ReadOnlySpan<char> text, Sighting sighting) => JavaMessages.Connecting(text, sighting);
}
