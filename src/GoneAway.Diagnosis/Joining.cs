using GoneAway.Causes;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Makes losses of sightings: what an application, a proxy and the server say of one connection becomes one. Times have been aligned.
/// </summary>
internal sealed class Joining
{
    private const int MostJoined = 40;
    private static readonly TimeSpan SameEpisode = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongIdle = TimeSpan.FromHours(24);

    /// <summary>Logs of several servers: each counts its threads from 1, and a thread id alone names nobody.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<Sighting> all;
    private readonly TimeSpan threadTime;
    private readonly Dictionary<Sighting, Timeline> claims = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Sighting> used = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Sighting> byTime = new(ReferenceEqualityComparer.Instance);

    /// <param name="sightings">On the common clock, oldest first.</param>
    public Joining(IReadOnlyList<Sighting> sightings)
    {
        all = sightings;
        int servers = sightings.Where(static s => s is { Origin: Origin.Server, ThreadId: not null }).Select(static s => SourceFile.Of(s.Source)).Distinct().Take(2).Count();
        threadTime = servers > 1 ? SameMoment : LongIdle;
    }

    /// <summary>
    /// Gives each application's error that names no connection to the captured one that it fits best: lost in the same part of its life,
    /// not by the client's own close, nearest in time.
    /// </summary>
    public void Claim(IReadOnlyList<Timeline> captured)
    {
        foreach (Sighting one in all)
        {
            if (one is not { Origin: Origin.Application, ThreadId: null, ClientPort: null } || !one.Sign.IsLoss() || claims.ContainsKey(one))
                continue;
            Timeline? best = null, cutWhileIdle = null;
            int cut = 0;
            (int Misfit, TimeSpan Distance) least = (int.MaxValue, default);
            foreach (Timeline connection in captured)
            {
                // What the server said to one connection is no word on another.
                if (one is { Sign: Sign.ServerSaid, Code: { } code } && captured.Count > 1 && !connection.Errors.Any(e => e.Code == code))
                    continue;
                TimeSpan? lag = one.At - EndOf(connection);
                bool samePhase = (Loss.PhasesOf(connection) & one.Sign.Phases(one)) != 0;
                // PyMySQL says "during query" of a greeting and of a login too.
                if (lag > Recent && lag <= LongIdle && samePhase && (one.Sign.Phases(one) & Phases.Idle) != 0 && connection.Ending is { By: Side.Server, Quit: null } && connection.PendingAtEnd() is null)
                    (cutWhileIdle, cut) = (connection, cut + 1);
                if (lag < TimeSpan.FromSeconds(-2) || lag > Recent || !samePhase && one.Sign != Sign.LostDuringQuery)
                    continue;
                int misfit = (connection.EndedBy(Side.Client) && connection.Work.Pending is null ? 2 : 0) + (samePhase ? 0 : 1);
                (int, TimeSpan) distance = (misfit, lag?.Duration() ?? TimeSpan.Zero);
                if (distance.CompareTo(least) < 0)
                    (best, least) = (connection, distance);
            }
            // The end of an idle connection is noticed when it is used again, hours later; where there are several, any may be meant.
            best ??= cut == 1 ? cutWhileIdle : null;
            if (best is not null)
                claims[one] = best;
        }
    }

    /// <summary>What the other sources say of a connection that a capture shows.</summary>
    /// <param name="otherLeg">The same session on the other side of a proxy; null when it was not seen.</param>
    public Loss Join(Timeline connection, Timeline? otherLeg = null)
    {
        Instant end = EndOf(connection);
        var joined = new List<Sighting>();
        foreach (Sighting one in all)
        {
            if (!(one.Sign.IsLoss() || one.Sign is Sign.ProxySessionEnded or Sign.KillLogged) || joined.Count >= MostJoined || used.Contains(one))
                continue;
            TimeSpan? lag = one.At is { } at ? at - end : null;
            bool byThread = one.ThreadId is { } thread && thread == connection.Identity.ThreadId && (lag is null || lag.Value.Duration() < threadTime);
            bool byPort = one.ClientPort is { } port && (port == connection.Client.Port || port == otherLeg?.Client.Port) && (lag is null || lag.Value.Duration() < Recent);
            if (byThread || byPort || claims.TryGetValue(one, out Timeline? claimed) && claimed == connection)
                joined.Add(one);
        }
        used.UnionWith(joined);
        return new Loss { Connection = connection, Sightings = joined, At = end };
    }

