using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The kernel killed the server because memory ran out.</summary>
public sealed class ServerOomKilled : Cause
{
    public override string Name => "server-oom-killed";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The kernel killed the server because memory ran out.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return NotCutInSession(connection) ?? Open("whether the kernel killed the server (its log, Uptime)");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.LivedOn(loss, @case) is (var uptime, var why))
            return No(why, uptime.Source);
        Sighting? kill = null;
        foreach (Sighting one in @case.Sightings)
            if (one.Sign == Sign.OomKill && (one.Subject is null || Testimony.IsServerProcess(one.Subject)) || one is { Sign: Sign.UnitDied, State: "oom-kill" or "OOMKilled" } && Testimony.MayBeServer(one))
                if (kill is null || loss.At is { } t && one.At is { } s && kill.At is { } k && (t - s).Duration() < (t - k).Duration())
                    kill = one;
        if (kill is null)
            return @case.Find(Sign.ServerSignal) is { } signal && Testimony.Around(loss, @case, Sign.ServerSignal) is not null
                ? No("the server logged a signal of its own; a kill by the kernel leaves no word in its log", signal.Source)
                : @case.Near(loss, Testimony.Close, TimeSpan.FromMinutes(30), Sign.CrashRecovery) is { } recovery
                    ? Told(Grade.Possible, "The server had to recover at its next start and its log has no word of an end: killed, by the kernel's memory killer or kill -9, or a power loss.", ClosedBy.Server, [recovery, loss.Told], "server-crash")
                    : Open("the kernel log around the loss");
        if (loss.At is { } at && kill.At is { } then && (at - then < TimeSpan.FromSeconds(-60) || at - then > TimeSpan.FromDays(1)))
            return No($"the kernel killed it at another time ({then})", kill.Source);
        bool isOwn = loss.Find(Sign.OomKill, Sign.UnitDied) is not null;
        // The kernel's times are counted from its start: seconds off after a while.
        if (!isOwn && loss.At is { } lost && kill.At is { } later && later - lost > TimeSpan.FromSeconds(10))
            return Told(Grade.Possible, $"The kernel killed the server for lack of memory{Testimony.Before(loss, kill)}, later than the loss if the clocks agree.", ClosedBy.Server, [kill, loss.Told]);
        if (!isOwn && Testimony.ReadyBetween(loss, @case, kill) is { } ready)
            return Told((loss.Phases & Phases.Idle) != 0 ? Grade.Likely : Grade.Possible, $"The kernel killed the server for lack of memory{Testimony.Before(loss, kill)}, and it was ready again before the loss: a connection opened before is dead, and its owner learns it at the next use.", ClosedBy.Server, [kill, ready, loss.Told], "wait-timeout");
        bool near = loss.At is { } seen && kill.At is { } was && (seen - was).Duration() < TimeSpan.FromMinutes(5);
        return Told(isOwn || near ? Grade.Proven : Grade.Likely, $"The kernel killed the server for lack of memory{Testimony.Before(loss, kill)}: every session was cut without a word.", ClosedBy.Server, [kill, @case.Setting("innodb_buffer_pool_size"), loss.Told]);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Add up innodb_buffer_pool_size, max_connections x per-session buffers and what else runs on the host; lower the largest, or raise the container's limit (memory.max, docker -m, resources.limits.memory)."),
        new("system", "OOMScoreAdjust=-500 in the unit protects it against neighbours, not against itself; a little swap and vm.swappiness=1 give time."),
        new("any", "Clients retry the connect with a growing pause; what was in flight has an unknown outcome unless it was a read."),
    ];

    public override string Page => """
        ## What happens
        The host or the container's cgroup runs out of memory; the kernel picks the largest process, mostly mysqld, and sends SIGKILL.
        The kernel closes its sockets: every session gets a FIN (RST where bytes were unread) in one instant, new connects are refused until
        the restart. The error log simply stops; its next line is a start, with crash recovery.

        ## Evidence
        - Kernel log: `Out of memory: Killed process N (mysqld)`, `Memory cgroup out of memory: Killed process N (mariadbd)`.
        - systemd: `Main process exited, code=killed, status=9/KILL`, `Failed with result 'oom-kill'`. Kubernetes: `OOMKilled`, exit code 137.
        - The error log has no `got signal` and no `shutdown`; `Starting crash recovery` follows. Uptime is short.

        ## Looks like it, but is not
        - `kill -9`, `docker stop` after 10 s, systemd's TimeoutStopSec: 9/KILL and 137 as well, but no kernel line.
        - A crash writes `mysqld got signal 11` first: `server-crash`.
        - When the *client's* process is killed only its connections die, from the client's side: `client-vanished`.

        ## Fix
        Make it fit: the buffer pool, the connections, the neighbours, the container's limit.

        ## References
        - Linux `mm/oom_kill.c`; systemd.exec(5), `OOMScoreAdjust`; MySQL manual, "How MySQL Uses Memory".
        """;
}
