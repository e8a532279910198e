using System.Threading.Tasks.Sources;

namespace GoneAway.Gateway.Loop;

/// <summary>
/// What one piece of sequential code waits for: its sockets, its time, its signals. Belongs to one loop; the code goes on inline
/// on the loop's thread. Waiting allocates nothing.
/// </summary>
internal class Waiter : IValueTaskSource<Ready>
{
    private ManualResetValueTaskSourceCore<Ready> source;
    private Ready pending;
    private Ready mask;

    public Waiter(EventLoop loop) => Loop = loop;

    public EventLoop Loop { get; private set; }

    /// <summary>When the present wait ends, in the loop's milliseconds.</summary>
    internal long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Where it stands in the loop's wheel: the tick it will be looked at; long.MaxValue when it is not there.</summary>
    internal long Scheduled { get; set; } = long.MaxValue;
    internal Waiter? NextInWheel { get; set; }

    /// <summary>Waits for any of the flags; those that are told are cleared.</summary>
    /// <param name="flags">What for.</param>
    /// <param name="deadline">A time of <see cref="EventLoop.Now"/>; past it the answer is Timeout.</param>
    public ValueTask<Ready> WaitAsync(Ready flags, long deadline = long.MaxValue)
    {
        Ready hit = pending & flags;
        if (hit != 0)
        {
            pending &= ~hit;
            return new ValueTask<Ready>(hit);
        }
        source.Reset();
        mask = flags;
        Deadline = deadline;
        if (deadline < Scheduled)
            Loop.Schedule(this);
        return new ValueTask<Ready>(this, source.Version);
    }

    /// <summary>What has been told and not been asked for.</summary>
    public Ready Pending => pending;

    public void Clear(Ready flags) => pending &= ~flags;

    /// <summary>Tells; on the loop's thread.</summary>
    public void Notify(Ready flags)
    {
        pending |= flags;
        Ready hit = pending & mask;
        if (hit == 0)
            return;
        pending &= ~hit;
        Complete(hit);
    }

    /// <summary>Notes without waking: code that goes on anyway will see it at its next wait.</summary>
    public void Mark(Ready flags) => pending |= flags;

    internal void TimeOut()
    {
        if (mask != 0)
            Complete(Ready.Timeout);
    }

    private void Complete(Ready hit)
    {
        mask = 0;
        Deadline = long.MaxValue;
        source.SetResult(hit);
    }

    Ready IValueTaskSource<Ready>.GetResult(short token) => source.GetResult(token);
    ValueTaskSourceStatus IValueTaskSource<Ready>.GetStatus(short token) => source.GetStatus(token);
    void IValueTaskSource<Ready>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
