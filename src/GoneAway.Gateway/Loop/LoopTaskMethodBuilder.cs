using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace GoneAway.Gateway.Loop;

/// <summary>
/// Builds async methods that wait many times a second: what such a method holds while it waits lies in a box that is used again, from a
/// list of the thread it ends on. No execution context flows.
/// </summary>
/// <remarks>PoolingAsyncValueTaskMethodBuilder keeps one box a thread and one a processor; a loop has as many waiting as it has sessions at work.</remarks>
internal struct LoopTaskMethodBuilder<T>
{
    private LoopTaskBox<T>? box;
    private Exception? error;
    private T result;

    public static LoopTaskMethodBuilder<T> Create() => default;

    public readonly ValueTask<T> Task =>
        box is not null ? new ValueTask<T>(box, box.Version)
        : error is not null ? ValueTask.FromException<T>(error)
        : new ValueTask<T>(result);

#pragma warning disable CA1822 // The compiler calls it on an instance.
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => ArgumentNullException.ThrowIfNull(stateMachine);
#pragma warning restore CA1822

    public void SetResult(T value)
    {
        if (box is null)
            result = value;
        else
            box.SetResult(value);
    }

    public void SetException(Exception exception)
    {
        if (box is null)
            error = exception;
        else
            box.SetException(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        if (box is null)
            Move(ref stateMachine);
        awaiter.OnCompleted(box!.GoOn);
    }

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        if (box is null)
            Move(ref stateMachine);
        awaiter.UnsafeOnCompleted(box!.GoOn);
    }

    /// <summary>At the first wait the method moves from the stack into a box; this builder is a part of what is copied.</summary>
    private void Move<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        LoopTaskBox<T, TStateMachine> rented = LoopTaskBox<T, TStateMachine>.Rent();
        box = rented;
        rented.StateMachine = stateMachine;
    }
}

/// <summary>What a waiting method's caller waits for.</summary>
internal abstract class LoopTaskBox<T> : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> source;

    /// <summary>Runs the method from where it waits.</summary>
    public Action GoOn { get; protected init; } = null!;

    public short Version => source.Version;

    public void SetResult(T value) => source.SetResult(value);

    public void SetException(Exception exception) => source.SetException(exception);

    public T GetResult(short token)
    {
        bool asked = source.Version == token && source.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return source.GetResult(token);
        }
        finally
        {
            if (asked)
            {
                source.Reset();
                GiveBack();
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags & ~(ValueTaskSourceOnCompletedFlags.UseSchedulingContext | ValueTaskSourceOnCompletedFlags.FlowExecutionContext));

    protected abstract void GiveBack();
}

/// <summary>A box for the calls of one method.</summary>
internal sealed class LoopTaskBox<T, TStateMachine> : LoopTaskBox<T>
    where TStateMachine : IAsyncStateMachine
{
    private const int MostKept = 1024;

    [ThreadStatic]
    private static LoopTaskBox<T, TStateMachine>? first;
    [ThreadStatic]
    private static int kept;

    private LoopTaskBox<T, TStateMachine>? next;

    private LoopTaskBox() => GoOn = () => StateMachine!.MoveNext();

    public TStateMachine? StateMachine;

    public static LoopTaskBox<T, TStateMachine> Rent()
    {
        if (first is not { } box)
            return new LoopTaskBox<T, TStateMachine>();
        first = box.next;
        box.next = null;
        kept--;
        return box;
    }

    protected override void GiveBack()
    {
        StateMachine = default;
        if (kept >= MostKept)
            return;
        kept++;
        next = first;
        first = this;
    }
}
