using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>A piece of evidence that could be collected, what it would decide, and what it costs to get.</summary>
/// <param name="Cost">1: one command that anyone may run; 4: must run while the next loss happens.</param>
internal sealed record Probe(double Cost, string[] Decides, Func<Site, string> Command, Func<Loss, Case, bool> IsKnown)
{
    private static readonly string[] AnyLoss =
    [
        "wait-timeout", "proxy-idle-timeout", "nat-idle-timeout", "idle-transaction-timeout", "packet-too-large", "slow-reader", "slow-writer", "killed", "client-read-timeout",
        "client-vanished", "used-after-close", "shared-after-fork", "shared-between-threads", "stray-bytes", "not-mysql-traffic", "proxy-protocol-header", "wrong-port",
        "commands-out-of-sync", "corrupted-packets", "reset-injected", "network-loss", "mtu-black-hole", "mesh-server-first", "handshake-timeout", "dns-lookup", "tls-mismatch",
        "listen-queue-overflow", "tunnel-target-refused",
    ];

    /// <summary>The packets of the next loss: dear, and the nearest to proof.</summary>
    public static Probe Capture { get; } = new(4, AnyLoss,
        static site => $"tcpdump -i any -s 0 -w lost.pcap port {site.Port}   (on the client's host, until the next loss; then goneaway explain lost.pcap)",
        static (loss, _) => loss.Connection is not null);

    public static IReadOnlyList<Probe> All { get; } =
    [
        new(1, ["server-restart", "server-crash", "server-oom-killed", "killed", "too-many-connections", "table-corruption", "failover"],
            static site => $"{site.Client} -e \"SELECT NOW(); SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime','Com_kill','Aborted_clients','Aborted_connects','Max_used_connections','Connection_errors_max_connections')\"",
            static (_, @case) => @case.Counter("Uptime").Count > 0 && @case.Counter("Com_kill").Count > 0),
        new(1, ["wait-timeout", "packet-too-large", "idle-transaction-timeout", "slow-reader", "slow-writer", "dns-lookup", "handshake-timeout", "offline-mode", "nat-idle-timeout", "proxy-idle-timeout"],
            static site => $"{site.Client} -e \"SHOW GLOBAL VARIABLES WHERE Variable_name REGEXP 'timeout|max_allowed_packet|max_conn|skip_name|offline|read_only|log_error|log_warnings|version'\"",
            static (_, @case) => @case.Facts.Any(static f => f is { Kind: FactKind.Variable, Name: "wait_timeout" }) && @case.Facts.Any(static f => f is { Kind: FactKind.Variable, Name: "max_allowed_packet" })),
        new(1.2, ["server-restart", "server-crash", "server-oom-killed", "table-corruption", "server-stalled", "server-not-ready", "failover", "offline-mode", "wait-timeout", "packet-too-large", "slow-reader",
            "client-vanished", "handshake-timeout", "dns-lookup", "host-blocked", "too-many-connections", "out-of-descriptors", "out-of-threads", "memory-limit", "init-connect-failed", "not-mysql-traffic"],
            static site => $"grep -nE 'Aborted connection|communication packets|shutdown|SHUTDOWN|ready for connections|got signal|Assertion|corrupt|crashed|No space|Too many|WSREP|read.only|memory limit' {site.ErrorLog} | tail -200",
            static (_, @case) => @case.Sightings.Any(static s => s.Origin == Origin.Server && s.Sign != Sign.SessionSeen)),
        new(1.5, ["wait-timeout", "packet-too-large", "slow-reader", "client-vanished", "idle-transaction-timeout", "slow-writer"],
            static site => $"{site.Client} -e \"SET GLOBAL log_error_verbosity = 3\"   (MySQL 5.7 and newer; MariaDB and older: SET GLOBAL log_warnings = 2; then the error log after the next loss)",
            static (loss, @case) => !@case.Sightings.Any(static s => s.Origin == Origin.Server) || loss.Sightings.Any(static s => s.Origin == Origin.Server)),
        new(1.3, ["server-oom-killed", "server-crash", "server-restart", "network-loss", "nat-idle-timeout", "client-vanished", "server-stalled"],
            static site => $"journalctl -k{site.Around} | grep -iE 'killed process|out of memory|conntrack|link is|segfault|I/O error'; journalctl -u {site.Unit}{site.Around}",
            static (_, @case) => @case.Sightings.Any(static s => s.Origin == Origin.System)),
        new(1.4, ["proxy-idle-timeout", "proxy-query-timeout", "proxy-backend-down", "proxy-reload", "proxy-queue-full", "client-vanished", "reset-injected"],
            static site => $"journalctl -u haproxy{site.Around}; cat /etc/haproxy/haproxy.cfg   (the proxy's log and configuration, where one stands before the server)",
            static (_, @case) => @case.Sightings.Any(static s => s.Origin == Origin.Proxy) && @case.Facts.Any(static f => f.Kind == FactKind.Proxy)),
        new(1.5, ["shared-after-fork", "stray-bytes", "shared-between-threads", "used-after-close"],
            static _ => "goneaway inspect   (on the application's host, while it runs)",
            static (_, @case) => @case.Sightings.Any(static s => s.Origin == Origin.Process)),
        new(1.5, ["host-blocked", "dns-lookup", "host-not-allowed", "handshake-timeout"],
            static site => $"{site.Client} -e \"SELECT IP, HOST, SUM_CONNECT_ERRORS, COUNT_HANDSHAKE_ERRORS, COUNT_NAMEINFO_TRANSIENT_ERRORS, LAST_ERROR_SEEN FROM performance_schema.host_cache\"",
            static (_, @case) => @case.Facts.Any(static f => f.Kind == FactKind.HostCache)),
        new(1, ["not-listening", "listen-queue-overflow", "network-loss", "tunnel-target-refused", "server-not-ready"],
            static site => $"ss -ltn 'sport = :{site.Port}'; nstat -az TcpExtListenOverflows TcpExtListenDrops   (on the server)",
            static (_, _) => false),
        Capture,
    ];
}
