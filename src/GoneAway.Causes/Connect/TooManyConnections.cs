using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>The server, or the account, has no connection left to give.</summary>
public sealed class TooManyConnections : Cause
{
    public override string Name => "too-many-connections";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server refused the connection because its limit of connections was reached.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, ErrorCode.TooManyConnections, ErrorCode.TooManyUserConnections, ErrorCode.UserLimitReached) is not { } error)
            return connection.Opening.Greeting is { } greeting && connection.Stage == Stage.Commands
                ? No("the server took the connection: it logged in", connection.At(greeting.Packet))
                : No("the server sent no ERR 1040, 1203 or 1226", connection.Source);
        if (connection.Stage == Stage.Commands)
            return No($"error {error.Code} answered a command of a session that was logged in; it did not refuse the connection", connection.At(error.At.Packet));
        bool ofAccount = error.Code != ErrorCode.TooManyConnections;
        // A server that is shutting down answers 1040 too (mysqld: connection_events_loop_aborted).
        EndingSummary? leaving = ofAccount ? null : @case.LossesNear(connection.Server, error.At.At, TimeSpan.FromSeconds(5))
            .Where(e => e.LoggedIn && e.By == Side.Server).Cast<EndingSummary?>().FirstOrDefault();
        ConnectAttempt? away = ofAccount ? null : @case.AttemptsBetween(connection.Server, error.At.At + TimeSpan.FromSeconds(-5), error.At.At + TimeSpan.FromSeconds(30))
            .Where(a => a.Outcome == ConnectOutcome.Refused || a.Outcome == ConnectOutcome.Greeted && a.At > error.At.At && connection.Identity.ThreadId is { } own && a.ThreadId < own)
            .Cast<ConnectAttempt?>().FirstOrDefault();
        var evidence = new List<Evidence> { EvidenceOf(connection, error) };
        if (away is { } gone)
            evidence.Add(new Evidence(gone.Outcome == ConnectOutcome.Refused ? "a connect was refused around that time: it may have been shutting down" : "a later greeting has a lower thread id: it was restarted", connection.At(gone.Packet)));
        if (leaving is { } other)
            evidence.Add(new Evidence($"within 5 s the server also closed the logged-in connection of {other.Client}: it may have been shutting down", connection.At(other.Packet)));
        return new Examination.Matched
        {
            Grade = leaving is null && away is null ? Grade.Proven : Grade.Likely,
            Summary = ofAccount
                ? $"The account's own limit was reached (error {error.Code}): {error.Message}."
                : $"The server refused {connection.Client.Address} with error 1040 {(error.Sequence == 0 ? "in place of the greeting: all max_connections + 1 places were taken" : "after the login: only the place kept for administrators was free")}.",
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(error.Code, error.Message),
            Rivals = leaving is null && away is null ? [] : ["server-restart"],
            Fix =
            [
                new Fix("server", ofAccount
                    ? "Look at the account's limits (SHOW CREATE USER; max_user_connections) and raise them, or cap the pools that use it so that their sum stays below."
                    : "Find who holds the connections (SELECT user, host, COUNT(*), SUM(command = 'Sleep') FROM information_schema.processlist GROUP BY 1, 2) before raising max_connections; keep the sum of all pools' maxima below it."),
                new Fix("any", "Cap the pool per process: processes x pool size (+ overflow) must stay below max_connections. A retry at once makes it worse; back off."),
            ],
            CollectNext = [new NextStep("mysql -e \"SHOW GLOBAL STATUS WHERE Variable_name IN ('Max_used_connections','Max_used_connections_time','Uptime','Connection_errors_max_connections'); SHOW GLOBAL VARIABLES LIKE 'max_connections'\"", ["too-many-connections", "server-restart"])],
        };
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? said = loss.Said(1040, 1203, 1226) ?? loss.Find(Sign.TooManyConnectionsLogged) ?? loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 29, SequenceReceived: null or 0 or 2 });
        Fact? most = @case.LastOf("Max_used_connections"), limit = @case.Setting("max_connections");
        if (said is not null)
        {
            if (Testimony.Around(loss, @case, Sign.ShutdownRequested) is (var stop, true) && said.Code == 1040)
                return Told(Grade.Likely, "Error 1040 came while the server was shutting down, which answers so as well.", ClosedBy.Server, [said, stop], "server-restart");
            if (said.Code == 1226 && (said.Text.Contains("max_questions", StringComparison.Ordinal) || said.Text.Contains("max_updates", StringComparison.Ordinal)))
                return Told(Grade.Proven, "The account has used up what it may ask in an hour; the connection lives.", ClosedBy.Unknown, [said]) with { NotALoss = true };
            string whose = said.Code switch { 1203 => "max_user_connections of this account", 1226 => "a resource limit of this account", _ => "max_connections" };
            bool isOfProxy = said.Code is null or 1040 && loss.Find(Sign.TooManyConnectionsLogged) is null && (most?.Number < limit?.Number || @case.Sightings.Any(static s => s.Origin == Origin.Proxy));
            return Told(isOfProxy ? Grade.Likely : Grade.Proven, $"The server{(isOfProxy ? ", or a proxy before it," : "")} had no free connection: {whose} was reached.", ClosedBy.Server, [said, limit, most]);
        }
        if (most?.Number is { } used && limit?.Number is { } allowed)
            return used < allowed
                ? No($"at most {used:0} connections were in use at once since the start, {allowed:0} are allowed", most.Source)
                : Told(Grade.Possible, $"All {allowed:0} connections were in use at some time.", ClosedBy.Server, [most, limit]);
        return loss.Phases == Phases.Any || (loss.Phases & Phases.Session) != 0 ? Open("whether max_connections was reached") : Open("Max_used_connections against max_connections");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Find who holds them (SELECT user, host, command, COUNT(*) FROM information_schema.processlist GROUP BY 1,2,3): many Sleep of one user is a pool too large or a leak. Cap each pool: pools x size below max_connections."),
        new("server", "Raise max_connections only with memory for it (a few MB per busy connection); LimitNOFILE must fit; admin_port or extra_port keeps a way in."),
        new("hikari", "maximumPoolSize x instances below max_connections."),
        new("do not", "Do not raise max_connections before the leak is found: it comes later and larger."),
    ];

    public override string Page => """
        ## What happens
        All places for connections are taken. MySQL and MariaDB keep one more place than `max_connections` (151) for an administrator:
        when even that is taken the error comes *in place of the greeting*, without SQLSTATE, so some drivers garble it
        (PyMySQL 1.0 prints `ny connections`; the mariadb client says `2002 Received error packet before completion of TLS handshake`).
        When only the kept place is free, the greeting and login go normally and 1040 follows.
        Variants: 1203 (`max_user_connections`), 1226 (an hourly or per-account limit, often hit by a health check's account), with their own numbers.

        ## Evidence
        - ERR 1040 with sequence 0 as the first packet, or with sequence 2 or more after the login.
        - `Connection_errors_max_connections` and `Max_used_connections` (= max_connections + 1) with `Max_used_connections_time`.
        - Nothing in the error log: neither server writes a line for it (Percona Server does).

        ## Looks like it, but is not
        - A server that is *shutting down* answers new connections with 1040 as well: look for 1053, closed sessions, `Received SHUTDOWN`.
        - A full accept queue or a proxy's `maxconn` gives silence, not an error: see `dns-lookup`, `proxy-queue-full`.
        - `[Warning] Changed limits: max_connections: 214 (requested 500)` at start-up: the limit is lower than the file says because of `open_files_limit` (LimitNOFILE of the service).

        ## Fix
        Find the leak first: sleeping sessions by user and host. Give every pool a maximum; the sum over all processes must fit.
        Raise `max_connections` only with the memory for it (each session may take its sort, join and read buffers at once).
        Keep a way in for yourself: `admin_address`/`admin_port` (MySQL 8.0.14+), `extra_port` (MariaDB).
        Do not: shorten `wait_timeout` to seconds to get rid of sleepers; it turns one error into another.

        ## References
        - MySQL manual, "Too many connections"; `sql/conn_handler/connection_handler_manager.cc` (check_and_incr_conn_count).
        - MariaDB: `sql/mysqld.cc` (create_new_thread).
        """;
}
