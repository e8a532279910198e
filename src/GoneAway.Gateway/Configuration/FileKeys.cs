namespace GoneAway.Gateway.Configuration;

/// <summary>All keys of <c>goneaway.yaml</c>, with what they take and what they mean. docs/gateway/configuration.md is checked against this.</summary>
internal static class FileKeys
{
    private const string NoPassword = "a password is not written here: password_variable names an environment variable that has it, password_file a file";

    private static readonly (string, BackendTls)[] TlsWords =
        [("preferred", BackendTls.Preferred), ("disabled", BackendTls.Disabled), ("required", BackendTls.Required), ("verify_ca", BackendTls.VerifyCa), ("verify_identity", BackendTls.VerifyIdentity)];

    private static readonly Section<BackendOptions> Backend = new Section<BackendOptions>(new BackendOptions { Address = "" })
        .With(Keys.Text<BackendOptions>("address", "`host:port` or `unix:/path`", "Where the server is; the port may be left out: 3306. A name is looked up again when connections fail and every few seconds.",
            static one => one.Address, static (one, text) => one with { Address = Normal(text, 3306) }, static text => Complaint(text, 3306)))
        .With(Keys.Text<BackendOptions>("name", "text", "As logs and metrics call it; the address where nothing is said.",
            static one => one.Name, static (one, text) => one with { Name = text }, static text => text.Length > 64 || text.Any(static letter => char.IsControl(letter) || letter is '"' or '\\') ? "a name has up to 64 characters, no quotes and no backslashes" : null))
        .With(Keys.Number<BackendOptions>("max_connections", "Server connections at most, those of health checks not counted; 0: what the server's max_connections leaves.",
            static one => one.MaxConnections, static (one, value) => one with { MaxConnections = value }, 0, 100_000))
        .With(Keys.Choice("tls", "TLS to the server. preferred: where it is offered, not verified; verify_ca: the certificate is from a trusted authority; verify_identity: and is for this host.",
            TlsWords, static (BackendOptions one) => one.Tls, static (one, value) => one with { Tls = value }))
        .With(Keys.File<BackendOptions>("authority_file", "PEM file", "The authorities that verify_ca and verify_identity trust; the system's where nothing is said.",
            static one => one.AuthorityFile, static (one, value) => one with { AuthorityFile = value }))
        .With(Keys.Truth<BackendOptions>("send_proxy_header", "Tell the server the client's address with a PROXY header, version 2 (MariaDB: proxy_protocol_networks).",
            static one => one.SendProxyHeader, static (one, value) => one with { SendProxyHeader = value }))
        .With(Keys.Truth<BackendOptions>("compression", "Compress what goes to and comes from the server.",
            static one => one.Compression, static (one, value) => one with { Compression = value }));

    private static readonly Section<PoolOptions> Pool = new Section<PoolOptions>(new PoolOptions())
        .With(Keys.Choice("mode", "session: a client keeps its server connection while it works, and for a while after; transaction: from the first statement of a transaction to its last.",
            [("session", PoolMode.Session), ("transaction", PoolMode.Transaction)], static (PoolOptions one) => one.Mode, static (one, value) => one with { Mode = value }))
        .With(Keys.Duration<PoolOptions>("give_back_after", "Session mode: a client without work gives its server connection back after this long, where nothing of its state would be lost.",
            static one => one.GiveBackAfter, static (one, value) => one with { GiveBackAfter = value }))
        .With(Keys.Number<PoolOptions>("warm", "Idle server connections that are kept per backend and account, at least.", static one => one.Warm, static (one, value) => one with { Warm = value }, 0, 10_000))
        .With(Keys.Duration<PoolOptions>("idle_timeout", "An idle server connection above the warm ones is closed after this long.",
            static one => one.IdleTimeout, static (one, value) => one with { IdleTimeout = value }, "1s"))
        .With(Keys.Duration<PoolOptions>("queue_timeout", "How long work waits for a server connection while all are taken.",
            static one => one.QueueTimeout, static (one, value) => one with { QueueTimeout = value }, "0s", "1h"))
        .With(Keys.Duration<PoolOptions>("ping_after_idle", "A server connection that lay idle for longer is asked for an answer before a statement goes there; one that gives none in 1.5 s is replaced.",
            static one => one.PingAfterIdle, static (one, value) => one with { PingAfterIdle = value }, "100ms"))
        .With(Keys.Duration<PoolOptions>("diagnostics_hold", "Transaction mode: how long SHOW WARNINGS still answers for the last statement.",
            static one => one.DiagnosticsHold, static (one, value) => one with { DiagnosticsHold = value }, "0s", "1h"));

