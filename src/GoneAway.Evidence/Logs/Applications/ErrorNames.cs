using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Names of the server's errors, which drivers of several languages print beside the text or instead of it.</summary>
internal static class ErrorNames
{
    public static IReadOnlyList<ApplicationMessage> Messages { get; } =
    [
        Named("ER_CLIENT_INTERACTION_TIMEOUT", 4031), Named("ER_CON_COUNT_ERROR", 1040), Named("ER_TOO_MANY_USER_CONNECTIONS", 1203),
        Named("ER_USER_LIMIT_REACHED", 1226), Named("ER_HOST_IS_BLOCKED", 1129), Named("ER_HOST_NOT_PRIVILEGED", 1130), Named("ER_SERVER_SHUTDOWN", 1053), Named("ER_NORMAL_SHUTDOWN", 1077),
        Named("ER_SERVER_OFFLINE_MODE", 3032), Named("ER_SESSION_WAS_KILLED", 3169), Named("ER_CONNECTION_KILLED", 1927), Named("ER_QUERY_INTERRUPTED", 1317), Named("ER_QUERY_TIMEOUT", 3024),
        Named("ER_STATEMENT_TIMEOUT", 1969), Named("ER_NET_PACKET_TOO_LARGE", 1153), Named("ER_NET_PACKETS_OUT_OF_ORDER", 1156), Named("ER_NET_READ_ERROR", 1158), Named("ER_NET_READ_INTERRUPTED", 1159),
        Named("ER_NET_ERROR_ON_WRITE", 1160), Named("ER_NET_WRITE_INTERRUPTED", 1161), Named("ER_NEW_ABORTING_CONNECTION", 1184), Named("ER_ABORTING_CONNECTION", 1152), Named("ER_HANDSHAKE_ERROR", 1043),
        Named("ER_UNKNOWN_COM_ERROR", 1047), Named("ER_CANT_CREATE_THREAD", 1135), Named("ER_OPTION_PREVENTS_STATEMENT", 1290), Named("ER_READ_ONLY_MODE", 1836), Named("ER_LOCK_WAIT_TIMEOUT", 1205),
        Named("ER_LOCK_DEADLOCK", 1213), Named("ER_SECURE_TRANSPORT_REQUIRED", 3159), Named("ER_ACCESS_DENIED_ERROR", 1045), Named("ER_DBACCESS_DENIED_ERROR", 1044),
        new("ER_NOT_SUPPORTED_AUTH_MODE", Sign.AuthPluginUnusable, code: 1251), new("ER_PLUGIN_IS_NOT_LOADED", Sign.AuthPluginUnusable, code: 1524), new("ER_MALFORMED_PACKET", Sign.MalformedPacket, code: 1835),
    ];

    private static ApplicationMessage Named(string name, int code) => new(name, Sign.ServerSaid, code: code);
}
