using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>sqlx, SeaORM, the mysql and mysql_async crates, Diesel's pools.</summary>
internal static class RustMessages
{
    private const string Sqlx = StackTag.Sqlx;
    private const string Communicating = "error communicating with database: ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new(Communicating + "unexpected end of file", Sign.UnexpectedEof, Sqlx) { Rank = Telling.Broken, Trigger = Communicating, Shared = true },
        new(Communicating + "expected to read {} bytes, got {} bytes at EOF", Sign.UnexpectedEof, Sqlx) { Rank = Telling.Broken, Trigger = Communicating, Shared = true },
        new(Communicating + "Connection reset by peer", Sign.ConnectionReset, Sqlx) { Rank = Telling.Broken, Errno = 104, Trigger = Communicating, Shared = true },
        new(Communicating + "Broken pipe", Sign.BrokenPipe, Sqlx) { Rank = Telling.Broken, Errno = 32, Trigger = Communicating, Shared = true },
        new(Communicating + "Connection refused", Sign.ConnectRefused, Sqlx) { Rank = Telling.Connect, Errno = 111, Trigger = Communicating, Shared = true },
        new(Communicating + "Connection timed out", Sign.ClientReadTimedOut, Sqlx) { Rank = Telling.Deadline, Errno = 110, Trigger = Communicating, Shared = true },
        new(Communicating + "No route to host", Sign.ConnectUnreachable, Sqlx) { Rank = Telling.Connect, Errno = 113, Trigger = Communicating, Shared = true },
        new(Communicating + "Cannot assign requested address", Sign.NoSourcePort, Sqlx) { Rank = Telling.Connect, Errno = 99, Trigger = Communicating, Shared = true },
        new(Communicating + "failed to lookup address information", Sign.UnknownHost, Sqlx) { Rank = Telling.Connect, Trigger = Communicating, Shared = true },
        new(Communicating, Sign.LostDuringQuery, Sqlx) { Rank = Telling.Link, Trigger = Communicating, Shared = true },
        new("bytes, got 0 bytes at EOF", Sign.UnexpectedEof, Sqlx) { Rank = Telling.Broken, Shared = true },
        new("kind: UnexpectedEof", Sign.UnexpectedEof, StackTag.Rust) { Weak = true },
        new("unexpected end of file", Sign.UnexpectedEof, StackTag.Rust) { Weak = true },
        new("failed to lookup address information", Sign.UnknownHost, StackTag.Rust) { Weak = true, Rank = Telling.Connect, Errno = ErrnoText.NameNotFound },
        new("pool timed out while waiting for an open connection", Sign.PoolExhausted, Sqlx) { Rank = Telling.Symptom, Shared = true },
        new("Connection pool timed out", Sign.PoolExhausted, StackTag.SeaOrm) { Rank = Telling.Symptom, Shared = true },
        new("PoolTimedOut", Sign.PoolExhausted, Sqlx) { Rank = Telling.Symptom, Shared = true },
        new("attempted to acquire a connection on a closed pool", Sign.HandleAlreadyClosed, Sqlx) { Rank = Telling.Closed, Shared = true },
        new("error occurred while attempting to establish a TLS connection", Sign.TlsFailed, Sqlx) { Rank = Telling.Reason, Shared = true },

        new("server disconnected", Sign.UnexpectedEof, StackTag.RustMysql) { Rank = Telling.Broken, With = "IoError" },
        new("(os error {errno})", Sign.ConnectionReset, StackTag.RustMysql) { Rank = Telling.Broken, Trigger = "(os error ", With = "IoError {", Detail = IoError },
        new("Input/output error: Input/output error: {state} (os error {errno})", Sign.ConnectionReset, StackTag.RustMysqlAsync) { Rank = Telling.Broken, Trigger = "(os error ", Detail = IoError },
        new("Input/output error: {state} (os error {errno})", Sign.ConnectionReset, StackTag.RustMysqlAsync) { Weak = true, Rank = Telling.Broken, Trigger = "(os error ", Detail = IoError },
        new("Io(Os {} code: {errno}, kind: {state},", Sign.ConnectionReset, StackTag.Rust) { Weak = true, Rank = Telling.Broken, Trigger = ", kind: ", Detail = IoError },
        new("Driver(ConnectionClosed)", Sign.HandleAlreadyClosed, StackTag.RustMysqlAsync) { Rank = Telling.Closed },
        new("Could not connect to address `{host}':", Sign.ConnectRefused, StackTag.RustMysql) { Rank = Telling.Connect, Trigger = "Could not connect to address `", Detail = JavaMessages.Connecting },
        new("Could not connect: connection timeout", Sign.ConnectTimedOut, StackTag.RustMysql) { Rank = Telling.Connect },
        new("Operation timed out", Sign.PoolExhausted, StackTag.RustMysql) { Rank = Telling.Symptom, With = "DriverError" },
        new("Packet out of sync", Sign.PacketsOutOfOrder, StackTag.RustMysql) { Weak = true, Rank = Telling.Broken },
        new("Packet out of order", Sign.PacketsOutOfOrder, StackTag.RustMysql) { Weak = true, Rank = Telling.Broken },
        new("packets out of sync", Sign.PacketsOutOfOrder, StackTag.RustMysql) { Weak = true, Rank = Telling.Broken },
        new("Packet too large", Sign.PacketTooLargeInClient, StackTag.RustMysql) { Rank = Telling.Reason, With = "DriverError" },
        new("Unexpected packet", Sign.MalformedPacket, StackTag.RustMysql) { Rank = Telling.Broken, With = "DriverError" },
        new("Unknown authentication protocol: `{subject}`", Sign.AuthPluginUnusable, StackTag.RustMysql) { Rank = Telling.Reason, Trigger = "Unknown authentication protocol: `" },
        new("Connection to the server is closed", Sign.HandleAlreadyClosed, StackTag.RustMysqlAsync) { Rank = Telling.Closed, Trigger = "onnection to the server is closed" },
        new("Client had asked for TLS connection but server does not have this capability", Sign.TlsFailed, StackTag.RustMysqlAsync) { Rank = Telling.Reason, Trigger = "for TLS connection but server does not" },
        new("Server disconnected", Sign.UnexpectedEof, StackTag.RustMysqlAsync) { Weak = true, Rank = Telling.Broken },
        new("connection closed", Sign.UnexpectedEof, StackTag.RustMysqlAsync) { Weak = true, With = "Input/output error" },
        new("timed out waiting for connection", Sign.PoolExhausted, StackTag.Diesel) { Weak = true, Rank = Telling.Symptom },
        new("Timed out in bb8", Sign.PoolExhausted, StackTag.Rust) { Weak = true, Rank = Telling.Symptom },
        new("Timeout occurred while waiting for a slot to become available", Sign.PoolExhausted, StackTag.Rust) { Weak = true, Rank = Telling.Symptom },
    ];

    private static Sighting IoError(ReadOnlySpan<char> text, Sighting sighting) => sighting with
    {
        State = null,
        Sign = sighting.Errno switch
        {
            32 => Sign.BrokenPipe,
            104 => Sign.ConnectionReset,
            11 or 110 => Sign.ClientReadTimedOut,
            2 or 13 or 24 or 99 or 101 or 111 or 113 => Codes.Connecting(2003, text, sighting.Errno),
            _ => Sign.LostDuringQuery,
        },
    };
}