    private static readonly Section<LossOptions> Loss = new Section<LossOptions>(new LossOptions())
        .With(Keys.Duration<LossOptions>("hold", "How long new statements wait for a backend while none is up.", static one => one.Hold, static (one, value) => one with { Hold = value }, "0s", "1h"))
        .With(Keys.Truth<LossOptions>("replay_reads", "Pure reads that were lost in flight are sent again.", static one => one.ReplayReads, static (one, value) => one with { ReplayReads = value }))
        .With(Keys.Truth<LossOptions>("transaction_replay", "A lost transaction is repeated where every earlier answer comes back the same and no COMMIT was under way.",
            static one => one.TransactionReplay, static (one, value) => one with { TransactionReplay = value }))
        .With(Keys.Number<LossOptions>("replay_statements", "Statements of a transaction that are kept for its replay.", static one => one.ReplayStatements, static (one, value) => one with { ReplayStatements = value }, 0, 1_000_000))
        .With(Keys.Size<LossOptions>("replay_bytes", "Bytes of a transaction's statements that are kept for its replay.", static one => one.ReplayBytes, static (one, value) => one with { ReplayBytes = value }, 0, 1L << 32));

    private static readonly Section<ClientOptions> Clients = new Section<ClientOptions>(new ClientOptions())
        .With(Keys.Duration<ClientOptions>("handshake_timeout", "From connect to the end of the login.", static one => one.HandshakeTimeout, static (one, value) => one with { HandshakeTimeout = value }, "100ms", "10m"))
        .With(Keys.Number<ClientOptions>("max_connections", "Clients at most, those that are not logged in yet counted.", static one => one.MaxConnections, static (one, value) => one with { MaxConnections = value }, 1, 1_000_000))
        .With(Keys.Number<ClientOptions>("max_connections_per_address", "Clients at most from one address; 0: no limit.", static one => one.MaxConnectionsPerAddress, static (one, value) => one with { MaxConnectionsPerAddress = value }, 0, 1_000_000))
        .With(Keys.File<ClientOptions>("certificate_file", "PEM file", "The gateway's certificate with its chain; one is made at first start where none is given.", static one => one.CertificateFile, static (one, value) => one with { CertificateFile = value }))
        .With(Keys.File<ClientOptions>("key_file", "PEM file", "Its private key.", static one => one.KeyFile, static (one, value) => one with { KeyFile = value }))
        .With(Keys.File<ClientOptions>("state_folder", "folder", "Where the certificate and RSA key that were made are kept; made anew at each start where nothing is said.", static one => one.StateFolder, static (one, value) => one with { StateFolder = value }))
        .With(Keys.Truth<ClientOptions>("require_tls", "Clients without TLS are refused.", static one => one.RequireTls, static (one, value) => one with { RequireTls = value }))
        .With(Keys.Truth<ClientOptions>("compression", "Offer compression to clients.", static one => one.Compression, static (one, value) => one with { Compression = value }))
        .With(Keys.Truth<ClientOptions>("local_infile", "Let the server ask clients for files (LOAD DATA LOCAL INFILE).", static one => one.LocalInfile, static (one, value) => one with { LocalInfile = value }))
        .With(Keys.Texts<ClientOptions>("trusted_proxies", "list of networks: `10.0.0.0/8`", "Whose PROXY headers are believed.", static one => one.TrustedProxies, static (one, value) => one with { TrustedProxies = value },
            static text => System.Net.IPNetwork.TryParse(text, out _) || System.Net.IPAddress.TryParse(text, out _) ? null : $"'{Reading.Shown(text)}' is not a network: an address and its bits, such as 10.0.0.0/8"))
        .With(Keys.Size<ClientOptions>("max_allowed_packet", "The largest statement; 0: what the server has.", static one => one.MaxAllowedPacket, static (one, value) => one with { MaxAllowedPacket = value }, 0, 1L << 30))
        .With(Keys.Duration<ClientOptions>("idle_timeout", "Clients that were idle this long are closed; 0s: never. One that vanished without a word is noticed after some five minutes (TCP keep-alive).", static one => one.IdleTimeout, static (one, value) => one with { IdleTimeout = value }, "0s", "365d"));

