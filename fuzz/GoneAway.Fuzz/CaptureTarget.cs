using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;

namespace GoneAway.Fuzz;

/// <summary>The input is a capture file: read, decoded and judged.</summary>
public sealed class CaptureTarget : ITarget
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray(), writable: false);
        int incidents = 0;
        var investigation = new Investigation(_ => incidents++);
        InputSummary summary = new CaptureAnalyzer("fuzz", investigation).Analyze(stream);
        investigation.Complete();
        if (summary.Kind == "unrecognised" && summary.Note is null)
            throw new BrokenPromiseException("an input was refused without a reason");
        // A record has a header of eight bytes at least, in either format.
        if (summary.Records > input.Length / 8)
            throw new BrokenPromiseException($"{summary.Records} records in {input.Length} bytes");
        Totals totals = investigation.Totals;
        if (totals.Lost > incidents || totals.Lost + totals.CleanCloses + totals.StillOpen > totals.Connections || totals.Connections > summary.Records)
            throw new BrokenPromiseException($"the counts contradict each other: {totals}, {incidents} incidents");
    }
}
