namespace GoneAway.Model;

/// <summary>
/// The closed vocabulary of what sources other than the wire tell. Readers turn words into signs; nothing after them looks at words.
/// </summary>
public enum Sign : short
{
    // --- Application: the loss as a client sees it -----------------------------------------------------------------------------
    /// <summary>2006 and its kin: the write failed, or the handle was already dead.</summary>
    GoneAway,
    /// <summary>2013 and its kin: the connection ended while an answer was awaited.</summary>
    LostDuringQuery,
    /// <summary>2013 'reading initial communication packet': no greeting came.</summary>
    LostBeforeGreeting,
    /// <summary>2013 'reading authorization packet' and the other stages after the greeting.</summary>
    LostDuringLogin,
    /// <summary>2003 with ECONNREFUSED (111).</summary>
    ConnectRefused,
    /// <summary>2003 with ETIMEDOUT (110), or the client's own connect time-out.</summary>
    ConnectTimedOut,
    /// <summary>2003 with EHOSTUNREACH or ENETUNREACH.</summary>
    ConnectUnreachable,
    /// <summary>2002: the Unix socket is missing (errno 2) or nobody listens on it (111).</summary>
    LocalSocketFailed,
    /// <summary>2005, EAI_*: the client could not resolve the server's name.</summary>
    UnknownHost,
    /// <summary>EADDRNOTAVAIL (99): no source ports left.</summary>
    NoSourcePort,
    /// <summary>EMFILE in the client.</summary>
    NoDescriptorsInClient,
    /// <summary>EACCES or EPERM on connect: a local security policy.</summary>
    ConnectForbidden,
    /// <summary>ECONNRESET without more.</summary>
    ConnectionReset,
    /// <summary>EPIPE without more.</summary>
    BrokenPipe,
    /// <summary>EOF without more (unexpected EOF, "server closed the connection").</summary>
    UnexpectedEof,
    /// <summary>The client's own read deadline passed (timed out, i/o timeout, SocketTimeoutException); Elapsed when stated.</summary>
    ClientReadTimedOut,
    /// <summary>The client cancelled the statement (context canceled, command time-out).</summary>
    ClientCancelled,
    /// <summary>An ERR of the server as the application logged it; Code is its number.</summary>
    ServerSaid,
    /// <summary>A driver met another sequence id than expected; Size is "Packet size=N" when printed.</summary>
    PacketsOutOfOrder,
    /// <summary>2027, 1835 and kin.</summary>
    MalformedPacket,
    /// <summary>2014 and kin.</summary>
    CommandsOutOfSync,
    /// <summary>Rows or columns of another statement: NoSuchColumnError, ResourceClosedError, '_getter', ...</summary>
    MixedUpResult,
    /// <summary>The driver says that another thread or coroutine is using the connection.</summary>
    UsedConcurrently,
    /// <summary>The application used a handle that it, or its pool, had already closed.</summary>
    HandleAlreadyClosed,
    /// <summary>A pool found a connection dead when it was borrowed, and replaced it.</summary>
    StaleInPool,
    /// <summary>Connector/J: the idle time is longer than the server's wait_timeout; Idle has it.</summary>
    LongerThanWaitTimeout,
    /// <summary>How long ago the last packet came, with nothing else said; Idle has it.</summary>
    LastPacketAge,
    /// <summary>Connector/J: the application was streaming results when the connection failed.</summary>
    StreamingInterrupted,
    /// <summary>The client's own packet limit refused it before anything was sent (2020, PacketTooBigException).</summary>
    PacketTooLargeInClient,
    /// <summary>Writing a large packet failed (PHP: send of N bytes failed); Size has it.</summary>
    SendFailed,
    /// <summary>The pool had no free connection in time. Not a loss.</summary>
    PoolExhausted,
    /// <summary>First bytes of the peer were no greeting (2007 protocol mismatch, "got 80 expected 0").</summary>
    GreetingNotMySql,
    /// <summary>2026 and kin.</summary>
    TlsFailed,
    /// <summary>2059, 2054, 1251: authentication methods do not fit.</summary>
    AuthPluginUnusable,
    /// <summary>The client does not know the server's character set or protocol (2054 charset, 2019).</summary>
    ClientTooOld,
    /// <summary>A worker was ended by its own supervisor (gunicorn WORKER TIMEOUT, WorkerLostError, harakiri).</summary>
    WorkerKilled,
    /// <summary>A process server started workers by fork after loading the application.</summary>
    WorkersForked,
    /// <summary>A connect or query that worked, after a loss.</summary>
    WorkedAgain,
    /// <summary>A statement or a job began or ended, with Elapsed when stated (Celery "succeeded in 16200s").</summary>
    JobRan,
    /// <summary>Text of a log or a warning was written into the MySQL connection (strace, tcpdump show it).</summary>
    TextOnConnection,