    private static readonly Section<AccountEntry> Account = new Section<AccountEntry>(new AccountEntry { User = "" }) { Refused = { ["password"] = NoPassword, ["secret"] = NoPassword } }
        .With(Keys.Text<AccountEntry>("user", "text", "The account's name.", static one => one.User, static (one, text) => one with { User = text }))
        .With(Keys.Text<AccountEntry>("password_variable", "name", "Environment variable with its password.", static one => one.PasswordVariable, static (one, text) => one with { PasswordVariable = text }))
        .With(Keys.File<AccountEntry>("password_file", "file", "File with its password; a line end at its end is not part of it.", static one => one.PasswordFile, static (one, text) => one with { PasswordFile = text }))
        .With(Keys.Text<AccountEntry>("hash", "`*` and 40 hex digits, in quotes", "A mysql_native_password hash as mysql.user shows it.", static one => one.Hash, static (one, text) => one with { Hash = text },
            static text => text.Length == 41 && text[0] == '*' && text.Skip(1).All(char.IsAsciiHexDigit) ? null : "not a hash: '*' and 40 hex digits, in quotes (mysql_native_password); other plugins' hashes cannot log in, give a password"));

    private static readonly Section<AccountOptions> Accounts = new Section<AccountOptions>(new AccountOptions())
        .With(Keys.Truth<AccountOptions>("learn", "Learn from logins that the server accepted; kept in memory alone.", static one => one.Learn, static (one, value) => one with { Learn = value }))
        .With(Keys.Sections("entries", "list of accounts", "Accounts that need not be learned.", Account, new AccountEntry { User = "" }, static (AccountOptions one, IReadOnlyList<AccountEntry> value) => one with { Entries = value }))
        .With(Keys.File<AccountOptions>("file", "file", "More of them: one `user:secret` a line, the secret a password or a hash.", static one => one.File, static (one, value) => one with { File = value }));

    private static readonly Section<HealthOptions> Health = new Section<HealthOptions>(new HealthOptions()) { Refused = { ["password"] = NoPassword } }
        .With(Keys.Text<HealthOptions>("user", "text", "Account of the checks; where there is none, a check is a TCP connect and what sessions see.", static one => one.User, static (one, text) => one with { User = text }))
        .With(Keys.Text<HealthOptions>("password_variable", "name", "Environment variable with its password.", static one => one.PasswordVariable, static (one, text) => one with { PasswordVariable = text }))
        .With(Keys.File<HealthOptions>("password_file", "file", "File with its password.", static one => one.PasswordFile, static (one, text) => one with { PasswordFile = text }))
        .With(Keys.Duration<HealthOptions>("interval", "Between two checks.", static one => one.Interval, static (one, value) => one with { Interval = value }, "100ms", "1h"))
        .With(Keys.Duration<HealthOptions>("timeout", "A check that takes longer has failed.", static one => one.Timeout, static (one, value) => one with { Timeout = value }, "100ms", "10m"))
        .With(Keys.Number<HealthOptions>("fall", "Failed checks in a row until a backend is down.", static one => one.Fall, static (one, value) => one with { Fall = value }, 1, 100))
        .With(Keys.Number<HealthOptions>("rise", "Good checks in a row until it is up again.", static one => one.Rise, static (one, value) => one with { Rise = value }, 1, 100))
        .With(Keys.Text<HealthOptions>("query", "statement", "A statement that must succeed.", static one => one.Query, static (one, text) => one with { Query = text }))
        .With(Keys.Duration<HealthOptions>("max_replica_lag", "A replica further behind gets no work; 0s: not looked at.", static one => one.MaxReplicaLag, static (one, value) => one with { MaxReplicaLag = value }, "0s", "7d"))
        .With(Keys.Number<HealthOptions>("max_threads_running", "A server with more of Threads_running gets no new work; 0: not looked at.", static one => one.MaxThreadsRunning, static (one, value) => one with { MaxThreadsRunning = value }, 0, 100_000))
        .With(Keys.Truth<HealthOptions>("require_writable", "A server with read_only gets no work.", static one => one.RequireWritable, static (one, value) => one with { RequireWritable = value }))
        .With(Keys.Duration<HealthOptions>("ramp_up", "A server that came back gets its full share after this long.", static one => one.RampUp, static (one, value) => one with { RampUp = value }, "0s", "1h"));

