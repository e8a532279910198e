using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>go-sql-driver/mysql with database/sql and gorm, go-mysql, and what Go's net package says of sockets.</summary>
internal static class GoMessages
{
    private const string Driver = StackTag.GoSqlDriver;
    private const string Timeout = "i/o timeout";
    private const string Lookup = "dial tcp: lookup ";

    public static IReadOnlyList<ApplicationMessage> All { get; } = [.. OfDriver, .. Canal, .. Net];

    private static IEnumerable<ApplicationMessage> OfDriver =>
    [
        new("closing bad idle connection: {state}", Sign.StaleInPool, Driver) { Trigger = "closing bad idle connection" },
        new("unexpected EOF", Sign.UnexpectedEof, Driver) { Rank = Telling.Broken, With = "packets.go" },
        new("packets.go:{n}: EOF", Sign.UnexpectedEof, Driver) { Rank = Telling.Broken, Trigger = "packets.go:", Ends = true },
        new("packets.go:{n} EOF", Sign.UnexpectedEof, Driver) { Rank = Telling.Broken, Trigger = "packets.go:", Ends = true },
        new("unexpected sequence nr: expected {expected}, got {received}", Sign.PacketsOutOfOrder, Driver) { Trigger = "unexpected sequence nr" },
        new("commands out of sync. You can't run this command now", Sign.PacketsOutOfOrder, Driver) { Rank = Telling.Broken },
        new("commands out of sync. Did you run multiple statements at once", Sign.PacketsOutOfOrder, Driver) { Rank = Telling.Broken },
        new("busy buffer", Sign.UsedConcurrently, Driver) { Rank = Telling.Closed, Follows = true, Ends = true, Shared = true },
        new("packet for query is too large", Sign.PacketTooLargeInClient, Driver) { Rank = Telling.Reason },
        new("malformed packet", Sign.MalformedPacket, Driver) { Rank = Telling.Broken, Weak = true, Ends = true },
        new("could not use requested auth plugin '{subject}'", Sign.AuthPluginUnusable, Driver) { Rank = Telling.Reason, Trigger = "could not use requested auth plugin" },
        new("unknown auth plugin:{subject}", Sign.AuthPluginUnusable, Driver) { Rank = Telling.Reason, Trigger = "unknown auth plugin:" },
        new("this authentication plugin is not supported", Sign.AuthPluginUnusable, Driver) { Rank = Telling.Reason },
        new("this user requires {subject} authentication", Sign.AuthPluginUnusable, Driver) { Rank = Telling.Reason, Trigger = "this user requires " },
        new("TLS requested but server does not support TLS", Sign.TlsFailed, Driver) { Rank = Telling.Reason },
        new("invalid connection", Sign.LostDuringQuery, Driver) { Rank = Telling.Symptom, Follows = true, Ends = true, Shared = true },
        new("Invalid Connection", Sign.LostDuringQuery, Driver) { Rank = Telling.Symptom, Follows = true, With = ".go:" },
        new("driver: bad connection", Sign.GoneAway, StackTag.Go) { Rank = Telling.Symptom, Follows = true, Shared = true },
        new("sql: connection is already closed", Sign.HandleAlreadyClosed, StackTag.Go) { Rank = Telling.Closed, Weak = true },
        new("sql: database is closed", Sign.HandleAlreadyClosed, StackTag.Go) { Rank = Telling.Closed, Weak = true },
    ];

    private static IEnumerable<ApplicationMessage> Canal =>
    [
        new("io.ReadFull({state}) failed. err ", Sign.LostDuringQuery, StackTag.GoMysql) { Rank = Telling.Link, Trigger = "io.ReadFull(" },
        new("connection was bad", Sign.LostDuringQuery, StackTag.GoMysql) { Rank = Telling.Symptom, Ends = true, Shared = true },
        new("invalid sequence {received} != {expected}", Sign.PacketsOutOfOrder, StackTag.GoMysql) { Rank = Telling.Broken, Trigger = "invalid sequence " },
    ];

