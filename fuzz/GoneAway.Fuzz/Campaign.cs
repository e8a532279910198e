using System.Diagnostics;

namespace GoneAway.Fuzz;

/// <summary>Feeds inputs to a target, and holds it to its bounds of time and memory.</summary>
public static class Campaign
{
    /// <summary>No input of this size may take longer; a wide bound, for machines that are busy.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes that may be allocated for one input, beside <see cref="MostAllocatedPerByte"/>: the buffer for one record,
    /// which may claim 64 MiB before any of it has come, and the tables of a reader.
    /// </summary>
    private const long MostAllocated = 80L << 20;

    private const long MostAllocatedPerByte = 4096;

    /// <summary>Runs until the count or the time is used up. Answers with the first input that fails and why, or null.</summary>
    public static Failure? Run<T>(IReadOnlyList<byte[]> corpus, int seed, int iterations, TimeSpan limit) where T : ITarget
    {
        foreach (byte[] input in corpus)
            if (Try<T>(input) is { } failure)
                return failure;
        var mutator = new Mutator(corpus, seed);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations && Stopwatch.GetElapsedTime(began) < limit; i++)
            if (Try<T>(mutator.Next()) is { } failure)
                return failure;
        return null;
    }

    /// <summary>One input. What is wrong with it, or null.</summary>
    public static Failure? Try<T>(byte[] input) where T : ITarget
    {
        long began = Stopwatch.GetTimestamp();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            T.Fuzz(input);
        }
        catch (Exception error)
        {
            return new Failure(input, error.ToString());
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MostAllocated + MostAllocatedPerByte * input.Length)
            return new Failure(input, $"{allocated} bytes were allocated for an input of {input.Length}");
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        return elapsed > MostTime ? new Failure(input, $"an input of {input.Length} bytes took {elapsed.TotalSeconds:F1} s") : null;
    }
}

/// <summary>An input that a target does not bear.</summary>
public sealed record Failure(byte[] Input, string Why);
