namespace GoneAway.Gateway.Configuration;

/// <summary>When a client's backend is given to others.</summary>
public enum PoolMode : byte
{
    /// <summary>A client keeps its backend while it works, and for a while after.</summary>
    Session,
    /// <summary>A client has a backend from the first statement of a transaction to its last.</summary>
    Transaction,
}

/// <summary>Which backend a new piece of work goes to.</summary>
public enum Balance : byte
{
    RoundRobin,
    LeastConnections,
}

/// <summary>TLS to backends.</summary>
public enum BackendTls : byte
{
    /// <summary>Used where offered, not verified.</summary>
    Preferred,
    Disabled,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// <summary>All that can be configured, with what holds where nothing is said. The same for a file and for the command line.</summary>
public sealed record GatewayOptions
{
    /// <summary>Where clients connect: <c>host:port</c>, or <c>unix:/path</c>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["127.0.0.1:6033"];
    public IReadOnlyList<BackendOptions> Backends { get; init; } = [];
    public Balance Balance { get; init; } = Balance.RoundRobin;
    public PoolOptions Pool { get; init; } = new();
    public LossOptions Loss { get; init; } = new();
    public ClientOptions Clients { get; init; } = new();
    public AccountOptions Accounts { get; init; } = new();
    public HealthOptions Health { get; init; } = new();
    public SpoolOptions Spool { get; init; } = new();
    public OperationOptions Operation { get; init; } = new();
}

/// <summary>One MySQL or MariaDB server.</summary>
public sealed record BackendOptions
{
    /// <summary><c>host:port</c> or <c>unix:/path</c>.</summary>
    public required string Address { get; init; }
    /// <summary>As logs and metrics call it; the address where nothing is said.</summary>
    public string? Name { get; init; }
    /// <summary>Server connections at most, those of health checks not counted; 0: what the server's max_connections leaves.</summary>
    public int MaxConnections { get; init; }
    public BackendTls Tls { get; init; } = BackendTls.Preferred;
    /// <summary>PEM file of the authorities to trust.</summary>
    public string? AuthorityFile { get; init; }
    /// <summary>Tell the server the client's address with a PROXY header, version 2.</summary>
    public bool SendProxyHeader { get; init; }
    public bool Compression { get; init; }

