using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>mysqlnd with PDO and mysqli on it; Laravel, Doctrine, WordPress, Magento.</summary>
internal static class PhpMessages
{
    private const string Sending = "Error while sending ";
    private const string Reading = "Error while reading ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Packets out of order. Expected {expected} received {received}. Packet size={size}", Sign.PacketsOutOfOrder, StackTag.Mysqlnd),
        new("Packets out of order. Expected {expected} received {received}", Sign.PacketsOutOfOrder, StackTag.Mysqlnd) { Trigger = "Packets out of order. Expected" },
        new("end of {size} bytes failed with errno={errno}", Sign.SendFailed) { Trigger = "bytes failed with errno=" },
        new(Sending + "{state} packet. PID={pid}", Sign.GoneAway, StackTag.Mysqlnd) { Trigger = Sending },
        new(Reading + "greeting packet. PID={pid}", Sign.LostBeforeGreeting, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "greeting packet", Sign.LostBeforeGreeting, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "auth{state} packet", Sign.LostDuringLogin, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "{state} packet. PID={pid}", Sign.LostDuringQuery, StackTag.Mysqlnd) { Trigger = Reading },
        new("Error reading result set's header", Sign.LostDuringQuery, StackTag.Mysqlnd),
        new("Premature end of data (mysqlnd", Sign.UnexpectedEof, StackTag.Mysqlnd),
        new("remature end of ", Sign.UnexpectedEof, StackTag.Mysqlnd) { With = "mysqlnd" },
        new("authentication method unknown to the client [{subject}]", Sign.AuthPluginUnusable, StackTag.Mysqlnd, 2054),
        new("authentication method unknown to the client", Sign.AuthPluginUnusable, StackTag.Mysqlnd, 2054),
        new("using the old insecure authentication", Sign.AuthPluginUnusable, StackTag.Mysqlnd),
        new("Server sent charset", Sign.ClientTooOld, StackTag.Mysqlnd, 2054) { With = "unknown to the client" },
        new("Cannot execute queries while other unbuffered queries are active", Sign.CommandsOutOfSync, StackTag.Pdo, 2014) { Trigger = "while other unbuffered queries" },
        new("Cannot execute queries while there are pending result sets", Sign.CommandsOutOfSync, StackTag.Pdo, 2014),
        new("Couldn't fetch mysqli", Sign.HandleAlreadyClosed, StackTag.Mysqli),
        new("mysqli object is already closed", Sign.HandleAlreadyClosed, StackTag.Mysqli),
        new("Lost connection and no reconnector available", Sign.GoneAway, StackTag.Laravel),
        new("PDO::__construct(): SSL", Sign.TlsFailed, StackTag.Pdo),
        new("Cannot connect to MySQL using SSL", Sign.TlsFailed),
        new("child {pid} exited on signal {signal} (", Sign.WorkerKilled) { With = "pool " },
        new("child {pid}, script '{subject}' (request: {state}) execution timed out ({elapsed} sec), terminating", Sign.WorkerKilled) { Trigger = "execution timed out (" },
        new("SSL: Connection reset by peer", Sign.ConnectionReset) { Weak = true, Errno = 104 },
        new("SSL: Broken pipe", Sign.BrokenPipe) { Weak = true, Errno = 32 },
    ];
}
