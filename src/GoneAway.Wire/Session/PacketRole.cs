namespace GoneAway.Wire.Session;

/// <summary>What a packet is, given all that came before it.</summary>
public enum PacketRole : byte
{
    Greeting,
    /// <summary>ERR in place of the greeting.</summary>
    Rejected,
    TlsRequest,
    Login,
    AuthSwitch,
    /// <summary>Anything else of the login exchange, from either side.</summary>
    AuthExchange,
    /// <summary>OK that ends the login (or COM_CHANGE_USER).</summary>
    LoggedIn,
    Command,
    /// <summary>A command that gets no answer: COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA.</summary>
    SilentCommand,
    Quit,
    /// <summary>A command sent before the earlier one was answered completely.</summary>
    CommandWhileBusy,
    /// <summary>LOCAL INFILE: contents sent by the client, then an empty packet.</summary>
    UploadData,
    UploadEnd,
    UploadRequest,
    ResultHeader,
    /// <summary>Column or parameter definition, or the EOF behind them.</summary>
    Metadata,
    Row,
    /// <summary>OK or EOF that completes the response.</summary>
    ResponseEnd,
    /// <summary>OK or EOF that completes one result of several.</summary>
    ResultEnd,
    /// <summary>ERR that completes the response.</summary>
    Error,
    /// <summary>ERR that nothing asked for.</summary>
    UnsolicitedError,
    /// <summary>MariaDB progress report in an ERR's clothes.</summary>
    Progress,
    ReplicationEvent,
    /// <summary>A server packet that nothing asked for.</summary>
    UnexpectedResponse,
    /// <summary>A packet that cannot come here.</summary>
    Malformed,
}

/// <summary>Where a session stands.</summary>
public enum SessionPhase : byte
{
    AwaitingGreeting,
    AwaitingLogin,
    /// <summary>After SSLRequest: the rest is encrypted, unless both ends speak on in the clear.</summary>
    Encrypted,
    Authenticating,
    /// <summary>Nothing is pending: the client may send a command.</summary>
    Ready,
    /// <summary>A command was sent, its response is not complete.</summary>
    Busy,
    /// <summary>The server waits for file contents.</summary>
    Uploading,
    /// <summary>COM_BINLOG_DUMP: events until the connection ends.</summary>
    Replicating,
    /// <summary>COM_QUIT was sent.</summary>
    Quit,
}
