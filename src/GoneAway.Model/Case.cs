using System.Net;

namespace GoneAway.Model;

/// <summary>The end of one connection, kept for all of them, so that a cause can look at what happened around.</summary>
public readonly record struct EndingSummary(
    IPEndPoint Client, IPEndPoint Server, Instant At, Side By, EndKind Kind, bool Clean, TimeSpan IdleBefore, bool LoggedIn, uint ThreadId, long Packet);

/// <summary>A KILL statement or COM_PROCESS_KILL seen on some connection.</summary>
/// <param name="ThreadId">The victim.</param>
/// <param name="QueryOnly">KILL QUERY: the connection stays.</param>
public sealed record KillSeen(uint ThreadId, bool QueryOnly, Instant At, string Source, string? User, string? Program);

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

    /// <summary>Ends on the same server within <paramref name="window"/> of <paramref name="at"/>, clean ones left out.</summary>
    public IEnumerable<EndingSummary> LossesNear(IPEndPoint server, Instant at, TimeSpan window)
    {
        for (int i = LowerBound(Endings, at + -window, static e => e.At); i < Endings.Count && Endings[i].At <= at + window; i++)
            if (!Endings[i].Clean && Endings[i].Server.Equals(server))
                yield return Endings[i];
    }

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
