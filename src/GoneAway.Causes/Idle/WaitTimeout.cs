using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Idle;

/// <summary>The server closed a connection that was idle for longer than wait_timeout.</summary>
public sealed class WaitTimeout : Cause
{
    // Values that people and distributions set, in seconds.
    private static readonly int[] Usual = [60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

    public override string Name => "wait-timeout";
    public override CauseGroup Group => CauseGroup.Idle;
    public override string Title => "The server closed the connection because it had been idle for longer than wait_timeout.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection never got past the login; connect_timeout rules there, not wait_timeout", connection.At(connection.First.Packet));
        string variable = connection.Identity.Interactive ? "interactive_timeout" : "wait_timeout";
        // MariaDB has the number for another error, and routines can signal it: it is this only where no statement is answered by it.
        if (!connection.Identity.IsMariaDb && FinalErrorOf(connection, ErrorCode.ClientInteractionTimeout) is { } error && (error.Unsolicited || error.Sequence == 0))
            return Announced(connection, error, variable);
        if (connection.Ending is not { } ending)
            return No("nobody closed the connection", connection.At(connection.Last.Packet));
        if (ending.Quit is { } quit)
            return No("the client said COM_QUIT", connection.At(quit.Packet));
        if (ending.By == Side.Client)
            return No("the client's side closed, not the server's", connection.At(ending.At.Packet));
        if (connection.Errors.Count > 0 && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1))
            return No($"the server closed with error {connection.Errors[^1].Code}", connection.At(connection.Errors[^1].At.Packet));
        if (connection.PendingAtEnd() is { } pending)
            return No($"the connection was not idle: {pending.Name} was pending", connection.At(pending.At.Packet));
        if (ending.IdleBefore < TimeSpan.FromSeconds(0.9))
            return No($"the connection had been idle for only {Spans.Show(ending.IdleBefore)}; wait_timeout is 1 s at least", connection.At(ending.At.Packet));
        return Silent(connection, ending, variable, @case);
    }

    private static Examination.Matched Announced(Timeline connection, ServerError error, string variable)
    {
        TimeSpan idle = connection.Ending?.IdleBefore ?? TimeSpan.Zero;
        return new Examination.Matched
        {
            Grade = Grade.Proven,
            Summary = $"The server closed the connection after {Spans.Show(idle)} without a command and said so (error 4031): {variable}.",
            ClosedBy = ClosedBy.Server,
            Evidence = [EvidenceOf(connection, error), .. Idle(connection), EndOf(connection)],
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Fix = Fixes(idle, variable),
        };
    }

    private static Examination Silent(Timeline connection, Ending ending, string variable, Case @case)
    {
        double idle = ending.IdleBefore.TotalSeconds;
        bool? announces = Versions.AnnouncesIdleClose(connection.Identity);
        if (connection.Work.Settings.TryGetValue(variable, out SettingSeen setting) && setting.Number is { } limit)
        {
            if (idle < limit - 0.5)
                return No($"the session's {variable} is {limit:0} s, the connection was idle for only {Spans.Show(ending.IdleBefore)}", connection.At(setting.At.Packet));
            if (idle < limit * 1.02 + 1.5 && announces != true)
                return Found(connection, ending, variable, Grade.Likely, new Evidence($"the session's {variable} is {limit:0} s", connection.At(setting.At.Packet)), []);
        }
        if (announces == true && !connection.HasGaps && connection.Stage == Stage.Commands)
            return No($"MySQL {connection.Identity.ServerVersion} says error 4031 before it closes an idle connection, and said nothing", connection.At(ending.At.Packet));
        // MariaDB with a thread per connection ends an idle session by RST; little else makes a server do that with nothing in flight.
        bool mariaDbStyle = connection.Identity.IsMariaDb && ending.Kind == EndKind.Reset && Fraction(idle) < 0.1 && ending.Ttl != 0 && ending.Ttl == connection.ServerActivity.UsualTtl;
        bool usual = Usual.Any(value => idle >= value - 0.05 && idle < value + 1.1);
        bool likely = mariaDbStyle && !connection.Work.InTransaction || usual && idle > 28000;
        string[] rivals = connection.Identity.IsMariaDb && ending.Kind == EndKind.Reset
            ? ["idle-transaction-timeout", "reset-injected"]
            : ["proxy-idle-timeout", "killed", "server-restart"];
        if (!likely && Surroundings.EndedTogether(connection, ending, @case))
            return new Examination.NotEnough(Surroundings.NoTimer, Collect(connection, rivals));
        return Found(connection, ending, variable, likely ? Grade.Likely : Grade.Possible,
            mariaDbStyle ? new Evidence("a bare RST at a whole number of idle seconds: MariaDB's way to end an idle session", connection.At(ending.At.Packet)) : null, rivals);
    }

    private static Examination.Matched Found(Timeline connection, Ending ending, string variable, Grade grade, Evidence? more, string[] rivals)
    {
        var evidence = new List<Evidence>(Idle(connection)) { EndOf(connection) };
        if (more is not null)
            evidence.Insert(0, more);
        return new Examination.Matched
        {
            Grade = grade,
            Summary = $"The server's side closed the connection, silently, after {Spans.Show(ending.IdleBefore)} without a command" + (grade == Grade.Likely ? $": {variable}." : $": {variable} if it has that value."),
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Rivals = rivals,
            Fix = Fixes(ending.IdleBefore, variable),
            CollectNext = [Collect(connection, rivals)],
        };
    }

    private static NextStep Collect(Timeline connection, string[] rivals) => new(
        $"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES LIKE '%timeout'; SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime','Com_kill','Aborted_clients')\"", ["wait-timeout", .. rivals]);

    private static IEnumerable<Evidence> Idle(Timeline connection)
    {
        if (connection.Work.LastAnswered is { ResponseEnd: { } answered } last)
            yield return new Evidence($"last command: {last.Name}{(last.Text is null ? "" : " " + (last.Text.Length > 60 ? last.Text[..60] + "…" : last.Text))}, answered completely", connection.At(answered.Packet));
    }

    private static double Fraction(double seconds) => Math.Abs(seconds - Math.Round(seconds));

    private static Fix[] Fixes(TimeSpan idle, string variable) =>
    [
        new("any", $"Let the pool retire connections before the server does: maximum idle or life time below {Math.Max(1, Math.Floor(idle.TotalSeconds)):0} s (and below every proxy's and firewall's), and test a connection when it is borrowed."),
        new("django", "CONN_MAX_AGE below the limit and CONN_HEALTH_CHECKS = True; in a long task call django.db.close_old_connections() (or connection.close()) before touching the database again."),
        new("sqlalchemy", "create_engine(..., pool_recycle=N, pool_pre_ping=True) with N below the limit."),
        new("server", $"Raise {variable} only for the account or session that needs it (SET SESSION wait_timeout = ...). SET GLOBAL changes new sessions only. A year-long global value collects dead sessions until max_connections is full."),
    ];

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        string variable = loss.Connection?.Identity.Interactive == true ? "interactive_timeout" : "wait_timeout";
        Fact? limit = @case.Setting(variable);
        Sighting? said = loss.Said(4031) ?? loss.Find(Sign.AbortedInactivity);
        if (said is not null)
            return Told(Grade.Proven, $"The server closed the connection because it had been idle for longer than wait_timeout{(limit is null ? "" : $" ({limit.Value} s)")}, and said so.", ClosedBy.Server, [said, loss.Told, limit]);
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 145, SequenceReceived: null or 0 }) is { } unasked)
            return Told(Grade.Proven, "The 'packet out of order' of 145 bytes is the server's error 4031 (closed because of inactivity), which the driver met at its next query: wait_timeout.", ClosedBy.Server, [unasked, limit]);
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: > 0 }) is { } other)
            return No(other.Size == 145 ? "the unexpected packet has another number than the server's own word, which has 0" : $"the unexpected packet has {other.Size} bytes; error 4031 has 145", other.Source);
        Fact? session = @case.All(FactKind.Application, ApplicationSetting.SessionWaitTimeout).FirstOrDefault();
        double? seconds = session?.Number ?? limit?.Number;
        // SET GLOBAL changes new sessions only: one that was opened before keeps what the server was started with.
        Fact? started = session is null && limit?.Kind == FactKind.Variable && seconds is { } now && loss.Connection?.Work.Settings.ContainsKey(variable) != true
            ? @case.Facts.LastOrDefault(f => f is { Kind: FactKind.Option, Scope: "mysqld", Number: > 0 } && f.Name == variable && f.Number < now)
            : null;
        Sighting? aborted = loss.Find(Sign.AbortedReadTimeout);
        if (aborted is not null && loss.At is { } at && seconds is { } longest && session is null
            && @case.Near(loss, TimeSpan.FromSeconds(longest), TimeSpan.Zero, Sign.ServerReady, Sign.ServerStarting) is { At: { } ready } begun && (at - ready).TotalSeconds < longest - 1)
            return Told(Grade.Possible, $"The server's own read timer ended the session (Got timeout reading communication packets), but the server had started only {Spans.Show(at - ready)} before, and wait_timeout is {longest:0} s: the session had another limit, or another timer ran.",
                ClosedBy.Server, [aborted, begun, limit], "idle-transaction-timeout", "slow-writer");
        if (aborted is not null && seconds > Testimony.IdleAtEnd(loss, aborted)?.TotalSeconds * 1.1 + 2)
            return Told(Grade.Possible, $"The server's own read timer ended the session (Got timeout reading communication packets), {Spans.Show(Testimony.IdleAtEnd(loss, aborted)!.Value)} after the session's last use as the application tells it; wait_timeout is {seconds:0} s: another timer ran, or the clocks differ.",
                ClosedBy.Server, [aborted, session ?? limit, loss.Told], "idle-transaction-timeout", "slow-writer");
        if (aborted is not null)
            return Told(seconds is { } known && RanFor(loss, aborted, known, Testimony.IsMariaDb(loss, @case) == false) ? Grade.Proven : Grade.Likely, $"The server's own idle timer ended the session (Got timeout reading communication packets): wait_timeout{(seconds is null ? "" : $" = {seconds:0} s")}.",
                ClosedBy.Server, [loss.Find(Sign.LongerThanWaitTimeout, Sign.LastPacketAge) ?? loss.Told, aborted, session ?? limit], Testimony.IsMariaDb(loss, @case) == false ? ["slow-writer"] : ["idle-transaction-timeout", "slow-writer"]);
        if (loss.Idle is { } idle && loss.Connection is null)
        {
            string stated = $"the connection had been idle for {Spans.Show(idle.Time)}";
            if (started?.Number is { } older && idle.Time.TotalSeconds >= older - 1 && idle.Time.TotalSeconds < seconds - 1)
                return Before(started, limit!, stated, [loss.Told]);
            if (seconds is { } wait)
                return idle.Time.TotalSeconds < wait - 1
                    ? No($"{stated}; {variable} is {wait:0} s", (session ?? limit)!.Source)
                    : Told(Grade.Likely, $"The server had closed the connection: {stated}, {variable} is {wait:0} s.", ClosedBy.Server, [session ?? limit, loss.Told], "proxy-idle-timeout", "nat-idle-timeout");
            if (loss.Find(Sign.LongerThanWaitTimeout) is { } longer)
                return Told(Grade.Likely, $"The driver compared: {stated}, longer than the server's wait_timeout.", ClosedBy.Server, [longer], "proxy-idle-timeout");
            if (idle.Time < TimeSpan.FromSeconds(1))
                return No($"{stated}; wait_timeout is 1 s at least", idle.Source);
            return Open($"{variable}: {stated}");
        }
        if (loss.Connection is { Ending: { By: Side.Server, Quit: null } ending } connection && connection.PendingAtEnd() is null && seconds is { } value)
        {
            if (started?.Number is { } older && ending.IdleBefore.TotalSeconds >= older - 1 && ending.IdleBefore.TotalSeconds < older * 1.02 + 2)
                return Before(started, limit!, $"the connection had been idle for {Spans.Show(ending.IdleBefore)}", [EndOf(connection)]);
            return ending.IdleBefore.TotalSeconds < value - 1 && session is null
                ? No($"idle for {Spans.Show(ending.IdleBefore)}; {variable} is {value:0} s", limit!.Source)
                : ending.IdleBefore.TotalSeconds < value * 1.02 + 2
                    ? Told(Grade.Likely, $"The server closed the connection after {Spans.Show(ending.IdleBefore)} idle; {variable} is {value:0} s.", ClosedBy.Server, [session ?? limit])
                    : Open($"the idle time is longer than {variable} by far");
        }
        return Open(seconds is { } only ? $"how long the connection had been idle ({variable} is {only:0} s)" : "how long the connection had been idle, and wait_timeout");
    }

    /// <summary>The session had been idle for that many seconds when the server ended it. MySQL has no other timer for idle sessions.</summary>
    private static bool RanFor(Loss loss, Sighting aborted, double limit, bool isMySql) => Testimony.IdleAtEnd(loss, aborted) is { TotalSeconds: var ran }
        ? ran >= limit - 2 && (isMySql || ran < limit * 1.02 + 5)
        : isMySql && loss.Idle?.Time.TotalSeconds >= limit - 1;

    private static Examination.Matched Before(Fact started, Fact now, string stated, ReadOnlySpan<object?> more) =>
        Told(Grade.Likely, $"The server had closed the connection: {stated}. {started.Name} is {now.Value} s now, but the server was started with {started.Value} s: SET GLOBAL changes new sessions only, and this one was opened before it.",
            ClosedBy.Server, [started, now, .. more], "proxy-idle-timeout", "nat-idle-timeout");

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => Causes.Remedies.ShorterIdle(@case.Setting("wait_timeout")?.Number ?? loss.Idle?.Time.TotalSeconds);

    public override string Page => """
        ## What happens
        A session that sends no command for `wait_timeout` seconds (28800) is closed by the server; `interactive_timeout` takes its place
        when the client logged in with CLIENT_INTERACTIVE (the mysql client does). The application notices at its *next* query:
        2006 `MySQL server has gone away`, or 2013, by driver and race. MySQL 8.0.24 and newer first send error 4031; drivers that do not
        expect it say `Packets out of order ... Packet size=145` (145 is that error's length), `unexpected read from socket`,
        `got packets out of order. Expected 1 but received 0`.

        ## Evidence
        - MySQL from 8.0.24: ERR 4031, sequence 0, unasked, then FIN. That is proof.
        - Older MySQL: a bare FIN; MariaDB (one thread per connection): a bare RST, both at wait_timeout + 0 to 1 s after the last answer.
        - Log (Note, verbosity 3): MY-010914 `Aborted connection ... (The client was disconnected by the server because of inactivity.)`,
          MY-013730; 5.7 and MariaDB: `(Got timeout reading communication packets)`. `Aborted_clients` moves.
        - The value that counts is the *session's*: set at login from the global value, changed by SET SESSION, never by a later SET GLOBAL.

        ## Looks like it, but is not
        - A proxy in front (HAProxy `timeout client`/`server`, 50 s to 1 h) closes by FIN without 4031: `proxy-idle-timeout`.
        - A NAT or firewall that forgets the flow: no close at all, retransmissions into the void: `nat-idle-timeout`.
        - KILL and a restart close idle connections too: one at any time, or all at one moment: `killed`, `server-restart`.
        - A MySQL of 8.0.24 or newer that closes in silence did not do it because of wait_timeout.
        - An open transaction on MariaDB: `idle-transaction-timeout`.

        ## Fix
        Shorten the pool's idle time below the shortest limit on the path; check on borrow. For a worker that computes for hours: close
        before, open after. Do not raise wait_timeout to a year (leaked sessions then stay), and do not ping before every statement:
        it doubles the round trips and still leaves a gap between ping and query.

        ## References
        - MySQL manual, `wait_timeout`, `interactive_timeout`, error 4031; 8.0.24 release notes; `sql-common/net_serv.cc`.
        - MariaDB: `sql/sql_class.cc` (get_net_wait_timeout), `sql/net_serv.cc`.
        """;
}
