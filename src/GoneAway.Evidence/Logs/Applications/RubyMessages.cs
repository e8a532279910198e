using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>mysql2, Trilogy, Rails' ActiveRecord, Sequel.</summary>
internal static class RubyMessages
{
    private const string Trilogy = "TRILOGY_";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Timeout waiting for a response from the last query. (waited {elapsed} seconds)", Sign.ClientReadTimedOut, StackTag.RubyMysql2) { Trigger = "Timeout waiting for a response from the last query" },
        new("Timeout waiting for a response from the last query", Sign.ClientReadTimedOut, StackTag.RubyMysql2),
        new("This connection is in use by: {worker}", Sign.UsedConcurrently, StackTag.RubyMysql2),
        new("This connection is still waiting for a result", Sign.CommandsOutOfSync, StackTag.RubyMysql2),
        new("MySQL client is not connected", Sign.HandleAlreadyClosed, StackTag.RubyMysql2),
        new("closed MySQL connection", Sign.HandleAlreadyClosed, StackTag.RubyMysql2),
        new("could not obtain a connection from the pool within {elapsed} seconds", Sign.PoolExhausted, StackTag.Rails),
        new("could not obtain a database connection within {elapsed} seconds", Sign.PoolExhausted, StackTag.Rails),
        new("Sequel::PoolTimeout: timeout: {limit}, elapsed: {elapsed}", Sign.PoolExhausted, StackTag.Sequel) { Trigger = "Sequel::PoolTimeout" },
        new("Sequel::PoolTimeout", Sign.PoolExhausted, StackTag.Sequel),

        new("Attempted to use closed connection", Sign.HandleAlreadyClosed, StackTag.Trilogy) { With = "Trilogy" },
        new("trilogy_connect - unable to connect to {host}: TRILOGY_DNS_ERROR", Sign.UnknownHost, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_DNS_ERR", Sign.UnknownHost, StackTag.Trilogy) { Trigger = Trilogy },
        new("trilogy_connect - unable to connect to {host}: TRILOGY_CLOSED_CONNECTION", Sign.LostBeforeGreeting, StackTag.Trilogy) { Trigger = Trilogy },
        new("trilogy_connect_recv: TRILOGY_CLOSED_CONNECTION", Sign.LostBeforeGreeting, StackTag.Trilogy) { Trigger = Trilogy },
        new("trilogy_auth_{}: TRILOGY_CLOSED_CONNECTION", Sign.LostDuringLogin, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_CLOSED_CONNECTION", Sign.UnexpectedEof, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_INVALID_SEQUENCE_ID", Sign.PacketsOutOfOrder, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_UNEXPECTED_PACKET", Sign.MalformedPacket, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_TRUNCATED_PACKET", Sign.MalformedPacket, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_PROTOCOL_VIOLATION", Sign.MalformedPacket, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_MAX_PACKET_EXCEEDED", Sign.PacketTooLargeInClient, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_OPENSSL_ERR", Sign.TlsFailed, StackTag.Trilogy) { Trigger = Trilogy },
        new("TRILOGY_TIMEOUT", Sign.ClientReadTimedOut, StackTag.Trilogy) { Trigger = Trilogy },
        new("Trilogy::TimeoutError: trilogy_connect - unable to connect to {host}", Sign.ConnectTimedOut, StackTag.Trilogy) { Trigger = "Trilogy::" },
        new("Trilogy::TimeoutError: trilogy_connect", Sign.ConnectTimedOut, StackTag.Trilogy) { Trigger = "Trilogy::" },
        new("Trilogy::TimeoutError", Sign.ClientReadTimedOut, StackTag.Trilogy) { Trigger = "Trilogy::" },
        new("ECONNREFUSED: Connection refused - trilogy_connect - unable to connect to {host}", Sign.ConnectRefused, StackTag.Trilogy) { Trigger = "trilogy_connect" },
        new("Connection reset by peer - trilogy_connect", Sign.LostBeforeGreeting, StackTag.Trilogy) { Trigger = "trilogy_connect" },
        new("Connection reset by peer - trilogy_auth", Sign.LostDuringLogin, StackTag.Trilogy) { Trigger = "trilogy_auth" },
        new("Trilogy::SyscallError::ECONNRESET", Sign.ConnectionReset, StackTag.Trilogy) { Trigger = "Trilogy::", Errno = 104 },
        new("Trilogy::SyscallError::EPIPE", Sign.BrokenPipe, StackTag.Trilogy) { Trigger = "Trilogy::", Errno = 32 },
        new("Trilogy::SyscallError::ETIMEDOUT", Sign.ConnectionReset, StackTag.Trilogy) { Trigger = "Trilogy::", Errno = 110 },
        // OpenSSL's words for a TCP connection that ended without a close_notify.
        new("SSL Error: unexpected eof", Sign.UnexpectedEof, StackTag.Trilogy) { Trigger = "SSL Error: ", With = "rilogy" },
        new("SSL Error: (null)", Sign.UnexpectedEof, StackTag.Trilogy) { Trigger = "SSL Error: ", With = "rilogy" },
        new("SSL Error: ", Sign.TlsFailed, StackTag.Trilogy) { Trigger = "SSL Error: ", With = "rilogy" },
        new("Trilogy::EOFError", Sign.UnexpectedEof, StackTag.Trilogy) { Trigger = "Trilogy::" },
    ];
}
