using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Texts of the C client libraries (libmysqlclient and libmariadb), which most drivers and programs pass on.</summary>
internal static class ClientErrors
{
    private const string Cannot = "Can't connect to ";
    private const string Lost = "Lost connection to ";

    public static IReadOnlyList<ApplicationMessage> Messages { get; } =
    [
        new(Lost + "MySQL server at '{host}', system error: {errno}", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "MySQL server at", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "server at '{state}', system error: {errno}", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "server at '", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "MySQL server", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "MySQL during query", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "MariaDB server", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "server during query", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new(Lost + "backend server", Sign.LostDuringQuery, code: 2013) { Trigger = Lost },
        new("erver has gone away", Sign.GoneAway, code: 2006) { Trigger = "gone away" },
        new("ySQL has gone away", Sign.GoneAway, code: 2006) { Trigger = "gone away" },
        new("ysql has gone away", Sign.GoneAway, code: 2006) { Trigger = "gone away" },
        new(Cannot + "MySQL server on '{host}'", Sign.ConnectRefused, code: 2003) { Trigger = Cannot },
        new(Cannot + "MySQL server on {host} ", Sign.ConnectRefused, code: 2003) { Trigger = Cannot },
        new(Cannot + "server on '{host}'", Sign.ConnectRefused, code: 2003) { Trigger = Cannot },
        new(Cannot + "MariaDB server on '{host}'", Sign.ConnectRefused, code: 2003) { Trigger = Cannot },
        new(Cannot + "local MySQL server through socket '{subject}'", Sign.LocalSocketFailed, code: 2002) { Trigger = Cannot },
        new(Cannot + "local server through socket '{subject}'", Sign.LocalSocketFailed, code: 2002) { Trigger = Cannot },
        new(Cannot + "local MariaDB server through socket '{subject}'", Sign.LocalSocketFailed, code: 2002) { Trigger = Cannot },
        new("Unknown MySQL server host '{host}' (", Sign.UnknownHost, code: 2005) { Trigger = "server host '" },
        new("Unknown server host '{host}' (", Sign.UnknownHost, code: 2005) { Trigger = "server host '" },
        new("Can't create TCP/IP socket ({errno})", Sign.NoDescriptorsInClient, code: 2004),
        new("Protocol mismatch; server version", Sign.GreetingNotMySql, code: 2007),
        new("Error in server handshake", Sign.GreetingNotMySql, code: 2012),
        new("Commands out of sync", Sign.CommandsOutOfSync, code: 2014),
        new("Can't initialize character set", Sign.ClientTooOld, code: 2019),
        new("Got packet bigger than 'max_allowed_packet' bytes", Sign.PacketTooLargeInClient, code: 2020),
        new("SSL connection error", Sign.TlsFailed, code: 2026),
        new("TLS/SSL error", Sign.TlsFailed, code: 2026),
        new("Malformed packet", Sign.MalformedPacket, code: 2027) { With = "2027" },
        new("Malformed communication packet", Sign.MalformedPacket, code: 1835),
        new("Authentication plugin '{subject}' cannot be loaded", Sign.AuthPluginUnusable, code: 2059) { Trigger = "Authentication plugin '" },
        new("Authentication plugin '{subject}' reported error", Sign.AuthPluginUnusable, code: 2061) { Trigger = "Authentication plugin '" },
        new("Plugin {subject} could not be loaded", Sign.AuthPluginUnusable, code: 2059) { With = "2059", Trigger = "could not be loaded" },
        new("Received error packet before completion of TLS handshake. The authenticity of the following error cannot be verified: {code} - ", Sign.ServerSaid),
    ];
}