    /// <summary>The losses that no capture shows, applications' first.</summary>
    /// <param name="captured">A capture shows others: what only says that a server or proxy ended belongs to those.</param>
    public List<Loss> Rest(bool captured)
    {
        List<List<Sighting>> episodes = Episodes();
        foreach (List<Sighting> episode in episodes)
            Attach(episode);
        var losses = new List<Loss>();
        foreach (List<Sighting> episode in episodes)
            losses.Add(ToLoss(episode));
        losses.AddRange(OfOthers());
        if (losses.Count == 0 && !captured && OfServer() is { } end)
            losses.Add(end);
        return losses;
    }

    /// <summary>When the connection ended or was refused, or was last seen.</summary>
    public static Instant EndOf(Timeline connection) => connection.Ending?.At.At ?? connection.Opening.Refused?.At ?? connection.Last.At;

    /// <summary>An application's errors in a row are one story: what came first, and what followed from it.</summary>
    private List<List<Sighting>> Episodes()
    {
        var open = new Dictionary<string, List<Sighting>>();
        var episodes = new List<List<Sighting>>();
        foreach (Sighting one in all)
        {
            if (one.Origin != Origin.Application || used.Contains(one) || !one.Sign.IsLoss())
                continue;
            string file = SourceFile.Of(one.Source);
            if (open.TryGetValue(file, out List<Sighting>? episode) && Continues(episode, one))
            {
                if (episode.Count < MostJoined)
                    episode.Add(one);
            }
            else
            {
                episode = [one];
                open[file] = episode;
                episodes.Add(episode);
            }
            used.Add(one);
        }
        return episodes;
    }

    private static bool Continues(List<Sighting> episode, Sighting next)
    {
        Sighting last = episode[^1];
        if (last.ThreadId is { } before && next.ThreadId is { } after && before != after)
            return false;
        // A stated idle time makes it a loss of its own: it belongs to one connection.
        if (next.Idle is not null && last.Idle is not null && next.At is not null)
            return false;
        return next.At is not { } now || last.At is not { } then || now - then <= SameEpisode;
    }

    /// <summary>Adds what servers and proxies say of the same connection, and what the application's own log tells around it.</summary>
    private void Attach(List<Sighting> episode)
    {
        Sighting first = episode[0];
        List<Sighting> near = [.. all.Where(s => !used.Contains(s) && s.Origin is Origin.Server or Origin.Proxy && IsEnd(s) && Agrees(episode, s))];
        List<Sighting> same = near.FindAll(s => s.ThreadId is { } thread && episode.Exists(e => e.ThreadId == thread));
        bool isNamed = same.Count > 0;
        Instant noticedAt = episode[^1].At ?? default;
        if (same.Count == 0 && first.At is { } noticed)
        {
            same = OfOneServer(near.FindAll(s => s.At is { } at && at - episode[^1].At is var lag && lag <= Noticed && noticed - at <= Recent), noticed);
            // An idle connection's end is noticed when it is used again; only the last such end can be meant, and only one kind.
            if (same.Count == 0 && (new Loss { Sightings = episode }.Phases & Phases.Idle) != 0)
            {
                List<Sighting> earlier = near.FindAll(s => s.At is { } at && noticed - at > TimeSpan.Zero && noticed - at <= LongIdle && IsIdleEnd(s));
                if (earlier.Count > 0 && earlier.TrueForAll(s => s.Sign == earlier[0].Sign && s.State == earlier[0].State))
                    same = [earlier[^1]];
            }
        }
        // Without a time on one side only what is of one kind may be taken for the same.
        if (same.Count == 0)
        {
            List<Sighting> timeless = near.FindAll(s => s.At is null || first.At is null);
            if (timeless.Count > 0 && timeless.TrueForAll(s => s.Sign == timeless[0].Sign && s.State == timeless[0].State))
                same = timeless;
        }
        foreach (Sighting one in same.Take(MostJoined))
        {
            episode.Add(one);
            used.Add(one);
            if (!isNamed && one.At is { } ended && !IsAlone(one, ended, first.At ?? ended, noticedAt))
                byTime.Add(one);
        }
        string file = SourceFile.Of(first.Source);
        foreach (Sighting one in all)
            if (one is { Origin: Origin.Application, Sign: Sign.WorkersForked or Sign.WorkerKilled or Sign.WorkedAgain or Sign.JobRan or Sign.LastPacketAge } && SourceFile.Of(one.Source) == file
                && episode.Count < 2 * MostJoined && (one.Sign == Sign.WorkersForked || one.At is not { } at || first.At is not { } start || (at - start).Duration() < SameEpisode))
                episode.Add(one);
    }

