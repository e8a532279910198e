using System.Diagnostics;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Intruders;

/// <summary>The births of this host for one loop, asked for once in a turn: what the turn has to do with came before.</summary>
internal sealed class BirthsOfTurn(SharingWatch watch, EventLoop loop)
{
    private long turn = -1;
    private bool isKnown;

    /// <summary>No process was born since the last look at who holds what.</summary>
    public bool IsKnown
    {
        get
        {
            if (turn != loop.Turn)
                (turn, isKnown) = (loop.Turn, watch.IsOfNow());
            return isKnown;
        }
    }
}

/// <summary>Knows which sockets of this host several processes hold: looks again only when a process was born since, for all sessions at once, and for so much of a processor.</summary>
internal sealed class SharingWatch(ISocketHolders holders)
{
    /// <summary>Of one processor.</summary>
    private const double Share = 0.02;
    private static readonly TimeSpan MostSaved = TimeSpan.FromMilliseconds(300);

    private sealed record Seen(long Births, IReadOnlySet<ulong> Sockets);

    private readonly Lock gate = new();
    private volatile Seen? latest;
    private Task? running;
    private TimeSpan saved = MostSaved;
    private long savedAt = Stopwatch.GetTimestamp();

    /// <summary>Several processes held the socket when that was last looked at.</summary>
    public bool IsShared(ulong inode) => latest is { } seen && seen.Sockets.Contains(inode);

    /// <summary>No process was born since.</summary>
    public bool IsOfNow() => latest is { } seen && seen.Births == holders.Births();

    /// <summary>A look at what is so now, to be waited for; null when what is known is of now, or looking has cost too much lately.</summary>
    /// <param name="isLikely">There was much time for a fork; for the others some of the time is kept.</param>
    public Task? LookAgain(bool isLikely)
    {
        if (IsOfNow())
            return null;
        lock (gate)
        {
            // What was born after it began it may have missed: who waits for it asks again.
            if (running is not null)
                return running;
            saved += Stopwatch.GetElapsedTime(savedAt) * Share;
            savedAt = Stopwatch.GetTimestamp();
            if (saved > MostSaved)
                saved = MostSaved;
            if (saved <= (isLikely ? -MostSaved : MostSaved / 2))
                return null;
            return running = Task.Run(Look);
        }
    }

    private void Look()
    {
        long began = Stopwatch.GetTimestamp(), births = holders.Births();
        try
        {
            latest = new Seen(births, holders.Several());
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            latest = new Seen(births, new HashSet<ulong>());
        }
        lock (gate)
        {
            saved -= Stopwatch.GetElapsedTime(began);
            running = null;
        }
    }
}
