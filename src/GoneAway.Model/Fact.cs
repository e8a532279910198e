using System.Globalization;

namespace GoneAway.Model;

/// <summary>What a fact is a fact of.</summary>
public enum FactKind : byte
{
    /// <summary>A system variable of a running server, as SHOW VARIABLES prints it.</summary>
    Variable,
    /// <summary>A status counter of a running server, as SHOW STATUS prints it.</summary>
    Status,
    /// <summary>The effective value of an option file; <see cref="Fact.Scope"/> is its group: <c>mysqld</c>, <c>client</c>, <c>mysqldump</c>.</summary>
    Option,
    /// <summary>A proxy's setting; the scope is its section: <c>frontend fe</c>, <c>backend be</c>, <c>listen mysql</c>, <c>defaults</c>.</summary>
    Proxy,
    /// <summary>A setting of an application, its pool or its process server; the scope is the stack: <c>sqlalchemy</c>, <c>uwsgi</c>.</summary>
    Application,
    /// <summary>A setting of the operating system: <c>net.ipv4.tcp_keepalive_time</c>.</summary>
    System,
    /// <summary>A row of performance_schema.host_cache; the scope is the address, the name its column.</summary>
    HostCache,
    /// <summary>A field of SHOW REPLICA STATUS.</summary>
    Replica,
    /// <summary>How often the server raised an error since its start; the name is the error's number (events_errors_summary_global_by_error).</summary>
    ErrorSummary,
    /// <summary>A stored event that ends sessions; the name is schema.event, the value its status.</summary>
    KillingEvent,
}

/// <summary>Something true around the connections: a setting, a counter.</summary>
/// <param name="Kind">What it is a fact of.</param>
/// <param name="Name">
/// As its owner spells it, in lower case with underscores for variables (<c>wait_timeout</c>), as documented for counters (<c>Com_kill</c>),
/// proxies (<c>timeout client</c>) and sysctl. Applications' settings have one name in all stacks; see <see cref="ApplicationSetting"/>.
/// </param>
/// <param name="Value">Text as found; spans of proxies and applications in seconds, sizes in bytes, switches as ON and OFF.</param>
/// <param name="At">When it was true, if the source says so (a counter's reading).</param>
/// <param name="Source">The place: <c>my.cnf:12</c>, <c>server:wait_timeout</c>.</param>
public sealed record Fact(FactKind Kind, string Name, string Value, Stamp? At, string Source)
{
    /// <summary>Section, group, stack, address or session that it holds for; null where it holds for all.</summary>
    public string? Scope { get; init; }

    /// <summary>The value as a number; null when it is none.</summary>
    public double? Number => double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}

/// <summary>Names of <see cref="FactKind.Application"/> facts, the same for all stacks.</summary>
public static class ApplicationSetting
{
    /// <summary>Seconds after which the pool replaces a connection, idle or not (pool_recycle, maxLifetime, ConnMaxLifetime, CONN_MAX_AGE).</summary>
    public const string MaxLifetime = "max_lifetime";
    /// <summary>Seconds of idleness after which the pool closes a connection.</summary>
    public const string IdleTimeout = "idle_timeout";
    /// <summary>ON when a connection is tested as it is borrowed (pool_pre_ping, testOnBorrow, CONN_HEALTH_CHECKS).</summary>
    public const string TestOnBorrow = "test_on_borrow";
    /// <summary>Seconds; the client's own deadlines.</summary>
    public const string ReadTimeout = "read_timeout";
    public const string WriteTimeout = "write_timeout";
    public const string ConnectTimeout = "connect_timeout";
    public const string PoolSize = "pool_size";
    /// <summary>ON when connections outlive a request (PHP's persistent connections, Django's CONN_MAX_AGE above 0).</summary>
    public const string Persistent = "persistent";
    /// <summary>ON when TCP keep-alive is asked for, or its seconds.</summary>
    public const string KeepAlive = "keep_alive";
    /// <summary>Number of worker processes forked.</summary>
    public const string Workers = "workers";
    /// <summary>ON when the application is loaded before the fork (uWSGI without lazy-apps, gunicorn preload_app, Celery prefork).</summary>
    public const string LoadedBeforeFork = "loaded_before_fork";
    public const string Threads = "threads";
    public const string Host = "host";
    public const string Port = "port";
    /// <summary>wait_timeout that the application sets for its sessions, in seconds.</summary>
    public const string SessionWaitTimeout = "session_wait_timeout";
    /// <summary>The client's own packet limit, bytes.</summary>
    public const string MaxAllowedPacket = "max_allowed_packet";
    /// <summary>ON when the driver reconnects by itself.</summary>
    public const string Reconnect = "reconnect";
    /// <summary>Seconds that a borrower waits for a free connection of the pool (pool_timeout, HikariCP's connectionTimeout, checkout_timeout).</summary>
    public const string PoolWait = "pool_wait";
    /// <summary>Seconds after which a supervisor ends a worker that is still busy (harakiri, gunicorn's timeout, Celery's time limits).</summary>
    public const string WorkerTimeout = "worker_timeout";
}
