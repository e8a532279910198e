using GoneAway.Model;

namespace GoneAway.Causes.Idle;

/// <summary>MariaDB closed a session that sat idle inside a transaction.</summary>
public sealed class IdleTransactionTimeout : Cause
{
    private static readonly string[] Variables = ["idle_transaction_timeout", "idle_write_transaction_timeout", "idle_readonly_transaction_timeout"];

    public override string Name => "idle-transaction-timeout";
    public override CauseGroup Group => CauseGroup.Idle;
    public override string Title => "MariaDB closed the connection because a transaction had been left open and idle.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not Stage.Commands)
            return connection.Identity.UsesTls
                ? new Examination.NotEnough("the connection is encrypted: whether a transaction was open cannot be seen", Collect(connection))
                : No("no login, no transaction", connection.At(connection.First.Packet));
        if (connection.Ending is not { By: Side.Server, Quit: null } ending)
            return No("the server did not close the connection", connection.At(connection.Last.Packet));
        if (!connection.Identity.IsMariaDb && connection.Identity.ServerVersion is { } version)
            return No($"MySQL {version} has no such limit", connection.At(connection.Opening.Greeting?.Packet ?? connection.First.Packet));
        if (!connection.Work.InTransaction)
            return No("no transaction was open: the status flag SERVER_STATUS_IN_TRANS was clear in the last answer", connection.At(connection.Work.LastAnswered?.ResponseEnd?.Packet ?? connection.First.Packet));
        if (connection.PendingAtEnd() is { } pending)
            return No($"the session was not idle: {pending.Name} was pending", connection.At(pending.At.Packet));
        double idle = ending.IdleBefore.TotalSeconds;
        bool seen = false;
        foreach (string variable in Variables)
        {
            if (!connection.Work.Settings.TryGetValue(variable, out SettingSeen setting) || setting.Number is not { } limit)
                continue;
            seen = true;
            if (limit > 0 && idle >= limit - 0.1 && idle < limit + 1.5)
                return Found(connection, Grade.Likely, $"MariaDB closed the connection {Spans.Show(ending.IdleBefore)} after the last command of an open transaction: {variable} = {limit:0}.",
                    new Evidence($"{variable} is {limit:0} s", connection.At(setting.At.Packet)));
        }
        if (!seen && Surroundings.EndedTogether(connection, ending, @case))
            return new Examination.NotEnough(Surroundings.NoTimer, Collect(connection));
        return seen
            ? No("the limits for idle transactions that this session read do not match its idle time", connection.Source)
            : Found(connection, Grade.Possible, $"MariaDB closed the connection {Spans.Show(ending.IdleBefore)} after the last command, with a transaction open: one of the limits for idle transactions, or wait_timeout.", null);
    }

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, Evidence? more)
    {
        var evidence = new List<Evidence> { new("the last answer says that a transaction is open (SERVER_STATUS_IN_TRANS)", connection.At(connection.Work.LastAnswered?.ResponseEnd?.Packet ?? 0)), EndOf(connection) };
        if (more is not null)
            evidence.Insert(0, more);
        return new Examination.Matched
        {
            Grade = grade,
            Summary = summary,
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Rivals = ["wait-timeout"],
            Fix = [new Fix("any", "Commit or roll back before waiting for anything else (user, queue, other service). The transaction was rolled back: its writes are gone."), new Fix("server", "Raise idle_transaction_timeout for the account or session that must wait.")],
            CollectNext = [Collect(connection)],
        };
    }

    private static NextStep Collect(Timeline connection) => new(
        $"mariadb -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES WHERE Variable_name LIKE 'idle%transaction_timeout' OR Variable_name = 'wait_timeout'\"", ["idle-transaction-timeout", "wait-timeout"]);

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.IsMariaDb(loss, @case) == false)
            return No("MySQL has no time-out for idle transactions", @case.Setting("version")?.Source ?? loss.Source);
        Fact[] limits = [.. Variables.Select(@case.Setting).OfType<Fact>()];
        Fact? set = limits.FirstOrDefault(static f => f.Number > 0);
        Sighting? cut = loss.Find(Sign.AbortedReadTimeout);
        if (set is null)
            return limits.Length > 0 ? No("idle_transaction_timeout and its kin are 0: off", limits[0].Source)
                : cut is not null ? Open("idle_transaction_timeout (MariaDB's default is 0: off)") : Open("idle_transaction_timeout, if the server is MariaDB");
        if (cut is not null && @case.Setting("wait_timeout")?.Number is { } wait && set.Number < wait)
            return Told((Testimony.IdleAtEnd(loss, cut) ?? loss.Idle?.Time)?.TotalSeconds >= wait ? Grade.Possible : Grade.Likely, $"MariaDB closes a session that leaves a transaction open for {set.Value} s ({set.Name}), before wait_timeout.", ClosedBy.Server, [cut, set], "wait-timeout");
        return Told(Grade.Possible, $"MariaDB closes a session that leaves a transaction open for {set.Value} s ({set.Name}).", ClosedBy.Server, [set, loss.Told], "wait-timeout");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Commit or roll back before a pause: no network call, no user and no long computation inside a transaction."),
        new("server", "Raise the variable for the account's sessions that need it."),
    ];

    public override string Page => """
        ## What happens
        MariaDB can end sessions that sit idle *inside a transaction*: `idle_transaction_timeout`, `idle_write_transaction_timeout`,
        `idle_readonly_transaction_timeout` (all 0 = off by default). It closes as for wait_timeout, by RST (thread pool: FIN), with no error packet;
        the open transaction is rolled back. Percona Server has had `kill_idle_transaction` for the same.

        ## Evidence
        - The last OK or EOF has SERVER_STATUS_IN_TRANS set; then silence for exactly the limit; then the server's RST.
        - Log: `(Got timeout reading communication packets)`, as for wait_timeout.
        - `SHOW GLOBAL VARIABLES LIKE 'idle%transaction_timeout'`: any value but 0.

        ## Looks like it, but is not
        - `wait-timeout`: no transaction open, or that limit is the smaller one. MariaDB takes the smallest that applies.
        - MySQL has no such limit.
        - A lock wait (1205) or deadlock (1213) inside a transaction is an error on a connection that lives.

        ## Fix
        Shorter transactions. Autocommit for reads; frameworks that open a transaction per request hold it while they wait elsewhere.

        ## References
        - MariaDB manual, `idle_transaction_timeout`; `sql/sql_class.cc` (get_net_wait_timeout).
        """;
}
