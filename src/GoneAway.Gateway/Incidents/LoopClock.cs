using GoneAway.Model;

namespace GoneAway.Gateway.Incidents;

/// <summary>Turns a loop's milliseconds into moments of the calendar. Made where a timeline is told, not before.</summary>
internal sealed class LoopClock
{
    private static int number;
    private readonly long ticks;
    private readonly Instant instant;

    /// <param name="time">The calendar.</param>
    public LoopClock(TimeProvider time)
    {
        ticks = Environment.TickCount64;
        instant = new Instant((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick);
    }

    public Instant Now => instant;

    public Moment At(long milliseconds) => new(instant + TimeSpan.FromMilliseconds(milliseconds - ticks), 0);

    /// <summary>Counts timelines.</summary>
#pragma warning disable CA1822 // Asked where timelines are told, as the time is.
    public int NextNumber() => Interlocked.Increment(ref number);
#pragma warning restore CA1822
}
