using System.Buffers;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>What a container or pod does for a connection, by its name or image.</summary>
internal enum ContainerRole : byte
{
    /// <summary>Neither its name nor its image tells.</summary>
    Unknown,
    Server,
    Proxy,
    /// <summary>Something else: an application, most likely.</summary>
    Other,
}

/// <summary>Tells containers of servers from those of proxies and applications.</summary>
internal static class Containers
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly string[] Proxies = ["haproxy", "proxysql", "maxscale", "mysql-router", "mysqlrouter", "mysql-proxy", "cloud-sql-proxy", "cloudsql-proxy", "cloud-sql", "istio-proxy", "envoy", "linkerd-proxy", "stunnel", "pgbouncer", "toxiproxy"];
    private static readonly string[] NotServers = ["phpmyadmin", "adminer", "exporter", "mysql-client", "mysql-backup", "mysqldump", "backup", "mysql-operator", "mysql-init", "init-mysql", "orchestrator", "metrics", "logical-backup"];
    private static readonly string[] Servers = ["mysql", "mariadb", "percona", "pxc", "galera", "tidb", "aurora", "vttablet", "innodb"];

    public static ContainerRole Role(string? name, string? image = null)
    {
        if (name is null && image is null)
            return ContainerRole.Unknown;
        foreach (string? one in (ReadOnlySpan<string?>)[image, name])
            if (one is not null)
            {
                if (HasAny(one, Proxies))
                    return ContainerRole.Proxy;
                if (HasAny(one, NotServers))
                    return ContainerRole.Other;
                if (HasAny(one, Servers))
                    return ContainerRole.Server;
            }
        // "db", "myapp_db_1", "database-0": so people call it, whatever the server is.
        if (image is null && name is not null && HasWord(name))
            return ContainerRole.Server;
        return name is not null && image is null && IsId(name) ? ContainerRole.Unknown : ContainerRole.Other;
    }

    /// <summary>
    /// Its death as a sighting of its role: of a server or of what is not known <see cref="Sign.UnitDied"/>, of a proxy
    /// <see cref="Sign.ProxyReloaded"/>, of an application <see cref="Sign.WorkerKilled"/>.
    /// </summary>
    public static Sighting Death(Sighting of, ContainerRole role, string? subject, string state, int? code)
    {
        Sign sign = role switch { ContainerRole.Proxy => Sign.ProxyReloaded, ContainerRole.Other => Sign.WorkerKilled, _ => Sign.UnitDied };
        return of with { Sign = sign, Subject = subject, State = state, Code = code, Worker = role == ContainerRole.Other ? subject : null };
    }

    /// <summary>An end that was asked for.</summary>
    public static Sighting Stop(Sighting of, ContainerRole role, string? subject, string? state, int? code = null)
    {
        Sign sign = role switch { ContainerRole.Proxy => Sign.ProxyReloaded, ContainerRole.Other => Sign.WorkerKilled, _ => Sign.UnitStopping };
        return of with { Sign = sign, Subject = subject, State = state, Code = code, Worker = role == ContainerRole.Other ? subject : null };
    }

    private static bool HasAny(string text, string[] words)
    {
        foreach (string word in words)
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static bool HasWord(string name)
    {
        foreach (Range part in name.AsSpan().SplitAny("-_/. "))
            if (name.AsSpan(part) is "db" or "database" or "DB" or "rdbms" or "sql" or "maria")
                return true;
        return false;
    }

    public static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);

    private static bool IsId(string name) => name.Length is >= 12 and <= 64 && IsHex(name);
}
