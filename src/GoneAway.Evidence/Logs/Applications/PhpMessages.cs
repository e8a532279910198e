using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>mysqlnd with PDO and mysqli on it; Laravel, Doctrine, WordPress, Magento.</summary>
internal static class PhpMessages
{
    private const string Sending = "Error while sending ";
    private const string Reading = "Error while reading ";
    private const string GoneAway = "gone away";
    private const string Via = "(trying to connect via ";
    private const string Resolving = "php_network_getaddresses: ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Packets out of order. Expected {expected} received {received}. Packet size={size}", Sign.PacketsOutOfOrder, StackTag.Mysqlnd) { Detail = Misread.Decode },
        new("Packets out of order. Expected {expected} received {received}", Sign.PacketsOutOfOrder, StackTag.Mysqlnd) { Trigger = "Packets out of order. Expected" },
        // Redis and others write through PHP's streams, too.
        new("end of {size} bytes failed with errno={errno}", Sign.SendFailed) { Trigger = "bytes failed with errno=", Weak = true },
        // These functions only connect; a lost statement is reported by others.
        new("__construct(): MySQL server has gone away", Sign.LostBeforeGreeting, StackTag.Mysqlnd, 2006) { Trigger = GoneAway },
        new("connect(): MySQL server has gone away", Sign.LostBeforeGreeting, StackTag.Mysqlnd, 2006) { Trigger = GoneAway },
        new("(HY000/2006): MySQL server has gone away", Sign.LostBeforeGreeting, StackTag.Mysqlnd, 2006) { Trigger = GoneAway },
        new("] [2006] MySQL server has gone away", Sign.LostBeforeGreeting, StackTag.Pdo, 2006) { Trigger = GoneAway, With = "SQLSTATE[" },
        new("2002{} (trying to connect via tcp://{host})", Sign.ConnectRefused, StackTag.Mysqlnd, 2002) { Trigger = Via },
        new("2002{} (trying to connect via unix://{subject})", Sign.LocalSocketFailed, StackTag.Mysqlnd, 2002) { Trigger = Via },
        new("php_network_getaddresses: getaddrinfo for {host} failed", Sign.UnknownHost) { Trigger = Resolving, With = "2002" },
        new("php_network_getaddresses: getaddrinfo", Sign.UnknownHost) { Trigger = Resolving, Weak = true },
        new("Error while receiving public key. PID={pid}", Sign.LostDuringLogin, StackTag.Mysqlnd),
        new(Sending + "public key request packet. PID={pid}", Sign.LostDuringLogin, StackTag.Mysqlnd) { Trigger = Sending },
        new(Sending + "{state} packet. PID={pid}", Sign.GoneAway, StackTag.Mysqlnd) { Trigger = Sending },
        new(Reading + "greeting packet. PID={pid}", Sign.LostBeforeGreeting, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "greeting packet", Sign.LostBeforeGreeting, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "auth{state} packet", Sign.LostDuringLogin, StackTag.Mysqlnd) { Trigger = Reading },
        new(Reading + "{state} packet. PID={pid}", Sign.LostDuringQuery, StackTag.Mysqlnd) { Trigger = Reading },
        new("Error reading result set's header", Sign.LostDuringQuery, StackTag.Mysqlnd),
        new("Premature end of data (mysqlnd", Sign.MalformedPacket, StackTag.Mysqlnd),
        new("Malformed server packet", Sign.MalformedPacket, StackTag.Mysqlnd),
        new(" packet shorter than expected", Sign.MalformedPacket, StackTag.Mysqlnd) { With = "PHP" },
        new(" packet {n} bytes shorter than expected", Sign.MalformedPacket, StackTag.Mysqlnd) { Trigger = "bytes shorter than expected" },
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
        new("child {pid} exited on signal {signal} (", Sign.WorkerKilled, StackTag.Php) { With = "pool " },
        new("child {pid}, script '{subject}' (request: {state}) execution timed out ({elapsed} sec), terminating", Sign.WorkerKilled, StackTag.Php) { Trigger = "execution timed out (" },
        new("SSL: Connection reset by peer", Sign.ConnectionReset) { Weak = true, Errno = 104 },
        new("SSL: Broken pipe", Sign.BrokenPipe) { Weak = true, Errno = 32 },
    ];
}
