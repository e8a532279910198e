using System.Text.RegularExpressions;
using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>Questions that several causes ask of the sources beyond the wire.</summary>
internal static partial class Testimony
{
    /// <summary>An application's clock and a server's differ, and an error is logged after it happened.</summary>
    public static readonly TimeSpan Close = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly int[] Final = [1040, 1129, 1130, 1152, 1153, 1203, 1226, 1251, 1524, 1927, 3032, 3159, 3169, 4031, 4081, 4082];
    // Signs by which something else than the server's reason is told; see Reason.
    private static readonly Sign[] Reasons = [Sign.AbortedInactivity, Sign.AbortedPacketTooLarge, Sign.AbortedKilled, Sign.AbortedInitConnect, Sign.MemoryLimitExceeded];

    /// <summary>What the server itself gave as the reason for closing or refusing this connection; null when it said nothing so clear.</summary>
    public static Sighting? Reason(Loss loss) => loss.Said(Final) ?? loss.Find(Reasons);

    /// <summary>Something that ended or began at the server near the loss, and whether it is so near that it explains it.</summary>
    public static (Sighting Event, bool IsClose)? Around(Loss loss, Case @case, params ReadOnlySpan<Sign> signs)
    {
        // A session that was idle finds out when it is used again: hours later.
        TimeSpan before = (loss.Phases & Phases.Idle) != 0 ? Day : TimeSpan.FromMinutes(5);
        if (loss.Find(signs) is { } joined)
            return (joined, true);
        if (@case.Near(loss, before, Close, signs) is not { } seen)
            return null;
        return (seen, loss.At is { } at && seen.At is { } then && (at - then).Duration() <= Close && !MayBeOfAnotherServer(loss, @case, seen));
    }

    /// <summary>It came after the loss: what it ended was not this. Clocks of two hosts may differ a little.</summary>
    public static bool CameLater(Loss loss, Sighting seen) => loss.At is { } at && seen.At is { } then && then - at > TimeSpan.FromSeconds(2);

    /// <summary>A server's log says it, and the loss stands in another server's; or there are logs of several servers, and nothing says whose loss it was.</summary>
    public static bool MayBeOfAnotherServer(Loss loss, Case @case, Sighting seen)
    {
        if (seen.Origin != Origin.Server)
            return false;
        string log = LogOf(seen);
        if (loss.Sightings.FirstOrDefault(static s => s is { Origin: Origin.Server, ThreadId: not null }) is { } own)
            return LogOf(own) != log;
        return @case.Sightings.Any(s => s.Origin == Origin.Server && s.Sign is Sign.ServerReady or Sign.ServerStarting or Sign.ShutdownRequested or Sign.ShutdownComplete && LogOf(s) != log);
    }

    /// <summary>The file that the rotated ones come from: <c>error.log</c> of <c>error.log-20261120.gz</c>, <c>error-20261120.log</c> and <c>error.log.1</c>.</summary>
    private static string LogOf(Sighting one) => Rotated().Replace(SourceFile.Of(one.Source), "");

    [GeneratedRegex(@"[.-]20\d{2}-?[01]\d-?[0-3]\d([.T_-]?\d+)*(?=\.|$)|(?<=\.(log|err))[.-]\d{1,3}(?=(\.(gz|bz2|xz|zst))?$)|\.(gz|bz2|xz|zst|old)$")]
    private static partial Regex Rotated();

    /// <summary>The last word of a server that stands still, which lasts until somebody helps it; null when it was ready after that.</summary>
    public static Sighting? Stalled(Loss loss, Case @case)
    {
        if (loss.Find(Sign.DiskFull, Sign.ServerStalls, Sign.DiskError) is { } joined)
            return joined;
        // A status that was taken later says for how long it has lasted.
        foreach (Sighting one in @case.Sightings)
            if (one is { Sign: Sign.ServerStalls, Elapsed: { } lasted, At: { } taken } && loss.At is { } at && at < taken && taken - at < lasted)
                return one;
        if (@case.Near(loss, TimeSpan.FromMinutes(20), Close, Sign.DiskFull, Sign.ServerStalls, Sign.DiskError) is not { } stall)
            return null;
        return @case.Near(loss, TimeSpan.FromMinutes(20), TimeSpan.Zero, Sign.ServerReady) is { } ready && ready.At > stall.At ? null : stall;
    }

