using System.Net;

namespace GoneAway.Model;

/// <summary>The end of one connection, kept for all of them, so that a cause can look at what happened around.</summary>
public readonly record struct EndingSummary(
    IPEndPoint Client, IPEndPoint Server, Instant At, Side By, EndKind Kind, bool Clean, TimeSpan IdleBefore, bool LoggedIn, uint ThreadId, long Packet);

/// <summary>A KILL statement or COM_PROCESS_KILL seen on some connection.</summary>
/// <param name="ThreadId">The victim.</param>
/// <param name="QueryOnly">KILL QUERY: the connection stays.</param>
public sealed record KillSeen(uint ThreadId, bool QueryOnly, Instant At, string Source, string? User, string? Program)
{
    /// <summary>Whose thread it is; null where that cannot be told, as behind a proxy.</summary>
    public IPEndPoint? Server { get; init; }
}

/// <summary>An attempt to connect, for all of them: shows when a server was not there.</summary>
public readonly record struct ConnectAttempt(IPEndPoint Client, IPEndPoint Server, Instant At, ConnectOutcome Outcome, uint ThreadId, long Packet);

public enum ConnectOutcome : byte
{
    Refused,
    NoAnswer,
    Greeted,
    /// <summary>ERR in place of a greeting.</summary>
    Rejected,
    /// <summary>TCP opened, nothing more.</summary>
    Silent,
}

/// <summary>The same session on the other side of a proxy.</summary>
/// <param name="IsBehind">It is the one between proxy and server; else the one between client and proxy.</param>
public sealed record SecondLeg(Timeline Connection, bool IsBehind);

/// <summary>All timelines and facts under examination.</summary>
public sealed class Case
{
    /// <summary>Lost, refused or otherwise notable connections.</summary>
    public required IReadOnlyList<Timeline> Timelines { get; init; }
    /// <summary>Every end seen, ordered by time; the oldest are dropped past 100,000.</summary>
    public required IReadOnlyList<EndingSummary> Endings { get; init; }
    /// <summary>Every attempt to connect, ordered by time; the oldest are dropped past 100,000.</summary>
    public required IReadOnlyList<ConnectAttempt> Attempts { get; init; }
    public required IReadOnlyList<KillSeen> Kills { get; init; }
    public required IReadOnlyList<Fact> Facts { get; init; }
    /// <summary>What sources other than the wire tell, on the common clock where they have a time, oldest first.</summary>
    public IReadOnlyList<Sighting> Sightings { get; init; } = [];

    /// <summary>Sessions that captures show on both sides of a proxy; by reference.</summary>
    public IReadOnlyDictionary<Timeline, SecondLeg> Legs { get; init; } = new Dictionary<Timeline, SecondLeg>();

    /// <summary>The proxy's connection to the server where a capture shows that the proxy closed it, unasked: the server was there and had not ended the session.</summary>
    public Timeline? ClosedByProxy(Timeline connection) =>
        Legs.TryGetValue(connection, out SecondLeg? leg) && leg is { IsBehind: true, Connection: { Ending: { By: Side.Client, Quit: null } behind } back } && connection.Ending is { By: Side.Server } front
        && (front.At.At - behind.At.At).Duration() < TimeSpan.FromSeconds(1) ? back : null;

    /// <summary>A variable of the running server, or else what an option file sets for the server; null when nobody says.</summary>
    public Fact? Setting(string name) =>
        Facts.FirstOrDefault(f => f.Kind == FactKind.Variable && f.Name == name && f.Scope == "session")
        ?? Facts.LastOrDefault(f => f.Kind == FactKind.Variable && f.Name == name && f.Scope is null or "global")
        ?? Facts.LastOrDefault(f => f.Kind == FactKind.Variable && f.Name == name)
        ?? Facts.LastOrDefault(f => f.Kind == FactKind.Option && f.Name == name && f.Scope is "mysqld" or "server" or null);

    /// <summary>A counter's readings in the order of their sources.</summary>
    public IReadOnlyList<Fact> Counter(string name) => [.. Facts.Where(f => f.Kind == FactKind.Status && f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The last reading of a counter; null when there is none.</summary>
    public Fact? LastOf(string name) => Counter(name) is { Count: > 0 } readings ? readings[^1] : null;

    /// <summary>Settings of that name in proxies or applications, whatever their section or stack.</summary>
    public IEnumerable<Fact> All(FactKind kind, string name) => Facts.Where(f => f.Kind == kind && f.Name == name);

    /// <summary>The first sighting with one of these signs, whenever it was.</summary>
    public Sighting? Find(params ReadOnlySpan<Sign> signs)
    {
        foreach (Sighting one in Sightings)
            if (signs.Contains(one.Sign))
                return one;
        return null;
    }

    /// <summary>
    /// The sighting with one of these signs that is nearest to the loss and lies within the spans before and after it.
    /// Where one of the two has no time, the nearest cannot be told: then the only source-wide one is given.
    /// </summary>
    public Sighting? Near(Loss loss, TimeSpan before, TimeSpan after, params ReadOnlySpan<Sign> signs)
    {
        Sighting? nearest = null;
        TimeSpan distance = TimeSpan.MaxValue;
        foreach (Sighting one in Sightings)
        {
            if (!signs.Contains(one.Sign))
                continue;
            if (loss.At is not { } at || one.At is not { } seen)
            {
                nearest ??= one;
                continue;
            }
            TimeSpan lag = at - seen;
            if (lag <= before && lag >= -after && lag.Duration() < distance)
                (nearest, distance) = (one, lag.Duration());
        }
        return nearest;
    }

    /// <summary>Ends on the same server within <paramref name="window"/> of <paramref name="at"/>, clean ones left out.</summary>
    public IEnumerable<EndingSummary> LossesNear(IPEndPoint server, Instant at, TimeSpan window)
    {
        for (int i = LowerBound(Endings, at + -window, static e => e.At); i < Endings.Count && Endings[i].At <= at + window; i++)
            if (!Endings[i].Clean && Endings[i].Server.Equals(server))
                yield return Endings[i];
    }

    /// <summary>A KILL of the connection's session, not of its statement alone, that was sent within ten seconds before; null when none was seen.</summary>
    public KillSeen? KillBefore(Timeline connection, Instant end) => connection.Identity.ThreadId is { } thread
        ? Kills.FirstOrDefault(k => k.ThreadId == thread && !k.QueryOnly && (k.Server is null || k.Server.Equals(connection.Server)) && end >= k.At && end - k.At < TimeSpan.FromSeconds(10))
        : null;

    /// <summary>Attempts to connect to the server in a span of time.</summary>
    public IEnumerable<ConnectAttempt> AttemptsBetween(IPEndPoint server, Instant from, Instant to)
    {
        for (int i = LowerBound(Attempts, from, static a => a.At); i < Attempts.Count && Attempts[i].At <= to; i++)
            if (Attempts[i].Server.Equals(server))
                yield return Attempts[i];
    }

    private static int LowerBound<T>(IReadOnlyList<T> ordered, Instant from, Func<T, Instant> at)
    {
        int low = 0, high = ordered.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (at(ordered[middle]) < from)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
