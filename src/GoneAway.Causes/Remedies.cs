using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>Fixes that several causes share, worded for each stack: exact setting, exact value.</summary>
internal static class Remedies
{
    /// <summary>Connections must be replaced before somebody on the path closes them for being idle.</summary>
    /// <param name="limit">The shortest known limit in seconds; null when unknown.</param>
    public static List<Fix> ShorterIdle(double? limit)
    {
        string n = limit is { } seconds ? Math.Max(1, Math.Floor(seconds * 0.8)).ToString("0", System.Globalization.CultureInfo.InvariantCulture) : "N";
        string below = limit is { } known ? $"(below the limit of {known:0} s)" : "(N: seconds, below the shortest limit on the path)";
        return
        [
            new("any", $"Let the pool retire connections after {n} s {below} and test them when borrowed; a worker that computes for long closes its connection before and opens one after."),
            new("sqlalchemy", $"create_engine(..., pool_recycle={n}, pool_pre_ping=True) {below}."),
            new("django", $"CONN_MAX_AGE = {n} and CONN_HEALTH_CHECKS = True {below}; in long tasks call django.db.close_old_connections() before touching the database again."),
            new("celery", $"A task that computes for hours calls django.db.connections.close_all() (or engine.dispose()) before its last queries; CONN_MAX_AGE = 0 for workers."),
            new("pymysql", "Connect for each unit of work, or call conn.ping(reconnect=True) once before the first query after a pause."),
            new("aiomysql", $"create_pool(..., pool_recycle={n}) {below}."),
            new("laravel", "Long-running workers: DB::reconnect() (or DB::purge()) before the first query of a job; queue:work --max-time below the limit."),
            new("doctrine", "Long-running workers: $connection->close() before the first query of a message; it reconnects by itself."),
            new("pdo", "Do not keep a PDO object over long pauses: open it when the work begins; PDO::ATTR_PERSISTENT off for workers."),
            new("rails", $"database.yml: idle_timeout: {n} {below}; in own loops ActiveRecord::Base.connection_pool.with_connection per unit of work."),
            new("hikari", $"maximumPoolSize kept, maxLifetime = {n}000 ms {below}, keepaliveTime below that."),
            new("jdbc", $"The pool's maximum lifetime (HikariCP maxLifetime, DBCP2 maxConnLifetimeMillis, Tomcat maxAge, c3p0 maxConnectionAge, Druid maxEvictableIdleTimeMillis) = {n} s {below}, with a test on borrow. Not autoReconnect=true: it loses session state."),
            new("spring", $"spring.datasource.hikari.max-lifetime={n}000 {below}."),
            new("go", $"db.SetConnMaxLifetime({n} * time.Second) and db.SetConnMaxIdleTime below it {below}."),
            new("node", $"mysql2 createPool({{ idleTimeout: {n}000, maxIdle: 0 or few, enableKeepAlive: true }}) {below}; handle PROTOCOL_CONNECTION_LOST by taking a new connection from the pool."),
            new("sequelize", $"pool: {{ idle: {n}000, evict: 1000 }} {below}."),
            new("dotnet", $"Connection string: ConnectionLifeTime={n};ConnectionIdleTimeout={n} {below}."),
            new("sqlx", $"MySqlPoolOptions::new().max_lifetime(Duration::from_secs({n})).idle_timeout(Duration::from_secs({n})) {below}; keep test_before_acquire(true)."),
            new("perl", "Connect when the work begins; $dbh->ping or die and connect again after a pause. mysql_auto_reconnect loses session state silently."),
            new("do not", "Do not raise wait_timeout to a year (dead sessions pile up to max_connections), and do not ping before every statement (a round trip each, and still a gap between ping and query)."),
        ];
    }

    /// <summary>A connection belongs to one process.</summary>
    public static List<Fix> OnePerProcess() =>
    [
        new("any", "Open connections after the fork, one set per process; in the child throw inherited ones away without closing them."),
        new("uwsgi", "uwsgi.ini: lazy-apps = true; or from uwsgidecorators import postfork and call engine.dispose(close=False) in a @postfork function."),
        new("gunicorn", "preload_app = False, or def post_fork(server, worker): engine.dispose(close=False) in gunicorn.conf.py."),
        new("celery", "Connect in the worker_process_init signal, not at import; engine.dispose(close=False) there."),
        new("sqlalchemy", "engine.dispose(close=False) at the start of each child, or poolclass=NullPool in the parent."),
        new("django", "django.db.connections.close_all() before the fork; nothing may query at import time."),
        new("rails", "puma: before_fork { ActiveRecord::Base.connection_handler.clear_all_connections! }, on_worker_boot { ActiveRecord::Base.establish_connection }."),
        new("php", "pcntl_fork: connect in the child, after the fork; never let a child run the destructor of an inherited connection."),
        new("perl", "$dbh->{AutoInactiveDestroy} = 1; connect in the child."),
        new("do not", "Raising wait_timeout or max_allowed_packet changes nothing here; an empty server log proves nothing: out-of-order packets and a child's COM_QUIT are not logged."),
    ];

    /// <summary>A connection is used by one thread at a time.</summary>
    public static List<Fix> OnePerThread() =>
    [
        new("any", "One connection per thread or task, taken from a pool for each unit of work; never a module-wide handle."),
        new("sqlalchemy", "scoped_session or a Session per request; never one Session or Connection in two threads."),
        new("pymysql", "PyMySQL connections are not thread-safe (threadsafety = 1): one per thread."),
        new("node", "Use the pool (pool.query), not one connection shared by all requests with transactions."),
        new("dotnet", "One MySqlConnection per operation; the pool makes that cheap. One DbContext per request."),
        new("go", "Close rows before the next query on the same Tx or Conn; use *sql.DB for concurrency."),
    ];

    /// <summary>Nothing was sent yet: connecting again is always safe.</summary>
    public static List<Fix> RetryConnect(string what) =>
    [
        new("any", what + " Retry the connect with a growing pause: nothing has been sent, so it is always safe."),
    ];
}