    /// <summary>The server was ready again between its end and the loss: only a session that was opened before the end can have been cut by it.</summary>
    public static Sighting? ReadyBetween(Loss loss, Case @case, Sighting end)
    {
        if (end.At is not { } ended || loss.At is not { } lost)
            return null;
        foreach (Sighting one in @case.Sightings)
            if (one is { Sign: Sign.ServerReady, At: { } ready } && ready > ended && ready < lost)
                return one;
        return null;
    }

    /// <summary>How long before the loss: "3.0 s before"; empty when a time is missing.</summary>
    public static string Before(Loss loss, Sighting seen) => loss.At is { } at && seen.At is { } then
        ? at >= then ? $", {Spans.Show(at - then)} before" : $", {Spans.Show(then - at)} after"
        : "";

    /// <summary>A reading of Uptime that shows that the server lived through the loss.</summary>
    public static (Fact Uptime, string Why)? LivedOn(Loss loss, Case @case)
    {
        foreach (Fact uptime in @case.Counter("Uptime"))
        {
            if (uptime.Number is not { } seconds)
                continue;
            if (uptime.At is { } taken && loss.At is { } at)
            {
                TimeSpan age = taken.Resolve(TimeSpan.Zero, at.ToUtc().Year) - at;
                if (age > TimeSpan.FromSeconds(-5) && seconds > age.TotalSeconds + 60)
                    return (uptime, $"Uptime is {seconds:0} s, longer than the {Spans.Show(age)} since the loss");
            }
            else if (seconds >= Day.TotalSeconds)
                return (uptime, $"Uptime is {seconds:0} s ({seconds / 86400:0.#} days): no restart since, unless the reading is older or younger than the loss by as much");
        }
        return null;
    }

    /// <summary>After the loss the server could not be reached at all.</summary>
    public static Sighting? AwayAfter(Loss loss)
    {
        Sighting? told = loss.Told;
        foreach (Sighting one in loss.Sightings)
            if (one != told && one.Sign is Sign.ConnectRefused or Sign.LocalSocketFailed && (loss.Phases & Phases.Session) != 0)
                return one;
        return null;
    }

    /// <summary>
    /// The server's next start after the loss, when it had to recover and its log, which reaches back further, has no word of an end before it:
    /// the process died where it stood.
    /// </summary>
    public static Sighting? DiedSilently(Loss loss, Case @case)
    {
        if (@case.Near(loss, Close, TimeSpan.FromMinutes(30), Sign.CrashRecovery) is not { } recovery)
            return null;
        string log = SourceFile.Of(recovery.Source);
        bool earlier = false;
        foreach (Sighting one in @case.Sightings)
        {
            if (one == recovery)
                break;
            if (one.Origin != Origin.Server || SourceFile.Of(one.Source) != log)
                continue;
            if (one.Sign == Sign.ServerReady)
                earlier = true;
            else if (one.Sign is Sign.ShutdownRequested or Sign.ShutdownComplete or Sign.ForcedClose or Sign.ServerSignal or Sign.AssertionFailure)
                return null;
        }
        return earlier ? recovery : null;
    }

    /// <summary>
    /// The application reported the loss in the moment in which the proxy ended the session: it was waiting for an answer. One that is idle notices
    /// at its next use. Applications' logs write whole seconds, rounded down.
    /// </summary>
    public static bool Waited(Loss loss, Sighting session) =>
        loss.Sightings.FirstOrDefault(static s => s.Origin == Origin.Application && s.Sign.IsLoss() && (s.Sign.Phases(s) & Phases.Fetch) != 0)?.At is { } told
        && session.At is { } ended && told - ended is var lag && lag > TimeSpan.FromSeconds(-2) && lag < TimeSpan.FromSeconds(0.9);