    // --- Server log -------------------------------------------------------------------------------------------------------------
    /// <summary>Aborted connection (Got an error reading communication packets).</summary>
    AbortedReadError,
    /// <summary>Aborted connection (Got timeout reading communication packets).</summary>
    AbortedReadTimeout,
    /// <summary>Aborted connection (Got an error writing communication packets).</summary>
    AbortedWriteError,
    /// <summary>Aborted connection (Got timeout writing communication packets), my_net_write.</summary>
    AbortedWriteTimeout,
    /// <summary>Aborted connection (Got a packet bigger than 'max_allowed_packet' bytes); Size when stated.</summary>
    AbortedPacketTooLarge,
    /// <summary>Aborted connection (The client was disconnected by the server because of inactivity), MY-013730, MY-015123 for wait_timeout; Idle when stated.</summary>
    AbortedInactivity,
    /// <summary>Aborted connection (KILLED).</summary>
    AbortedKilled,
    /// <summary>MariaDB: closed normally without authentication; or a bare read note before any login.</summary>
    AbortedUnauthenticated,
    /// <summary>Aborted connection (init_connect command failed).</summary>
    AbortedInitConnect,
    /// <summary>Aborted connection, with another reason or none that tells anything (Unknown error, CLOSE_CONNECTION).</summary>
    AbortedOther,
    /// <summary>Got timeout reading communication packets, before a login (connect_timeout).</summary>
    HandshakeTimedOut,
    /// <summary>Bad handshake.</summary>
    BadHandshake,
    /// <summary>Got packets out of order, as the server logs it.</summary>
    ServerPacketsOutOfOrder,
    ServerStarting,
    ServerReady,
    /// <summary>SHUTDOWN, SIGTERM, Normal shutdown; Subject is who asked for it.</summary>
    ShutdownRequested,
    ShutdownComplete,
    /// <summary>Forcing close of thread.</summary>
    ForcedClose,
    /// <summary>got signal N; Code is N.</summary>
    ServerSignal,
    AssertionFailure,
    /// <summary>Semaphore wait has lasted too long; the server crashed itself.</summary>
    SemaphoreCrash,
    /// <summary>Crash recovery at a start: it did not end in order before.</summary>
    CrashRecovery,
    /// <summary>InnoDB or Aria or MyISAM say that pages, a table or the log are damaged; Subject is the table.</summary>
    Corruption,
    /// <summary>No space left; the server waits or stops.</summary>
    DiskFull,
    /// <summary>Long semaphore waits, page cleaner lag, "Waiting for table flush": it stands, or barely moves.</summary>
    ServerStalls,
    /// <summary>accept: too many open files.</summary>
    AcceptFailed,
    /// <summary>Can't create thread.</summary>
    ThreadNotCreated,
    /// <summary>IP address could not be resolved, does not resolve to; Subject is the address.</summary>
    NameLookupFailed,
    /// <summary>1129 in the log.</summary>
    HostBlockedLogged,
    /// <summary>1040 in the log.</summary>
    TooManyConnectionsLogged,
    /// <summary>Access denied in the log.</summary>
    AccessDeniedLogged,
    /// <summary>Connection memory limit exceeded.</summary>
    MemoryLimitExceeded,
    /// <summary>offline_mode was turned on.</summary>
    OfflineModeOn,
    /// <summary>read_only or super_read_only was turned on, a member expelled or demoted, a primary elected: the writer moved.</summary>
    RoleChanged,
    /// <summary>Galera or Group Replication: the node is not ready (1047), donor, desynced.</summary>
    NodeNotReady,
    /// <summary>A variable was lowered at start (max_connections for lack of descriptors).</summary>
    LimitLowered,
    /// <summary>The server refused its configuration.</summary>
    BadOption,
    /// <summary>The server gave up its start; State is its reason (port in use, data files in use, plugin failed).</summary>
    ServerStartFailed,
    /// <summary>The server asked for memory and got none (1037, 1038, 1041, the buffer pool); Size when stated.</summary>
    ServerOutOfMemory,
    /// <summary>The log was verbose enough to name aborted connections from here on (notes of MySQL 5.7 and later, any such warning of MariaDB): its silence counts.</summary>
    ServerNotesLogged,
    /// <summary>A session of a process list; Idle for Sleep, Elapsed else, State, Text is its statement.</summary>
    SessionSeen,
    /// <summary>A KILL in a general, audit or pt-kill log; ThreadId is the victim, User the killer.</summary>
    KillLogged,

