using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Texts of the server's errors, which applications log in wrappings of many kinds.</summary>
internal static class ServerErrors
{
    public static IReadOnlyList<ApplicationMessage> Messages { get; } =
    [
        Said("The client was disconnected by the server because of inactivity", 4031),
        Said("Too many connections", 1040),
        Said("User '{user}' has exceeded the '{subject}' resource (current value: {limit})", 1226, "' resource (current value"),
        Said("User {user} already has more than 'max_user_connections' active connections", 1203, "'max_user_connections' active"),
        Said("Host '{client}' is blocked because of many connection errors", 1129, "is blocked because of"),
        Said("Host {client} is blocked because of many connection errors", 1129, "is blocked because of"),
        Said("Host '{client}' is not allowed to connect to this M", 1130, "is not allowed to connect to this M"),
        Said("Proxy header is not accepted from {client}", 1130),
        Said("Server shutdown in progress", 1053),
        Said("The server is currently in offline mode", 3032),
        Said("Session was killed", 3169),
        Said("Connection was killed", 1927),
        Said("Query execution was interrupted, maximum statement execution time exceeded", 3024, Interrupted),
        Said("Query execution was interrupted (max_statement_time exceeded)", 1969, Interrupted),
        Said("Query execution was interrupted", 1317, Interrupted),
        Said("onnection memory limit {limit} bytes exceeded. Consumed {size} bytes", 4082, "onnection memory limit"),
        Said("Connections using insecure transport are prohibited", 3159),
        new("Client does not support authentication protocol requested by server", Sign.AuthPluginUnusable, code: 1251),
        new("Plugin '{subject}' is not loaded", Sign.AuthPluginUnusable, code: 1524) { Trigger = "' is not loaded" },
        Said("WSREP has not yet prepared node for application use", 1047),
        Said("running with the --{subject} option so it cannot execute this statement", 1290, "option so it cannot execute this"),
        Said("Running in read-only mode", 1836),
        Said("Got a packet bigger than 'max_allowed_packet' bytes", 1153),
        Said("Can't create a new thread (errno", 1135),
        Said("Lock wait timeout exceeded; try restarting transaction", 1205, "Lock wait timeout exceeded"),
        Said("Deadlock found when trying to get lock", 1213),
        Said("Aborted by Audit API", 3164),
        Said("Max connect timeout reached while reaching hostgroup", 9001),
        Said("Account is locked", 3118),
        Said("Account is blocked for", 3955),
        Said("Access denied for user '{user}'@'{client}' (using password", 1045, "Access denied for user"),
        Said("Access denied for user '{user}'@'{client}' to database", 1044, "Access denied for user"),
        Said("Access denied for user '{user}'@'{client}'", 1045, "Access denied for user"),
        Said("Bad handshake", 1043).Numbered(),
        Said("Got packets out of order", 1156).Numbered(),
        Said("Got an error reading communication packets", 1158).Numbered(),
        Said("Got timeout reading communication packets", 1159).Numbered(),
        Said("Got an error writing communication packets", 1160).Numbered(),
        Said("Got timeout writing communication packets", 1161).Numbered(),
    ];

    private const string Interrupted = "Query execution was";

    private static ApplicationMessage Said(string text, int code, string? trigger = null) =>
        trigger is null ? new(text, Sign.ServerSaid, code: code) : new(text, Sign.ServerSaid, code: code) { Trigger = trigger };

    /// <summary>The server logs the text itself, too: from an application it comes with its number.</summary>
    private static ApplicationMessage Numbered(this ApplicationMessage message) =>
        new(message.Template.Text, message.Sign, code: message.Code) { Trigger = message.Trigger, With = message.Code.ToString() };
}