    private static readonly Section<SpoolOptions> Spool = new Section<SpoolOptions>(new SpoolOptions())
        .With(Keys.Truth<SpoolOptions>("enabled", "Take results from the server at full speed, also where the client is slow.", static one => one.Enabled, static (one, value) => one with { Enabled = value }))
        .With(Keys.Size<SpoolOptions>("memory_per_client", "Of one client's result in memory; more goes to disk.", static one => one.MemoryPerClient, static (one, value) => one with { MemoryPerClient = value }, 64 << 10, 1L << 32))
        .With(Keys.Size<SpoolOptions>("memory_total", "Of all clients' results in memory; past half of it a client gets 256KiB, past all of it the server waits for the client.", static one => one.MemoryTotal, static (one, value) => one with { MemoryTotal = value }))
        .With(Keys.Size<SpoolOptions>("disk_per_client", "Of one client's result on disk; past it the server waits for the client. 0: no disk.", static one => one.DiskPerClient, static (one, value) => one with { DiskPerClient = value }))
        .With(Keys.Size<SpoolOptions>("disk_total", "Of all clients' results on disk.", static one => one.DiskTotal, static (one, value) => one with { DiskTotal = value }))
        .With(Keys.Size<SpoolOptions>("keep_free", "What stays free on that disk.", static one => one.KeepFree, static (one, value) => one with { KeepFree = value }))
        .With(Keys.File<SpoolOptions>("folder", "folder", "Where the files are; they have no names and vanish with the process.", static one => one.Folder, static (one, value) => one with { Folder = value }));

    private static readonly Section<OperationOptions> Operation = new Section<OperationOptions>(new OperationOptions())
        .With(Keys.Text<OperationOptions>("http", "`host:port`", "Where /healthz, /readyz and /metrics are served; nowhere where nothing is said.", static one => one.Http, static (one, text) => one with { Http = text },
            static text => Address.TryParse(text, 0, out Address address) && address.Host is not null ? null : $"'{Reading.Shown(text)}' is not host:port"))
        .With(Keys.Number<OperationOptions>("threads", "Event loops; 0: one for each processor.", static one => one.Threads, static (one, value) => one with { Threads = value }, 0, 1024))
        .With(Keys.Duration<OperationOptions>("drain_timeout", "How long sessions may go on once the gateway is asked to stop.", static one => one.DrainTimeout, static (one, value) => one with { DrainTimeout = value }))
        .With(Keys.Duration<OperationOptions>("handover_timeout", "How long a process that was replaced waits for its clients to leave by themselves, before it drains.", static one => one.HandoverTimeout, static (one, value) => one with { HandoverTimeout = value }))
        .With(Keys.Truth<OperationOptions>("json_log", "One JSON object a line, in place of a line for people.", static one => one.JsonLog, static (one, value) => one with { JsonLog = value }))
        .With(Keys.Truth<OperationOptions>("log_statements", "Log statements with their text; else with their first keyword and a digest, for they hold data.", static one => one.LogStatements, static (one, value) => one with { LogStatements = value }))
        .With(Keys.Number<OperationOptions>("log_rate", "Lines of one kind and name in a second; those above are counted, and the count is logged.", static one => one.LogRate, static (one, value) => one with { LogRate = value }, 1, 100_000))
        .With(Keys.Text<OperationOptions>("otlp_endpoint", "URL", "Where logs and metrics are sent (OTLP over HTTP, JSON): `http://127.0.0.1:4318`; not sent where nothing is said.", static one => one.OtlpEndpoint, static (one, text) => one with { OtlpEndpoint = text },
            static text => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? null : $"'{Reading.Shown(text)}' is not a URL: http:// or https://, without a password"))
        .With(Keys.Text<OperationOptions>("otlp_headers_variable", "name", "Environment variable with headers for it: `name=value,name=value`.", static one => one.OtlpHeadersVariable, static (one, text) => one with { OtlpHeadersVariable = text }))
        .With(Keys.Text<OperationOptions>("handover_socket", "path", "Unix socket over which a new process takes the listening sockets; without it the process cannot be replaced unseen.", static one => one.HandoverSocket, static (one, text) => one with { HandoverSocket = text },
            static text => Address.TryParse("unix:" + text, 0, out _) ? null : "not a full path of up to 100 bytes"));

