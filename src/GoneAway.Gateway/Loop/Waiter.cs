using System.Threading.Tasks.Sources;

namespace GoneAway.Gateway.Loop;

/// <summary>
/// What one piece of sequential code waits for: its sockets, its time, its signals. Belongs to one loop; the code goes on inline
/// on the loop's thread. Waiting allocates nothing.
/// </summary>
internal class Waiter : IValueTaskSource<Ready>
{
    // What ManualResetValueTaskSourceCore holds, less what only several threads need.
    private Action<object?>? continuation;
    private object? continuationState;
    private short version;
    private bool isTold;
    private Ready result;
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
        version++;
        isTold = false;
        mask = flags;
        Deadline = deadline;
        if (deadline < Scheduled)
            Loop.Schedule(this);
        return new ValueTask<Ready>(this, version);
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
        result = hit;
        isTold = true;
        if (continuation is not { } goOn)
            return;
        object? state = continuationState;
        continuation = null;
        continuationState = null;
        goOn(state);
    }

    Ready IValueTaskSource<Ready>.GetResult(short token) =>
        token == version && isTold ? result : throw new InvalidOperationException("the wait is not over, or was another one");

    ValueTaskSourceStatus IValueTaskSource<Ready>.GetStatus(short token) =>
        token != version ? throw new InvalidOperationException("the wait was another one") : isTold ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<Ready>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != version || this.continuation is not null)
            throw new InvalidOperationException("one wait at a time");
        if (isTold)
            continuation(state);
        else
            (this.continuation, continuationState) = (continuation, state);
    }
}
