using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>Several processes hold one socket since a fork.</summary>
public sealed class SharedAfterFork : Cause
{
    /// <summary>People look there first, find nothing, and look elsewhere.</summary>
    private const string SilentLog = "An empty error log of the server proves nothing: it names aborted connections only with log_error_verbosity = 3 (MariaDB: log_warnings = 2), and a goodbye on a shared socket never.";
    private static readonly TimeSpan Pipelined = TimeSpan.FromMilliseconds(1);

    public override string Name => "shared-after-fork";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "Several processes use one connection that was opened before they forked.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return connection.Identity.UsesTls
                ? new Examination.NotEnough("the connection is encrypted: commands cannot be told apart", Inspect(connection))
                : No("the connection never got as far as commands", connection.At(connection.First.Packet));
        Violation? afterQuit = connection.Violations.FirstOrDefault(static v => v.Kind == ViolationKind.DataAfterQuit);
        Violation? overlap = connection.Violations.FirstOrDefault(static v => v.Kind == ViolationKind.CommandWhileBusy);
        if (afterQuit is not null && !IsCommand(afterQuit.Bytes.Span))
            return new Examination.NotEnough("what came after COM_QUIT is no command: a second goodbye, or stray bytes", Inspect(connection));
        if (afterQuit is not null)
            return AfterQuit(connection, afterQuit, overlap);
        if (overlap is null)
            return connection.HasGaps
                ? new Examination.NotEnough("parts of the connection are missing from the capture", Inspect(connection))
                : No("commands and answers alternate strictly: one writer at a time, and nothing came after COM_QUIT", connection.Source);
        bool quit = overlap.Bytes.Length == 1 && overlap.Bytes.Span[0] == 1;
        // A driver that pipelines writes both commands in one segment, or execute right behind prepare.
        bool mayPipeline = !quit && connection.Work.OverlapCount <= 2 && connection.LastEvents.Any(e => e.Kind == EventKind.Command
            && (e.Packet == overlap.At.Packet && !IsSame(e, overlap) || IsExecute(overlap.Bytes.Span) && (e.At - overlap.At.At).Duration() < Pipelined));
        if (mayPipeline)
            return new Examination.NotEnough($"{connection.Work.OverlapCount} command(s) were sent before the answer to the one before, as drivers do that pipeline prepare and execute", Inspect(connection));
        return new Examination.Matched
        {
            Grade = Grade.Possible,
            Summary = quit
                ? "COM_QUIT was sent while another command still waited for its answer: two holders of one socket, most often a forked child that ended."
                : $"{connection.Work.OverlapCount} command(s) were sent while an earlier one was not yet answered: two writers share this connection (processes after a fork, or threads).",
            ClosedBy = CloserOf(connection),
            Evidence = OverlapEvidence(connection, overlap),
            Rivals = ["shared-between-threads"],
            Fix = Fixes,
            CollectNext = [Inspect(connection)],
        };
    }

    /// <summary>A whole header and a command other than COM_QUIT.</summary>
    private static bool IsCommand(ReadOnlySpan<byte> bytes) => bytes.Length > 4 && bytes[3] == 0 && bytes[4] is > CommandCode.Quit and <= CommandCode.Clone or CommandCode.MariaDbStmtBulkExecute;

    private static Examination.Matched AfterQuit(Timeline connection, Violation afterQuit, Violation? overlap)
    {
        Moment? quit = null;
        var evidence = new List<Evidence>();
        foreach (ConnectionEvent item in connection.LastEvents)
            if (item.Kind == EventKind.Quit && item.At <= afterQuit.At.At)
            {
                quit = new Moment(item.At, item.Packet);
                evidence.Add(new Evidence("COM_QUIT: one holder of the socket said goodbye", connection.At(item.Packet)));
            }
        // Within milliseconds two threads of one process can do it too: one says goodbye while the other writes.
        bool race = quit is { } said && afterQuit.At.At - said.At < TimeSpan.FromMilliseconds(50);
        evidence.Add(new Evidence($"after it, on the same connection: {Bytes.Quote(afterQuit.Bytes.Span.Length > 5 ? afterQuit.Bytes.Span[5..] : afterQuit.Bytes.Span)}", connection.At(afterQuit.At.Packet)));
        if (overlap is not null)
            evidence.AddRange(OverlapEvidence(connection, overlap));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            // A second process is the way to write after one's own driver has closed; a duplicated descriptor in one process is a curiosity.
            Grade = race ? Grade.Likely : Grade.Proven,
            Rivals = race ? ["shared-between-threads"] : [],
            Summary = "One holder ended the session with COM_QUIT, and another went on using the same socket: processes that share it since a fork(). " + SilentLog,
            ClosedBy = ClosedBy.Client,
            Evidence = evidence,
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Fix = Fixes,
            CollectNext = [Inspect(connection)],
        };
    }

    private static List<Evidence> OverlapEvidence(Timeline connection, Violation overlap)
    {
        var evidence = new List<Evidence> { new($"a command before the earlier one was answered: {Bytes.Quote(overlap.Bytes.Span.Length > 1 ? overlap.Bytes.Span[1..] : overlap.Bytes.Span)}", connection.At(overlap.At.Packet)) };
        foreach (Moment moment in connection.Work.Overlaps.Skip(1).Take(2))
            evidence.Add(new Evidence("and again", connection.At(moment.Packet)));
        return evidence;
    }

    /// <summary>The event is the overlapping command itself, not the one before it.</summary>
    private static bool IsSame(in ConnectionEvent item, Violation overlap) => item.Amount == overlap.Bytes.Length && item.Text?.Contains("before the answer", StringComparison.Ordinal) == true;

    private static bool IsExecute(ReadOnlySpan<byte> command) => command.Length > 0 && command[0] is CommandCode.StmtExecute or CommandCode.MariaDbStmtBulkExecute;

    internal static NextStep Inspect(Timeline connection) => new(
        $"ss -tnpe dst {connection.Server.Address} dport = :{connection.Server.Port} sport = :{connection.Client.Port}   (on {connection.Client.Address}: several pids at one socket = fork; one pid = threads)",
        ["shared-after-fork", "shared-between-threads"]);

    private static IReadOnlyList<Fix> Fixes { get; } =
    [
        new Fix("uwsgi", "lazy-apps = true; or in the application @postfork: engine.dispose(close=False)."),
        new Fix("any", "Open connections after the fork, never before: gunicorn post_fork, Celery worker_process_init, Puma on_worker_boot, DBI AutoInactiveDestroy, a pool per process. A longer wait_timeout or larger max_allowed_packet changes nothing."),
    ];

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        IReadOnlyList<Sighting> mixture = Testimony.Mixture(loss);
        Sighting[] held = [.. @case.Sightings.Where(static s => s.Sign == Sign.SocketShared)];
        Sighting? own = held.FirstOrDefault(s => IsOf(loss, s, @case)), shared = own ?? held.FirstOrDefault(), forked = loss.Find(Sign.WorkersForked) ?? @case.Find(Sign.WorkersForked);
        Fact[] loadings = [.. @case.All(FactKind.Application, ApplicationSetting.LoadedBeforeFork)];
        // One setting says it for all; of several, that of the stack which lost the connection.
        Fact? loaded = loadings.Length == 1 ? loadings[0] : loadings.FirstOrDefault(f => f.Scope is { } stack && loss.Stack.Contains(stack)) ?? loadings.FirstOrDefault(static f => f.Value == "ON");
        if (shared is not null)
            return Told(own is not null && (mixture.Count > 0 || loss.Connection is { } wire && Examine(wire, @case) is Examination.Matched) ? Grade.Proven : Grade.Likely, $"One socket to MySQL is held by {Math.Max(2, shared.Pids.Count)} processes{(shared.Pids.Count > 0 ? $" ({string.Join(", ", shared.Pids.Take(8))})" : "")}: they send and read on one connection. {SilentLog}", ClosedBy.Client, [shared, .. mixture.Take(3), loss.Told], own is null ? ["shared-between-threads"] : []);
        if (loaded?.Value == "OFF")
            return No("each worker loads the application after the fork", loaded.Source);
        int kinds = mixture.Select(static s => s.Sign).Distinct().Count();
        bool gone = loss.Find(Sign.GoneAway, Sign.LostDuringQuery, Sign.ConnectionReset, Sign.BrokenPipe, Sign.UnexpectedEof) is not null;
        if (kinds > 0 && (forked is not null || loaded?.Value == "ON"))
            return Told(Grade.Likely, "Answers got mixed up between workers that were forked after the application was loaded: they inherited one connection. " + SilentLog, ClosedBy.Client, [.. mixture.Take(3), forked, loaded, gone ? loss.Told : null], "shared-between-threads");
        // uWSGI loads the application before it forks, unless told otherwise.
        if (kinds > 0 && gone && loaded is null && loss.Stack.Contains("uwsgi"))
            return Told(Grade.Likely, "Lost connections together with rows and columns of other statements, under uWSGI, which loads the application before it forks: the workers inherited one connection. " + SilentLog, ClosedBy.Client, [.. mixture.Take(3), loss.Told], "shared-between-threads");
        if (kinds > 1 || kinds > 0 && gone)
            return Told(Grade.Possible, "Lost connections together with rows and columns of other statements: several writers use one connection, processes after a fork or threads.", ClosedBy.Client, [.. mixture.Take(3), loss.Told], "shared-between-threads");
        if (loaded?.Value == "ON" && gone)
            return Told(Grade.Possible, "The application is loaded before the workers are forked: a connection opened while loading is shared by all of them.", ClosedBy.Client, [loaded, loss.Told], "wait-timeout");
        return Open("whether several processes hold the socket; a server log says nothing of it, however verbose");
    }

    /// <summary>The shared socket is one of the application that lost the connection, not of another program on its host.</summary>
    internal static bool IsOf(Loss loss, Sighting shared, Case @case)
    {
        if (loss.Connection?.Client.Port == shared.ClientPort && shared.ClientPort is not null)
            return true;
        if (loss.Sightings.Concat(@case.Sightings.Where(static s => s.Sign == Sign.WorkersForked)).Any(s => s.Pid is { } pid && shared.Pids.Contains(pid)))
            return true;
        // A loss that no application tells of is of the one whose logs are here.
        IEnumerable<string> stacks = loss.Sightings.Any(static s => s.Origin == Origin.Application) ? loss.Stack : @case.Sightings.Where(static s => s.Origin == Origin.Application).SelectMany(static s => s.Stack);
        return shared.Subject is not { } program || stacks.Any(stack => program.StartsWith(stack, StringComparison.OrdinalIgnoreCase))
            || @case.Sightings.All(s => s.Origin != Origin.Process || s.Subject is null || s.Subject == program || IsTo(shared, loss) == true && IsTo(s, loss) == false);
    }

    /// <summary>The process's connection goes to the server of the lost one; null where one of the two is not known.</summary>
    private static bool? IsTo(Sighting process, Loss loss) => loss.Connection is { Server: var server } && process is { ServerHost: { } host, ServerPort: { } port }
        ? port == server.Port && host == server.Address.ToString()
        : null;

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => Causes.Remedies.OnePerProcess();

    public override string Page => """
        ## What happens
        A process connects, then forks (uWSGI or gunicorn with preloading, multiprocessing, Celery, Resque, pcntl_fork, Perl). Parent and
        children hold one socket. When a child ends, its driver sends COM_QUIT: the server closes, and the parent's next query finds the
        server *gone away* (2006, 2013). When two use it at the same time, answers go to whoever reads first: **wrong rows, silently**,
        `NoSuchColumnError`, `ResourceClosedError`, `Packet sequence number wrong`, `Commands out of sync`, hangs.

        ## Evidence
        - COM_QUIT and then a further command on the same connection: only another holder of the descriptor can have sent it.
        - A command before the earlier one was answered (both sequence 0), which no ordinary driver does.
        - One socket inode in the descriptor tables of several processes; connection attribute `_pid` is not the failing process's.
        - The application log's mixture of errors, on several workers.
        - The server's log is empty, its counters do not move: for the server it was a clean goodbye. An empty log proves nothing here: it names
          aborted connections only with `log_error_verbosity = 3` (MariaDB: `log_warnings = 2`), and packets out of order only MariaDB with 4.

        ## Looks like it, but is not
        - Threads of one process (`shared-between-threads`): the same picture on the wire; processes or threads is seen on the host.
        - Drivers that pipeline: MariaDB Connector/J and others send COM_STMT_EXECUTE with id -1 right behind COM_STMT_PREPARE.
        - libmysqlclient shuts the socket down at close: then the others see an end at once, and no query after COM_QUIT is on the wire.

        ## Fix
        Connect after the fork. uWSGI `lazy-apps = true` or `@postfork`; SQLAlchemy `engine.dispose(close=False)` in the child;
        Perl `AutoInactiveDestroy => 1`; Rails `clear_all_connections!` before fork.
        Not a cure: retrying, `pool_pre_ping` (the ping is as shared as the query), raising time-outs.

        ## References
        - SQLAlchemy, "Using Connection Pools with Multiprocessing or os.fork()"; uWSGI, "Things to know", lazy-apps; DBI, AutoInactiveDestroy.
        """;
}
