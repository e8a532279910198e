using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The server's process died.</summary>
public sealed class ServerCrash : Cause
{
    private static readonly TimeSpan Instantly = TimeSpan.FromMilliseconds(300);

    public override string Name => "server-crash";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server's process died (crash, kill -9, out of memory) and all its connections with it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Opening.Refused is not null || connection.Ending is not { } ending)
            return No("no session was cut", connection.At(connection.Last.Packet));
        if (ending.Quit is { } quit)
            return No("the client said COM_QUIT", connection.At(quit.Packet));
        if (ending.By == Side.Client)
            return No("the client's side closed, not the server's", connection.At(ending.At.Packet));
        if (connection.Errors.Count > 0 && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1))
            return No($"the server still said why it closed (error {connection.Errors[^1].Code}): dead processes say nothing", connection.At(connection.Errors[^1].At.Packet));
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection never got past the login", connection.At(connection.First.Packet));
        Surroundings around = Surroundings.Of(connection, ending, @case);
        if (around.LivedOn is { } alive)
            return No($"the server lived on: a later greeting continues its count of threads ({alive.ThreadId} after {connection.Identity.ThreadId})", connection.At(alive.Packet));
        if (around.Losses < 2 && !around.ServerWasAway)
            return new Examination.NotEnough("only this connection was seen to end; whether the server died is not in the evidence", Collect(connection));
        bool announced = Surroundings.EndWasAnnounced(connection, ending, @case);
        if (announced)
            return No("the server announced its end to a session: an orderly shutdown", connection.Source);
        if (around.Spread > Instantly)
            return No($"the sessions ended over {Spans.Show(around.Spread)}; a dying process loses them all at one instant", connection.Source);
        if (around.RefusedAfter is { } refused && refused.At < ending.At.At)
            return No("the listener was closed before the sessions: the order of a shutdown", connection.At(refused.Packet));
        // MariaDB cuts its sessions in the same way when it is shut down in order.
        bool likely = around is { Losses: >= 2, ServerWasAway: true, LossesWhileBusy: > 0 } && !connection.Identity.IsMariaDb;
        return new Examination.Matched
        {
            Grade = likely ? Grade.Likely : Grade.Possible,
            Summary = around.Losses > 1
                ? $"All {around.Losses} sessions of {connection.Server} ended within {Spans.Show(around.Spread)}{(around.LossesWhileBusy > 0 ? $", {around.LossesWhileBusy} of them in the middle of a statement," : "")} without a word: the process died."
                : "The session ended without a word and the server was away afterwards: the process may have died.",
            ClosedBy = ClosedBy.Server,
            Evidence = [.. around.Tell(connection), EndOf(connection)],
            Rivals = ["server-restart", "server-oom-killed", "proxy-backend-down"],
            Fix = [new Fix("server", "Read the error log's end before the next start-up: 'got signal 11' with a stack (bug: upgrade, avoid the query), 'Assertion failure', or nothing at all: then the kernel log (OOM killer) or somebody's kill -9."), new Fix("any", "Statements in flight have an unknown outcome; InnoDB rolls back what was not committed.")],
            CollectNext = [Collect(connection)],
        };
    }

    private static NextStep Collect(Timeline connection) => new(
        "grep -nE 'got signal|Assertion|ready for connections|shutdown' error.log; journalctl -k | grep -iE 'out of memory|oom-kill|killed process'", ["server-crash", "server-restart", "server-oom-killed"]);

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.LivedOn(loss, @case) is (var uptime, var why))
            return No(why, uptime.Source);
        (Sighting Event, bool IsClose)? crash = Testimony.Around(loss, @case, Sign.ServerSignal, Sign.AssertionFailure, Sign.SemaphoreCrash)
            ?? (Testimony.Around(loss, @case, Sign.ProcessSegfault) is (var fault, var closeFault) && (fault.Subject is null || Testimony.IsServerProcess(fault.Subject)) ? ((Sighting, bool)?)(fault, closeFault) : null)
            ?? (Testimony.Around(loss, @case, Sign.UnitDied) is (var unit, var closeUnit) && IsCrash(unit) && Testimony.MayBeServer(unit) ? (unit, closeUnit) : null);
        if (crash is (var seen, var close))
        {
            if (loss.Find(seen.Sign) is null && Testimony.CameLater(loss, seen))
                return Told(Grade.Possible, $"The server crashed{Testimony.Before(loss, seen)}, later than the loss if the clocks agree.", ClosedBy.Server, [seen, loss.Told]);
            // What is found damaged afterwards was damaged by the crash. A signal is told in whole seconds.
            if (@case.Near(loss, TimeSpan.FromDays(1), Testimony.Close, Sign.Corruption) is { } damaged && !(damaged.At - seen.At >= TimeSpan.FromSeconds(1)))
                return Told(Grade.Possible, "The server crashed, after it had found damaged pages.", ClosedBy.Server, [seen, damaged], "table-corruption");
            Sighting? stall = seen.Sign == Sign.SemaphoreCrash ? @case.Near(loss, TimeSpan.FromHours(1), Testimony.Close, Sign.ServerStalls, Sign.DiskFull) : null;
            bool opened = loss.Connection is { } connection && seen.At is { } then && connection.First.At > then;
            if (opened)
                return Open("the connection was opened after the crash");
            bool sure = close && seen.At is not null && loss.At is not null && Testimony.ReadyBetween(loss, @case, seen) is null;
            return Told(sure || loss.Find(seen.Sign) is not null ? Grade.Proven : Grade.Likely,
                $"The server crashed{(seen.Code is { } signal && seen.Sign == Sign.ServerSignal ? $" (signal {signal})" : seen.Sign == Sign.SemaphoreCrash ? " itself after waiting too long for a lock inside InnoDB" : "")}{Testimony.Before(loss, seen)}: every session was cut.", ClosedBy.Server, [seen, stall, loss.Told, Testimony.AwayAfter(loss)]);
        }
        Sighting? recovery = Testimony.Around(loss, @case, Sign.CrashRecovery)?.Event ?? @case.Near(loss, Testimony.Close, TimeSpan.FromMinutes(30), Sign.CrashRecovery);
        if (recovery is not null)
            return Told(Grade.Possible, "The server had to recover at its next start, so it did not end in order: a crash, kill -9, the kernel's memory killer or a power loss.", ClosedBy.Server, [recovery, loss.Told], "server-oom-killed");
        if (Testimony.AwayAfter(loss) is { } away)
            return Told(Grade.Possible, "The connection was lost and the server could not be reached right after: it crashed, or it was stopped.", ClosedBy.Server, [loss.Told, away]);
        return Open("whether the server crashed (Uptime, its log)");
    }

    /// <summary>Ended by a signal of its own making: segmentation fault, abort, bus error.</summary>
    private static bool IsCrash(Sighting unit) => unit.Code is 4 or 6 or 7 or 8 or 11 or 134 or 139 || unit.State is "core-dump" or "dumped";

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "The log's stack and 'Query' name what it was doing; the same statement before several crashes is the one to avoid. Update to the last release of the series; keep a core file (core-file, LimitCORE)."),
        new("any", "Clients retry the connect with a growing pause; what was in flight has an unknown outcome unless it was a read."),
    ];

    public override string Page => """
        ## What happens
        mysqld dies: signal 11 or 6, an assertion, InnoDB's own suicide after 600 s of waiting, the OOM killer, kill -9. The kernel closes all
        its sockets at one instant: FIN, or RST where bytes were unread. Until the restart, connects are refused.

        ## Evidence
        - All sessions end within milliseconds, those in the middle of a statement too, no ERR; then SYN is answered by RST; then a low thread id.
        - Log: `mysqld got signal 11 ;` with stack and query. OOM or kill -9: the log *just stops*, the next line is a start-up.

        ## Looks like it, but is not
        - Shutdown: listener first, 1053, sessions 2 s later on MySQL: `server-restart`. MariaDB's shutdown looks like a crash on the wire.
        - KILL is the same FIN on *one* connection: `killed`. On a single connection they cannot be told apart by the wire.
        - The host died: no FIN at all, only silence: `network-loss`.
        - A container or pod that is replaced: its address is gone, old flows get RST or silence.
        - systemd's `State 'stop-sigterm' timed out. Killing.` and `docker stop` after 10 s are kill -9 too.

        ## Fix
        By the log. The query that is the last one of several crashes is the one to avoid.

        ## References
        - MySQL manual, "Debugging a MySQL Server", "What to Do If MySQL Keeps Crashing"; `sql/signal_handler.cc`.
        """;
}