    /// <summary>How much a counter moved between two readings that enclose nothing but the case; null without two readings.</summary>
    public static (double Moved, Fact First, Fact Last)? Difference(Case @case, string counter)
    {
        IReadOnlyList<Fact> readings = @case.Counter(counter);
        return readings.Count >= 2 && readings[0].Number is { } first && readings[^1].Number is { } last && last >= first
            ? (last - first, readings[0], readings[^1])
            : null;
    }

    /// <summary>A reading that was taken after the loss; false where a time is missing.</summary>
    public static bool IsAfter(Fact reading, Loss loss) => reading.At is { } taken && loss.At is { } at && taken.Resolve(TimeSpan.Zero, at.ToUtc().Year) > at;

    /// <summary>
    /// How long the session had been idle when the server ended it. An application tells how long it was when it came back, which may be much later.
    /// Null where a time is missing.
    /// </summary>
    public static TimeSpan? IdleAtEnd(Loss loss, Sighting ended) =>
        loss.Idle is { } idle && loss.At is { } noticed && ended.At is { } at ? idle.Time - (noticed - at) : null;

    /// <summary>The kinds of errors that only mixed-up answers produce.</summary>
    public static IReadOnlyList<Sighting> Mixture(Loss loss)
    {
        var kinds = new List<Sighting>();
        foreach (Sighting one in loss.Sightings)
            if (one.Sign is Sign.MixedUpResult or Sign.CommandsOutOfSync or Sign.MalformedPacket
                || one is { Sign: Sign.PacketsOutOfOrder, State: not "login" } && (one.Size is null || one.SequenceReceived > 0) && !IsUnasked(one))
                kinds.Add(one);
        return kinds;
    }

    /// <summary>Sequence number 0 where another was due: the server spoke unasked, which is an ERR before it closes.</summary>
    public static bool IsUnasked(Sighting sighting) => sighting is { Sign: Sign.PacketsOutOfOrder, SequenceReceived: 0, SequenceExpected: 1 };

    /// <summary>The names that the server's process and its threads go by; not those of its clients (mysql, mysqldump), wrappers and exporters.</summary>
    public static bool IsServerProcess(string name) => name[(name.LastIndexOf('/') + 1)..] is "mysqld" or "mariadbd" or "mysqld-debug" or "mysqld.bin" or "mysqld.exe" or "mariadbd.exe" or "connection" or ['i', 'b', '_', ..];

    private static readonly string[] Proxies = ["router", "proxy", "maxscale"];
    private static readonly string[] BesideServers = ["exporter", "dump", "backup", "client", "operator", "admin", "agent", "orchestrator", "metrics"];

    /// <summary>A unit or container that may be the server's: systemd names its units, containers are named by people.</summary>
    public static bool MayBeServer(Sighting unit)
    {
        if (unit.Subject is not { } name)
            return true;
        bool Has(string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (Proxies.Any(Has))
            return false;
        if (!name.EndsWith(".service", StringComparison.Ordinal) && !name.EndsWith(".scope", StringComparison.Ordinal) && !name.Contains(' '))
            return !name.Split('-', '_', '/', '.').Any(part => BesideServers.Contains(part, StringComparer.OrdinalIgnoreCase));
        return !BesideServers.Any(Has) && (Has("mysql") || Has("mariadb") || Has("percona"));
    }

    /// <summary>MariaDB or MySQL, by whatever names the server; null when nothing does.</summary>
    public static bool? IsMariaDb(Loss loss, Case @case)
    {
        if (loss.Connection?.Identity is { ServerVersion: not null } identity)
            return identity.IsMariaDb;
        if (@case.Setting("version") is { } version)
            return version.Value.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        return @case.Find(Sign.ServerReady, Sign.ServerStarting) is { } ready
            ? ready.Text.Contains("maria", StringComparison.OrdinalIgnoreCase)
            : null;
    }
}
