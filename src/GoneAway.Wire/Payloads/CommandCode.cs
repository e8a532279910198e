namespace GoneAway.Wire.Payloads;

/// <summary>The first byte of a command (my_command.h; MariaDB's own from 0xfa up).</summary>
public static class CommandCode
{
    public const byte Quit = 1;
    public const byte InitDb = 2;
    public const byte Query = 3;
    public const byte FieldList = 4;
    public const byte Refresh = 7;
    public const byte Shutdown = 8;
    public const byte Statistics = 9;
    public const byte ProcessInfo = 10;
    public const byte ProcessKill = 12;
    public const byte Debug = 13;
    public const byte Ping = 14;
    public const byte ChangeUser = 17;
    public const byte BinlogDump = 18;
    public const byte RegisterReplica = 21;
    public const byte StmtPrepare = 22;
    public const byte StmtExecute = 23;
    public const byte StmtSendLongData = 24;
    public const byte StmtClose = 25;
    public const byte StmtReset = 26;
    public const byte SetOption = 27;
    public const byte StmtFetch = 28;
    public const byte BinlogDumpGtid = 30;
    public const byte ResetConnection = 31;
    public const byte Clone = 32;
    public const byte MariaDbStmtBulkExecute = 250;
    public const byte MariaDbMulti = 254;

    private static readonly string[] Names =
    [
        "COM_SLEEP", "COM_QUIT", "COM_INIT_DB", "COM_QUERY", "COM_FIELD_LIST", "COM_CREATE_DB", "COM_DROP_DB", "COM_REFRESH",
        "COM_SHUTDOWN", "COM_STATISTICS", "COM_PROCESS_INFO", "COM_CONNECT", "COM_PROCESS_KILL", "COM_DEBUG", "COM_PING", "COM_TIME",
        "COM_DELAYED_INSERT", "COM_CHANGE_USER", "COM_BINLOG_DUMP", "COM_TABLE_DUMP", "COM_CONNECT_OUT", "COM_REGISTER_SLAVE",
        "COM_STMT_PREPARE", "COM_STMT_EXECUTE", "COM_STMT_SEND_LONG_DATA", "COM_STMT_CLOSE", "COM_STMT_RESET", "COM_SET_OPTION",
        "COM_STMT_FETCH", "COM_DAEMON", "COM_BINLOG_DUMP_GTID", "COM_RESET_CONNECTION", "COM_CLONE",
    ];

    /// <summary>A command that a client may send; those kept for use inside the server are not.</summary>
    public static bool IsKnown(int code) =>
        code is >= Quit and <= Clone and not (11 or 15 or 16 or 19 or 20 or 29) or MariaDbStmtBulkExecute or MariaDbMulti;

    /// <summary>The command's name in the manual; a number for one that has none.</summary>
    public static string Name(byte code) => code switch
    {
        < 33 => Names[code],
        MariaDbStmtBulkExecute => "COM_STMT_BULK_EXECUTE",
        MariaDbMulti => "COM_MULTI",
        _ => "command 0x" + code.ToString("x2"),
    };
}