    // --- Proxies ----------------------------------------------------------------------------------------------------------------
    /// <summary>The end of a TCP session; State is the termination state, Elapsed the total time, Size the bytes.</summary>
    ProxySessionEnded,
    /// <summary>A backend server went down; State is the reason.</summary>
    ProxyServerDown,
    ProxyServerUp,
    /// <summary>Backend has no server available.</summary>
    ProxyNoServer,
    /// <summary>Stopping, soft-stop, reload, a new process.</summary>
    ProxyReloaded,
    /// <summary>Sessions were cut by hard-stop-after.</summary>
    ProxyHardStopped,
    /// <summary>The proxy closed for idleness and says so; Idle when stated.</summary>
    ProxyIdleClosed,
    /// <summary>The proxy ended a running query or transaction by a limit of its own.</summary>
    ProxyQueryTimedOut,
    /// <summary>The proxy lost its backend connection; Code is the error it got.</summary>
    ProxyBackendLost,
    /// <summary>The proxy could not connect to the backend.</summary>
    ProxyConnectFailed,
    /// <summary>No backend connection in time (ProxySQL 9001), queue full.</summary>
    ProxyQueueTimedOut,
    /// <summary>The proxy says that the client left.</summary>
    ProxyClientLost,
    /// <summary>A PROXY header was expected and did not come, or came where none is expected.</summary>
    ProxyHeaderRefused,

    // --- System -----------------------------------------------------------------------------------------------------------------
    /// <summary>The kernel killed a process for memory; Subject is its name, Pid its number.</summary>
    OomKill,
    /// <summary>nf_conntrack: table full, dropping packet.</summary>
    ConntrackFull,
    /// <summary>The kernel said that connection requests to a port were more than its queue took (SYN flooding, a full accept queue); ServerPort, Size when shown.</summary>
    ListenQueueOverflow,
    /// <summary>TCP: out of memory, too many orphaned sockets: the kernel drops connections of any program.</summary>
    TcpMemoryExhausted,
    /// <summary>A packet filter logged that it dropped or rejected a packet of a MySQL port; ClientHost, ServerHost, State has its flags.</summary>
    PacketDropped,
    /// <summary>A network interface was reset, went down or up; Subject is its name.</summary>
    LinkChanged,
    /// <summary>
    /// A unit or container ended by itself or by a signal; Subject. Code is the exit status, or the signal when State is <c>signal</c>,
    /// <c>core-dump</c> or <c>oom-kill</c> (systemd's result words); else State is <c>exit-code</c>, <c>timeout</c>, <c>watchdog</c>, <c>evicted</c>, ...
    /// </summary>
    UnitDied,
    /// <summary>A unit or container was asked to stop; Subject.</summary>
    UnitStopping,
    UnitStarted,
    /// <summary>A supervisor lost patience and sent SIGKILL (stop-sigterm timed out, grace period).</summary>
    UnitKilled,
    /// <summary>The kernel logged a segfault of a process; Subject, Pid.</summary>
    ProcessSegfault,
    /// <summary>I/O errors, a read-only file system.</summary>
    DiskError,
    /// <summary>The host booted, was paused or its clock jumped.</summary>
    HostInterrupted,
    /// <summary>A tunnel or VPN dropped or could not reach its target.</summary>
    TunnelFailed,

    // --- Processes and sockets ------------------------------------------------------------------------------------------------------
    /// <summary>A socket to MySQL on descriptor 0, 1 or 2; Code is the descriptor.</summary>
    SocketOnStandardDescriptor,
    /// <summary>An internet socket on descriptor 0, 1 or 2 whose peer is not shown (BSD fstat, ls -l).</summary>
    UnknownSocketOnStandardDescriptor,
    /// <summary>One socket in several processes; Pids.</summary>
    SocketShared,
    /// <summary>A socket to MySQL in CLOSE_WAIT; Size is the bytes unread.</summary>
    SocketCloseWait,
    /// <summary>A socket to MySQL with bytes waiting that nobody reads; Size.</summary>
    SocketUnread,
    /// <summary>A socket of a MySQL connection with bytes that the other side has not taken; Size. Seen at the server: the client does not read, or cannot be reached.</summary>
    SocketUnsent,
    /// <summary>An established socket to MySQL; State tells of its keep-alive timer when shown.</summary>
    SocketEstablished,
    /// <summary>A RST or FIN in textual packet output; State is R or F, ClientHost the sender.</summary>
    SegmentSeen,
}
