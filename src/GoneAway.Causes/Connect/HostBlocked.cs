using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>The server has had enough broken handshakes from this address.</summary>
public sealed class HostBlocked : Cause
{
    public override string Name => "host-blocked";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server blocks the client's address after too many interrupted handshakes.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, ErrorCode.HostIsBlocked) is not { } error)
            return No("the server sent no ERR 1129", connection.Opening.Greeting is { } greeting ? connection.At(greeting.Packet) : connection.Source);
        if (connection.Stage == Stage.Commands)
            return No($"error {error.Code} answered a command of a session that was logged in", connection.At(error.At.Packet));
        int broken = @case.Endings.Count(e => !e.Clean && !e.LoggedIn && e.Server.Equals(connection.Server) && e.Client.Address.Equals(connection.Client.Address) && e.At < error.At.At);
        var evidence = new List<Evidence> { EvidenceOf(connection, error) };
        if (broken > 0)
            evidence.Add(new Evidence($"{broken} connections from {connection.Client.Address} had ended before logging in earlier in the same evidence", connection.Source));
        return new Examination.Matched
        {
            Grade = Grade.Proven,
            Summary = $"The server refuses {connection.Client.Address}: too many of its handshakes were broken off (max_connect_errors), by health checks, port scans or a failing client.",
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(error.Code, error.Message),
            Fix =
            [
                new Fix("server", "TRUNCATE TABLE performance_schema.host_cache (or FLUSH HOSTS; mariadb-admin flush-hosts) lets the address in again at once. Then stop the source, else it comes back."),
                new Fix("haproxy", "Replace a bare `check` by one that logs in (`option mysql-check user ...`; on MySQL 9 a tcp-check that reads the greeting or an external check): a TCP connect that closes counts as a broken handshake."),
            ],
            CollectNext = [new NextStep("mysql -e \"SELECT ip, host, sum_connect_errors, count_handshake_errors, first_error_seen, last_error_seen FROM performance_schema.host_cache ORDER BY sum_connect_errors DESC LIMIT 10\"", ["host-blocked"])],
        };
    }

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? said = loss.Said(1129) ?? loss.Find(Sign.HostBlockedLogged);
        if (said is not null)
            return Told(Grade.Proven, "The server blocks this client's host: too many of its connects broke off before the login (max_connect_errors).", ClosedBy.Server, [said, @case.Setting("max_connect_errors"), .. @case.Facts.Where(static f => f is { Kind: FactKind.HostCache, Name: "SUM_CONNECT_ERRORS" }).Take(2)]);
        if (@case.Setting("skip_name_resolve") is { Value: "ON" or "1" } skip)
            return No("with skip_name_resolve the server blocks no host", skip.Source);
        if (@case.Setting("host_cache_size") is { Value: "0" } off)
            return No("without a host cache the server blocks no host", off.Source);
        Fact? worst = @case.Facts.Where(static f => f is { Kind: FactKind.HostCache, Name: "SUM_CONNECT_ERRORS" }).MaxBy(static f => f.Number);
        if (worst?.Number is { } errors && @case.Setting("max_connect_errors")?.Number is { } limit)
            return errors < limit
                ? No($"at most {errors:0} connect errors of one host are counted, {limit:0} block it", worst.Source)
                : Told(Grade.Likely, $"{errors:0} connect errors are counted for {worst.Scope}; from {limit:0} on the server refuses the host.", ClosedBy.Server, [worst]);
        return Open("whether the server answered 1129, and host_cache's counts");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "TRUNCATE TABLE performance_schema.host_cache (FLUSH HOSTS on MariaDB and older) frees it at once; find who breaks off connects: plain TCP health checks, port scans."),
        new("haproxy", "A plain tcp `check` against port 3306 counts as a connect error each time: use option mysql-check user NAME (the account needs mysql_native_password), or an external check."),
        new("do not", "Raising max_connect_errors alone only postpones it."),
    ];

    public override string Page => """
        ## What happens
        The server counts handshakes that break off, per client address, in the host cache. At `max_connect_errors` (100) it answers
        every connection from that address with 1129 in place of the greeting. Everything behind the same NAT or proxy address fails at once.
        A successful login sets the count back to zero, so the block comes where many probes meet few logins.

        ## Evidence
        - ERR 1129, sequence 0, first packet, no SQLSTATE.
        - `performance_schema.host_cache`: SUM_CONNECT_ERRORS at the limit, COUNT_HOST_BLOCKED_ERRORS rising.
        - Before it in the log: a run of bare `Got an error reading communication packets` (MySQL, verbosity 3) or
          `closed normally without authentication` (MariaDB).

        ## Looks like it, but is not
        - Wrong passwords do not count; only the handshake itself does.
        - With `skip_name_resolve=ON`, `host_cache_size=0`, or from 127.0.0.1 and ::1, blocking cannot happen.
        - MySQL Router has its own 1129 with another text (`Too many connection errors from ...`).

        ## Fix
        Unblock (TRUNCATE performance_schema.host_cache), then remove the source: health checks that connect and close, Kubernetes
        tcpSocket probes, load balancers' TCP checks, port scanners. Let checks log in, or read the greeting and send COM_QUIT.
        Do not set `max_connect_errors` to a billion and forget it: it hides the scanner, not the cause.

        ## References
        - MySQL manual, "Host 'host_name' is blocked", "DNS Lookups and the Host Cache"; `sql/hostname_cache.cc`.
        """;
}