    /// <summary>A backend at this address, all else as usual; the port may be left out.</summary>
    public static BackendOptions At(string address) => new() { Address = FileKeys.Normal(address, 3306) };
}

public sealed record PoolOptions
{
    public PoolMode Mode { get; init; } = PoolMode.Session;
    /// <summary>Session mode: a client without work gives its backend back after this long, where nothing of its state would be lost.</summary>
    public TimeSpan GiveBackAfter { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Idle server connections that are kept per backend and account, at least.</summary>
    public int Warm { get; init; }
    /// <summary>An idle server connection above the warm ones is closed after this long.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>How long work waits for a server connection while all are taken.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>A server connection that lay idle for longer is asked for an answer before a statement goes there, where nothing but the connection would be lost.</summary>
    public TimeSpan PingAfterIdle { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>How long a client's warnings and errors can still be asked for (SHOW WARNINGS) in transaction mode.</summary>
    public TimeSpan DiagnosticsHold { get; init; } = TimeSpan.FromSeconds(2);
}

public sealed record LossOptions
{
    /// <summary>How long new statements wait for a backend while none is up.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Pure reads that were lost in flight are sent again.</summary>
    public bool ReplayReads { get; init; } = true;
    public bool TransactionReplay { get; init; }
    /// <summary>Statements and bytes of a transaction that are kept for its replay.</summary>
    public int ReplayStatements { get; init; } = 1000;
    public long ReplayBytes { get; init; } = 16 << 20;
}

public sealed record ClientOptions
{
    /// <summary>From connect to the end of the login.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public int MaxConnections { get; init; } = 100_000;
    /// <summary>0: no limit.</summary>
    public int MaxConnectionsPerAddress { get; init; }
    /// <summary>Certificate and key of the gateway (PEM); one is made at first start where none is given.</summary>
    public string? CertificateFile { get; init; }
    public string? KeyFile { get; init; }
    /// <summary>Where the certificate and RSA key that were made are kept; null: made anew at each start.</summary>
    public string? StateFolder { get; init; }
    public bool RequireTls { get; init; }
    public bool Compression { get; init; } = true;
    public bool LocalInfile { get; init; }
    /// <summary>Networks (CIDR) whose PROXY headers are believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];
    /// <summary>0: what the server has (max_allowed_packet).</summary>
    public long MaxAllowedPacket { get; init; }
    /// <summary>Closes clients that were idle this long; zero: never.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.Zero;
}

public sealed record AccountOptions
{
    /// <summary>Learn from logins that the server accepted.</summary>
    public bool Learn { get; init; } = true;
    public IReadOnlyList<AccountEntry> Entries { get; init; } = [];
    /// <summary>File of accounts: one <c>user:secret</c> a line, the secret a password or a hash as mysql.user shows it.</summary>
    public string? File { get; init; }
}

public sealed record AccountEntry
{
    public required string User { get; init; }
    /// <summary>Exactly one of the three.</summary>
    public string? PasswordVariable { get; init; }
    public string? PasswordFile { get; init; }
    /// <summary>A hash as mysql.user shows it: <c>*</c> and 40 hex digits.</summary>
    public string? Hash { get; init; }
}

public sealed record HealthOptions
{
    /// <summary>Account of the checks; where there is none, a check is a TCP connect and what sessions see.</summary>
    public string? User { get; init; }
    public string? PasswordVariable { get; init; }
    public string? PasswordFile { get; init; }
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);
    /// <summary>Checks in a row that change the verdict.</summary>
    public int Fall { get; init; } = 2;
    public int Rise { get; init; } = 2;
    /// <summary>A statement that must succeed.</summary>
    public string Query { get; init; } = "SELECT 1";
    /// <summary>Zero: not looked at.</summary>
    public TimeSpan MaxReplicaLag { get; init; } = TimeSpan.Zero;
    /// <summary>0: not looked at.</summary>
    public int MaxThreadsRunning { get; init; }
    /// <summary>A server with read_only gets no work.</summary>
    public bool RequireWritable { get; init; }
    /// <summary>A server that came back gets its full share after this long.</summary>
    public TimeSpan RampUp { get; init; } = TimeSpan.FromSeconds(10);
}

public sealed record SpoolOptions
{
    public bool Enabled { get; init; } = true;
    /// <summary>Bytes of one client's result in memory, then on disk; of all clients' on disk.</summary>
    public long MemoryPerClient { get; init; } = 1 << 20;
    /// <summary>Bytes of all clients' results in memory.</summary>
    public long MemoryTotal { get; init; } = 512L << 20;
    public long DiskPerClient { get; init; } = 4L << 30;
    public long DiskTotal { get; init; } = 16L << 30;
    /// <summary>Bytes that stay free on the disk.</summary>
    public long KeepFree { get; init; } = 1L << 30;
    public string Folder { get; init; } = "/var/tmp";
}

public sealed record OperationOptions
{
    /// <summary>Where /healthz, /readyz and /metrics are served; null: nowhere.</summary>
    public string? Http { get; init; }
    /// <summary>Loops; 0: one for each processor.</summary>
    public int Threads { get; init; }
    /// <summary>How long sessions may go on once the gateway is asked to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>How long a process whose listening sockets were handed over waits for its clients to leave by themselves, before it drains.</summary>
    public TimeSpan HandoverTimeout { get; init; } = TimeSpan.FromDays(1);
    /// <summary>Lines for people, or JSON.</summary>
    public bool JsonLog { get; init; }
    /// <summary>OTLP over HTTP, e.g. http://127.0.0.1:4318; null: not sent.</summary>
    public string? OtlpEndpoint { get; init; }
    /// <summary>Environment variable with headers for it: <c>name=value,name=value</c>, as OTEL_EXPORTER_OTLP_HEADERS has them.</summary>
    public string? OtlpHeadersVariable { get; init; }
    /// <summary>Statements are logged with their text; else with their first keyword and a digest, for they hold data.</summary>
    public bool LogStatements { get; init; }
    /// <summary>Lines of one kind and name that are logged in a second; those above are counted, and the count is logged.</summary>
    public int LogRate { get; init; } = 20;
    /// <summary>Unix socket over which a new process takes the listening sockets; null: cannot be replaced unseen.</summary>
    public string? HandoverSocket { get; init; }
}
