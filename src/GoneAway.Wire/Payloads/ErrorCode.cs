namespace GoneAway.Wire.Payloads;

/// <summary>Numbers of server errors that concern connections (mysqld_error.h, mariadb errmsg-utf8.txt).</summary>
public static class ErrorCode
{
    public const int TooManyConnections = 1040;
    public const int OutOfResources = 1041;
    public const int BadHost = 1042;
    public const int HandshakeError = 1043;
    public const int DatabaseAccessDenied = 1044;
    public const int AccessDenied = 1045;
    public const int UnknownCommand = 1047;
    public const int BadDatabase = 1049;
    public const int ServerShutdown = 1053;
    public const int HostIsBlocked = 1129;
    public const int HostNotPrivileged = 1130;
    public const int CannotCreateThread = 1135;
    public const int AbortingConnection = 1152;
    public const int PacketTooLarge = 1153;
    public const int NetReadErrorFromPipe = 1154;
    public const int NetFcntl = 1155;
    public const int PacketsOutOfOrder = 1156;
    public const int NetUncompress = 1157;
    public const int NetRead = 1158;
    public const int NetReadInterrupted = 1159;
    public const int NetWrite = 1160;
    public const int NetWriteInterrupted = 1161;
    public const int NewAbortingConnection = 1184;
    public const int TooManyUserConnections = 1203;
    public const int UserLimitReached = 1226;
    public const int NotSupportedAuthMode = 1251;
    public const int ServerIsInSecureAuthMode = 1275;
    public const int QueryInterrupted = 1317;
    public const int PluginIsNotLoaded = 1524;
    public const int AccessDeniedNoPassword = 1698;
    public const int MalformedPacket = 1835;
    public const int MustChangePassword = 1862;
    public const int ConnectionKilled = 1927;
    public const int StatementTimeoutMariaDb = 1969;
    public const int QueryTimeout = 3024;
    public const int OfflineMode = 3032;
    public const int AccountLocked = 3118;
    public const int SecureTransportRequired = 3159;
    public const int AbortedByAudit = 3164;
    public const int SessionWasKilled = 3169;
    public const int ClientInteractionTimeout = 4031;
}
