using System.Collections.Frozen;

namespace GoneAway.Evidence.Server;

/// <summary>Names of variables, counters and options of all servers from 5.1 to MySQL 9.7 and MariaDB 10.11, to know them without their headings.</summary>
internal static class ServerNames
{
    private static readonly FrozenSet<string> Variables = Lines("variables").ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string> Counters = Lines("status").ToFrozenDictionary(static name => name.ToLowerInvariant(), StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, bool> Options =
        Lines("options").ToFrozenDictionary(static name => name.TrimEnd('#'), static name => name.EndsWith('#'), StringComparer.Ordinal);
    private static readonly string[] Sorted = [.. Options.Keys.Order(StringComparer.Ordinal)];

    // Prefixes of counters that come in families of which no list is complete.
    private static readonly string[] Families = ["com_", "handler_", "performance_schema_", "wsrep_", "qcache_", "ssl_", "connection_errors_", "rpl_semi_sync_", "group_replication_", "mysqlx_", "innodb_buffer_pool_", "threadpool_"];

    // Names that settings of clients, pools and other databases have as well.
    private static readonly FrozenSet<string> Shared = new[]
    {
        "autocommit", "basedir", "compression", "connect_timeout", "connections", "datadir", "flush", "hostname", "identity", "language", "license",
        "max_connections", "new", "old", "port", "pid_file", "protocol_version", "profiling", "queries", "questions", "read_only", "server_id", "socket", "ssl_ca", "ssl_cert",
        "ssl_cipher", "ssl_key", "syncs", "time_zone", "timestamp", "tmpdir", "tls_version", "uptime", "userstat", "version", "wsrep", "bind_address",
        "threads_running", "user", "log_file", "max_prepared_transactions", "keep_files_on_create", "lock_wait_timeout", "thread_pool_size", "sql_mode", "init_file",
        "read_buffer_size", "join_buffer_size", "sort_buffer_size", "net_read_timeout", "net_write_timeout", "debug", "event_scheduler", "character_set_client",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsVariable(string name) => Variables.Contains(name.ToLowerInvariant());

    /// <summary>A counter's name as documented.</summary>
    public static bool IsCounter(string name, out string documented)
    {
        string lower = name.ToLowerInvariant();
        if (Counters.TryGetValue(lower, out documented!))
            return true;
        documented = name;
        return !Variables.Contains(lower) && Families.Any(family => lower.StartsWith(family, StringComparison.Ordinal)) && lower.Length > 5 && !lower.StartsWith("ssl_", StringComparison.Ordinal);
    }

    /// <summary>True when the name alone says that the setting is a MySQL server's.</summary>
    public static bool IsTelling(string name)
    {
        string lower = name.ToLowerInvariant();
        return !Shared.Contains(lower) && lower.Contains('_') && (Variables.Contains(lower) || Counters.ContainsKey(lower));
    }

    public static bool IsKnown(string name) => IsVariable(name) || IsCounter(name, out _);

    /// <summary>An option that takes a number.</summary>
    public static bool IsNumeric(string option) => Options.TryGetValue(option, out bool number) && number;

    public static IReadOnlyList<string> AllOptions => Sorted;

    public static bool IsOption(string option) => Options.ContainsKey(option);

    /// <summary>The one option that begins so; null when there is none or more than one.</summary>
    public static string? ByPrefix(string prefix)
    {
        int at = Array.BinarySearch(Sorted, prefix, StringComparer.Ordinal);
        if (at >= 0)
            return prefix;
        at = ~at;
        bool first = at < Sorted.Length && Sorted[at].StartsWith(prefix, StringComparison.Ordinal);
        bool second = at + 1 < Sorted.Length && Sorted[at + 1].StartsWith(prefix, StringComparison.Ordinal);
        return first && !second ? Sorted[at] : null;
    }

    private static IEnumerable<string> Lines(string resource)
    {
        using Stream stream = typeof(ServerNames).Assembly.GetManifestResourceStream("Names." + resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
                yield return line;
    }
}
