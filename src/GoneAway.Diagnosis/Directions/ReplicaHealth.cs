using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>The servers themselves: restarts, crashes, memory, full disks, threads that pile up, replication that stands or lags.</summary>
internal sealed class ReplicaHealth : DirectionRule
{
    private const double Behind = 60;

    public override string Name => "replicas' health (threads running, lag, disk, memory)";
    public override IReadOnlyList<string> Causes => ["server-restart", "server-crash", "server-oom-killed", "server-stalled", "server-not-ready", "memory-limit", "offline-mode", "failover", "killed"];

    protected override string? Numbers(Hearing hearing)
    {
        Fact?[] known =
        [
            hearing.Known.Counter("Uptime"), hearing.Known.Counter("Threads_running"), hearing.Known.Counter("Com_kill"),
            hearing.Known.OfKind(FactKind.Replica).LastOrDefault(static f => f is { Name: "Seconds_Behind_Master" or "Seconds_Behind_Source", Number: > Behind }),
        ];
        return known.OfType<Fact>().Any() ? string.Join(", ", known.OfType<Fact>().Select(Show)) : null;
    }

    protected override (string Missing, string Command) Collect(Hearing hearing) => ("uptime, Com_kill, threads running, lag, disk and memory of each",
        $"goneaway check {hearing.Site.Addresses}; df -h; free -m; journalctl -k{hearing.Site.Around} | grep -iE 'killed process|out of memory|I/O error|No space'   (the latter on each server)");
}
