#pragma warning disable CA2012, xUnit1031 // When exactly a task is complete is what is tested; nothing blocks.
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Tests.Loop;

public sealed class LoopTaskMethodBuilderTests
{
    [Fact]
    public void AMethodThatDoesNotWaitHasItsResultAtOnce()
    {
        ValueTask<int> task = Twice(3, null);
        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal(6, task.Result);
    }

    [Fact]
    public void AMethodThatWaitsGoesOnInTheSignalAndReturnsItsResult()
    {
        var signal = new Signal();
        ValueTask<int> task = Twice(4, signal);
        Assert.False(task.IsCompleted);
        signal.Set();
        Assert.True(task.IsCompleted);
        Assert.Equal(8, task.Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnExceptionReachesWhoAwaits(bool waits)
    {
        Signal? signal = waits ? new Signal() : null;
        ValueTask<int> task = Fail(signal);
        signal?.Set();
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(async () => await task);
        Assert.Equal("told", error.Message);
    }

    [Fact]
    public void AResultCanBeTakenOnceOnly()
    {
        var signal = new Signal();
        ValueTask<int> task = Twice(4, signal);
        signal.Set();
        Assert.Equal(8, task.GetAwaiter().GetResult());
        Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
    }

    [OptimizedFact]
    public void ManyThatWaitAtOnceAllocateNothingTheSecondTime()
    {
        var signals = new Signal[200];
        var tasks = new ValueTask<int>[signals.Length];
        for (int i = 0; i < signals.Length; i++)
            signals[i] = new Signal();
        int Round()
        {
            int sum = 0;
            for (int i = 0; i < signals.Length; i++)
                tasks[i] = Outer(i, signals[i]);
            foreach (Signal signal in signals)
                signal.Set();
            foreach (Signal signal in signals)
                signal.Set();
            for (int i = 0; i < tasks.Length; i++)
                sum += tasks[i].GetAwaiter().GetResult();
            return sum;
        }
        for (int i = 0; i < 50; i++)
            Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int result = Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Enumerable.Range(0, 200).Sum(static i => i * 4), result);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<int> Twice(int number, Signal? signal)
    {
        if (signal is not null)
            await signal.WaitAsync();
        return number * 2;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<int> Outer(int number, Signal signal)
    {
        int once = await Twice(number, signal);
        return once + await Twice(number, signal);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<int> Fail(Signal? signal)
    {
        if (signal is not null)
            await signal.WaitAsync();
        throw new InvalidDataException("told");
    }

    /// <summary>Compiled for debugging, every call of an async method allocates.</summary>
    private sealed class OptimizedFactAttribute : FactAttribute
    {
        public OptimizedFactAttribute()
        {
            if (typeof(LoopTaskMethodBuilderTests).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
                Skip = "needs an optimized build (-c Release)";
        }
    }

    private sealed class Signal : IValueTaskSource<bool>
    {
        private ManualResetValueTaskSourceCore<bool> source;

        public ValueTask<bool> WaitAsync()
        {
            source.Reset();
            return new ValueTask<bool>(this, source.Version);
        }

        public void Set() => source.SetResult(true);

        public bool GetResult(short token) => source.GetResult(token);
        public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);
        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
    }
}