    /// <summary>It ended in the moment of the loss, and no other connection was told to have ended in the minute around: it is hardly another's.</summary>
    private bool IsAlone(Sighting end, Instant at, Instant first, Instant last) =>
        at - last < SameMoment && first - at < SameMoment
        && !all.Any(s => s != end && s.Origin == end.Origin && IsEnd(s) && (s.ThreadId != end.ThreadId || s.ClientPort != end.ClientPort) && s.At is { } other && (other - at).Duration() < Recent);

    /// <summary>Of several servers only one had the connection: the one whose word is nearest to the proxy's, or else to the loss.</summary>
    private static List<Sighting> OfOneServer(List<Sighting> near, Instant noticed)
    {
        Sighting[] servers = [.. near.Where(static s => s is { Origin: Origin.Server, ThreadId: not null })];
        bool several = servers.Select(static s => SourceFile.Of(s.Source)).Distinct().Take(2).Count() > 1 && servers.DistinctBy(static s => s.ThreadId).Take(2).Count() > 1;
        if (!several)
            return near;
        Instant end = near.FindLast(static s => s.Origin == Origin.Proxy)?.At ?? noticed;
        string file = SourceFile.Of(servers.MinBy(s => (s.At!.Value - end).Duration())!.Source);
        return near.FindAll(s => s.Origin != Origin.Server || s.ThreadId is null || SourceFile.Of(s.Source) == file);
    }

    private static bool IsEnd(Sighting one) => one.Sign.IsLoss() && one.Sign is not Sign.AbortedUnauthenticated
        || one is { Sign: Sign.ProxySessionEnded, State: not (null or "--") };

    private static bool IsIdleEnd(Sighting one) => one.Sign is Sign.AbortedReadTimeout or Sign.AbortedInactivity or Sign.ProxyIdleClosed || one is { Sign: Sign.ProxySessionEnded, State: "cD" or "sD" };

    private static bool Agrees(List<Sighting> episode, Sighting one)
    {
        Phases open = new Loss { Sightings = episode }.Phases;
        if ((one.Sign.Phases(one) & open) == 0)
            return false;
        foreach (Sighting e in episode)
            if (e.User is not null && one.User is not null && e.User != one.User || e.Schema is not null && one.Schema is not null and not "unconnected" && e.Schema != one.Schema)
                return false;
        return true;
    }

    private Loss ToLoss(List<Sighting> episode)
    {
        Sighting told = episode.Find(static s => s.Origin == Origin.Application && s.Sign.IsLoss()) ?? episode[0];
        return new Loss { Sightings = episode, ByTime = episode.FindAll(byTime.Contains), At = told.At };
    }

    /// <summary>What servers and proxies say of connections that nobody else speaks of: alike ones together.</summary>
    private IEnumerable<Loss> OfOthers()
    {
        var groups = new Dictionary<(Sign, string?, string?, string?), List<Sighting>>();
        foreach (Sighting one in all)
        {
            if (used.Contains(one) || one.Origin == Origin.Application || !(one.Sign.IsLoss() || one is { Sign: Sign.ProxySessionEnded, State: not (null or "--") }))
                continue;
            var key = (one.Sign, one.State, one.User, one.ClientHost);
            if (groups.TryGetValue(key, out List<Sighting>? group))
                group.Add(one);
            else if (groups.Count < 1000)
                groups[key] = [one];
        }
        foreach (List<Sighting> group in groups.Values)
        {
            used.UnionWith(group);
            yield return new Loss { Sightings = [group[0] with { More = group.Count - 1 }], At = group[0].At };
        }
    }

    /// <summary>Nobody speaks of a connection, but the server's end or a proxy's cut off them all.</summary>
    private Loss? OfServer()
    {
        Sighting? end = all.FirstOrDefault(static s => s.Sign.IsServerEnd() && s.Sign is not (Sign.CrashRecovery or Sign.ShutdownRequested))
            ?? all.FirstOrDefault(static s => s.Sign.IsServerEnd() || s.Sign == Sign.TunnelFailed);
        return end is null ? null : new Loss { Sightings = [end], At = end.At };
    }
}