    // Said of every socket of a Go program: they count where the line, or those around it, speak of MySQL or its port.
    private static IEnumerable<ApplicationMessage> Net =>
    [
        Dial("dial tcp {address} connect: connection refused", Sign.ConnectRefused, 111),
        Dial("dial tcp {address} connection refused", Sign.ConnectRefused, 111),
        Dial("dial tcp {address} connect: connection timed out", Sign.ConnectTimedOut, 110),
        Dial("dial tcp {address} getsockopt: connection timed out", Sign.ConnectTimedOut, 110),
        Dial("dial tcp {address} connect: operation timed out", Sign.ConnectTimedOut, 110),
        Dial("dial tcp {address} connect: no route to host", Sign.ConnectUnreachable, 113),
        Dial("dial tcp {address} connect: network is unreachable", Sign.ConnectUnreachable, 101),
        Dial("dial tcp {address} connect: cannot assign requested address", Sign.NoSourcePort, 99),
        Dial("dial tcp {address} connect: permission denied", Sign.ConnectForbidden, 13),
        Dial("dial tcp {address} connect: operation not permitted", Sign.ConnectForbidden, 1),
        Dial("dial tcp {address} connectex: No connection could be made because the target machine actively refused it", Sign.ConnectRefused, 111),
        Dial("dial tcp {address} connectex: A connection attempt failed", Sign.ConnectTimedOut, 110),
        Dial("dial tcp {address} socket: too many open files", Sign.NoDescriptorsInClient, 24),
        Dial(Lookup + "{host} on {} no such host", Sign.UnknownHost, ErrnoText.NameNotFound, Lookup),
        Dial(Lookup + "{host}: no such host", Sign.UnknownHost, ErrnoText.NameNotFound, Lookup),
        Dial(Lookup + "{host} on {} server misbehaving", Sign.UnknownHost, ErrnoText.NameTryAgain, Lookup),
        Dial(Lookup + "{host} on {}: i/o timeout", Sign.UnknownHost, ErrnoText.NameTryAgain, Lookup),
        Dial(Lookup + "{host}: i/o timeout", Sign.UnknownHost, ErrnoText.NameTryAgain, Lookup),
        Dial("dial tcp {address} i/o timeout", Sign.ConnectTimedOut, null),
        Dial("dial unix {subject}: connect: no such file or directory", Sign.LocalSocketFailed, 2),
        Dial("dial unix {subject}: connect: connection refused", Sign.LocalSocketFailed, 111),
        Dial("dial unix {subject}: connect: permission denied", Sign.LocalSocketFailed, 13),
        Socket("read tcp {from}->{address} i/o timeout", Sign.ClientReadTimedOut, null, Timeout, Telling.Deadline),
        Socket("write tcp {from}->{address} i/o timeout", Sign.ClientReadTimedOut, null, Timeout, Telling.Deadline),
        Socket("read tcp {from}->{address} read: connection reset by peer", Sign.ConnectionReset, 104),
        Socket("read tcp {from}->{address} read: connection timed out", Sign.ClientReadTimedOut, 110, null, Telling.Deadline),
        Socket("write tcp {from}->{address} write: broken pipe", Sign.BrokenPipe, 32),
        Socket("write tcp {from}->{address} write: connection reset by peer", Sign.GoneAway, 104),
        Socket("read tcp {from}->{address} wsarecv: An existing connection was forcibly closed", Sign.ConnectionReset, 104),
        Socket("write tcp {from}->{address} wsasend: An established connection was aborted", Sign.GoneAway, 103),
        Socket("read tcp {address} connection reset by peer", Sign.ConnectionReset, 104),
        Socket("write tcp {address} broken pipe", Sign.BrokenPipe, 32),
        Socket("use of closed network connection", Sign.HandleAlreadyClosed, null, null, Telling.Closed),
        new("context deadline exceeded", Sign.ClientCancelled, StackTag.Go) { Weak = true, Rank = Telling.Deadline },
        new("context canceled", Sign.ClientCancelled, StackTag.Go) { Weak = true, Rank = Telling.Deadline },
        new("unexpected EOF", Sign.UnexpectedEof, StackTag.Go) { Weak = true },
        new("remote error: tls: ", Sign.TlsFailed, StackTag.Go) { Weak = true, Rank = Telling.Reason },
        new("tls: failed to verify certificate", Sign.TlsFailed, StackTag.Go) { Weak = true, Rank = Telling.Reason },
        new("x509: certificate ", Sign.TlsFailed, StackTag.Go) { Weak = true, Rank = Telling.Reason },
    ];

    private static ApplicationMessage Dial(string text, Sign sign, int? errno, string? trigger = null) =>
        new(text, sign, StackTag.Go) { Weak = true, Rank = Telling.Connect, Errno = errno, Trigger = trigger ?? (text.StartsWith("dial tcp", StringComparison.Ordinal) ? "dial tcp " : "dial unix ") };

    private static ApplicationMessage Socket(string text, Sign sign, int? errno, string? trigger = null, int rank = Telling.Broken)
    {
        var message = new ApplicationMessage(text, sign, StackTag.Go) { Weak = true, Rank = rank, Errno = errno };
        return trigger is null ? message : new ApplicationMessage(text, sign, StackTag.Go) { Weak = true, Rank = rank, Errno = errno, Trigger = trigger };
    }
}
