namespace GoneAway.Evidence.Options;

/// <summary>Which programs read a group.</summary>
internal static class OptionGroups
{
    /// <summary>Scope of what the server reads, whatever its group.</summary>
    public const string Server = "mysqld";

    // Groups that only the option files of MySQL and MariaDB have.
    private static readonly string[] Own =
    [
        "mysqld", "mysqld_safe", "safe_mysqld", "mysqld_multi", "mysqldump", "mysqladmin", "mysqlbinlog", "mysqlcheck", "mysqlimport", "mysqlshow", "mysqlslap", "mysqlhotcopy", "mysql_upgrade", "mysqldumpslow",
        "myisamchk", "isamchk", "mysql_cluster", "ndbd", "ndb_mgmd", "mysql.server", "mysqlpump", "mysqlsh", "mariadb", "mariadbd", "mariadb-dump", "mariadb-admin", "mariadb-check", "mariadb-import", "mariadbd-safe", "mariadb-upgrade",
        "client-server", "client-mariadb", "mariadb-client", "mysql-client", "mariabackup", "xtrabackup", "aria_chk", "mytop",
    ];

    // Groups that other programs' files may have as well.
    private static readonly string[] Shared = ["client", "server", "mysql", "galera", "sst", "embedded", "innotop"];

    private static readonly string[] Servers = ["mysqld", "server", "mariadb", "mariadbd", "client-server", "galera", "mysql_cluster"];
    private static readonly string[] MariaDbOnly = ["mariadb", "mariadbd", "client-server", "galera"];

    public static bool IsOwn(string group) => Own.Contains(group) || group.StartsWith("mysqld", StringComparison.Ordinal) || group.StartsWith("mariadb-", StringComparison.Ordinal) || group.StartsWith("mariadbd", StringComparison.Ordinal);

    public static bool IsShared(string group) => Shared.Contains(group);

    public static bool IsServer(string group) => Array.IndexOf(Servers, Base(group, out _)) >= 0;

    public static bool IsClient(string group) => group is "client" or "mysql" or "mysqldump" or "client-mariadb" or "mariadb-client" or "mariadb-dump" or "mysqladmin" or "mysqlimport";

    /// <summary>Splits <c>mysqld-8.0</c>.</summary>
    public static string Base(string group, out string? version)
    {
        int dash = group.LastIndexOf('-');
        bool versioned = dash > 0 && dash + 1 < group.Length && char.IsAsciiDigit(group[dash + 1]);
        version = versioned ? group[(dash + 1)..] : null;
        return versioned ? group[..dash] : group;
    }

    /// <summary>True when the server reads the group; null when that hangs on its version, which nobody told.</summary>
    /// <param name="version">As the running server says it.</param>
    public static bool? IsRead(string group, string? version)
    {
        string plain = Base(group, out string? wanted);
        if (!Servers.Contains(plain))
            return false;
        bool? mariaDb = version?.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        if (mariaDb == false && MariaDbOnly.Contains(plain))
            return false;
        return wanted is null ? true : version is null ? null : version.StartsWith(wanted + ".", StringComparison.Ordinal) || version.StartsWith("5.5.5-" + wanted + ".", StringComparison.Ordinal);
    }
}
