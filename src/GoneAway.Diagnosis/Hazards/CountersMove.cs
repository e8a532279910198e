using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Counters of lost and refused connections that moved between two readings: it happens now.</summary>
internal sealed class CountersMove : HazardRule
{
    private static readonly (string Counter, string Cause, string Meaning, string Fix)[] Counters =
    [
        ("Aborted_clients", "client-vanished", "sessions ended without a goodbye: an idle time-out, a KILL, a client that died or just left", "see the error log with log_error_verbosity = 3 (MariaDB: log_warnings = 2) for each one's reason, or capture: tcpdump -i any -w loss.pcap port 3306"),
        ("Aborted_connects", "handshake-timeout", "connects that failed: a wrong password, a port scan, a health check that hangs up, a login that took too long", "performance_schema.host_cache tells from where; let health checks log in (haproxy: option mysql-check user ...)"),
        ("Aborted_connects_preauth", "handshake-timeout", "connects that ended before the login", "let health checks speak MySQL; look for port scans"),
        ("Connection_errors_max_connections", "too-many-connections", "connects refused with 1040", "cap the pools below max_connections"),
        ("Connection_errors_internal", "server-stalled", "connects refused for lack of threads or memory", "raise the limits of the service (LimitNPROC, TasksMax) and look at memory"),
        ("Connection_errors_accept", "too-many-connections", "accept() failed, mostly for lack of file descriptors", "LimitNOFILE of the service"),
        ("Connection_errors_select", "server-stalled", "poll() on the listening port failed", "see the error log"),
        ("Connection_errors_peer_address", "dns-lookup", "the client's address could not be had: it hung up at once", "a health check or port scan that closes right away"),
        ("Connection_errors_tcpwrap", "host-not-allowed", "connects refused by libwrap", "/etc/hosts.allow, /etc/hosts.deny"),
        ("Com_kill", "killed", "KILL was run", "who: sys.session, the general log, pt-kill, an operator"),
        ("Max_execution_time_exceeded", "statement-timeout", "SELECTs cut by max_execution_time", "the limit, or the query"),
        ("Max_statement_time_exceeded", "statement-timeout", "statements cut by max_statement_time", "the limit, or the query"),
    ];

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        double denied = known.TryMoved("Access_denied_errors", out double refusals, out _) ? refusals : 0;
        foreach ((string counter, string cause, string meaning, string fix) in Counters)
        {
            if (!known.TryMoved(counter, out double by, out TimeSpan within))
                continue;
            // MariaDB counts the refused passwords apart: an answer, no lost connection.
            if (counter == "Aborted_connects" && denied >= by)
                yield return new Hazard("access-denied", $"{by:0} logins were refused within {Spans.Show(within)} (Aborted_connects, Access_denied_errors): a wrong password in some configuration", known.Counter(counter)!.Source, "the error log tells user and host: Access denied for user ...");
            else
                yield return new Hazard(cause, $"{counter} rose by {by:0} within {Spans.Show(within)}: {meaning}", known.Counter(counter)!.Source, fix);
        }
    }
}