    /// <summary>The file itself.</summary>
    public static Section<GatewayOptions> Root { get; } = new Section<GatewayOptions>(new GatewayOptions())
        .With(Keys.Texts<GatewayOptions>("listen", "`host:port`, `*:port` or `unix:/path`, or a list", "Where clients connect.", static one => one.Listen, static (one, value) => one with { Listen = value }, static text => Complaint(text, 0)))
        .With(Keys.Sections("backends", "list of servers, each an address or a section", "The MySQL and MariaDB servers; at least one.", Backend, new BackendOptions { Address = "" },
            static (GatewayOptions one, IReadOnlyList<BackendOptions> value) => one with { Backends = value }, PlainBackend))
        .With(Keys.Choice("balance", "Which backend a new piece of work goes to.", [("round_robin", Balance.RoundRobin), ("least_connections", Balance.LeastConnections)],
            static (GatewayOptions one) => one.Balance, static (one, value) => one with { Balance = value }))
        .With(Keys.Section<GatewayOptions, PoolOptions>("pool", "When a client's server connection is given to others.", Pool, static one => one.Pool, static (one, value) => one with { Pool = value }))
        .With(Keys.Section<GatewayOptions, LossOptions>("loss", "What happens when a server connection is lost.", Loss, static one => one.Loss, static (one, value) => one with { Loss = value }))
        .With(Keys.Section<GatewayOptions, ClientOptions>("clients", "What clients may do.", Clients, static one => one.Clients, static (one, value) => one with { Clients = value }))
        .With(Keys.Section<GatewayOptions, AccountOptions>("accounts", "How the gateway logs in to backends in the clients' names.", Accounts, static one => one.Accounts, static (one, value) => one with { Accounts = value }))
        .With(Keys.Section<GatewayOptions, HealthOptions>("health", "When a backend gets work.", Health, static one => one.Health, static (one, value) => one with { Health = value }))
        .With(Keys.Section<GatewayOptions, SpoolOptions>("spool", "Results of slow clients.", Spool, static one => one.Spool, static (one, value) => one with { Spool = value }))
        .With(Keys.Section<GatewayOptions, OperationOptions>("operation", "Running the gateway.", Operation, static one => one.Operation, static (one, value) => one with { Operation = value }));

    /// <summary>The sections of the root that have a key of this name.</summary>
    public static IReadOnlyList<string> SectionsWith(string key) =>
        [.. Root.Describe().Where(section => section.Below?.Describe().Any(one => one.Name == key) == true).Select(static section => section.Name)];

    private static BackendOptions PlainBackend(BackendOptions backend, TextNode text, Reading reading)
    {
        if (Complaint(text.Text, 3306) is not { } wrong)
            return backend with { Address = Normal(text.Text, 3306) };
        reading.Wrong(text.Place, wrong);
        return backend;
    }

    /// <summary>What is wrong with an address; null where nothing is.</summary>
    internal static string? Complaint(string text, int defaultPort) => !Address.TryParse(text, defaultPort, out Address address)
        ? $"'{Reading.Shown(text)}' is not {(defaultPort == 0 ? "host:port" : "host or host:port")}, [address]:port or unix:/path"
        : address is { Host: "*" } or { Port: 0, Path: null } && defaultPort != 0 ? $"'{Reading.Shown(text)}' cannot be connected to" : null;

    internal static string Normal(string text, int defaultPort) => Address.TryParse(text, defaultPort, out Address address) ? address.ToString() : text;
}
