using System.Buffers;
using System.Text;

namespace GoneAway.Evidence.Text;

/// <summary>
/// Goes through a log of any size in bounded memory: finds the lines that hold a trigger of some reader and shows them to it.
/// What lies between is only counted.
/// </summary>
public sealed class LineScan
{
    private readonly SearchValues<string> triggers;
    private readonly (string Trigger, int Reader)[][] byFirst = new (string, int)[128][];
    private readonly (string Trigger, int Reader)[] foreign;
    private readonly IReadOnlyList<LineReader> readers;

    public LineScan(IReadOnlyList<LineReader> readers)
    {
        this.readers = readers;
        var all = new List<(string Trigger, int Reader)>();
        for (int i = 0; i < readers.Count; i++)
            foreach (string trigger in readers[i].Triggers)
                all.Add((trigger, i));
        triggers = SearchValues.Create([.. all.Select(static one => one.Trigger).Distinct()], StringComparison.Ordinal);
        foreach (var group in all.Where(static one => one.Trigger[0] < 128).GroupBy(static one => one.Trigger[0]))
            byFirst[group.Key] = [.. group];
        foreign = [.. all.Where(static one => one.Trigger[0] >= 128)];
    }

    /// <summary>Reads to the end of the stream. The kinds that took lines are counted in <paramref name="taken"/>.</summary>
    /// <returns>Lines read.</returns>
    public long Run(string path, Stream stream, Encoding encoding, Findings findings, Dictionary<string, long> taken, Action<long>? progress = null)
    {
        using var window = new LineWindow(path, stream, encoding);
        Span<bool> asked = stackalloc bool[Math.Max(1, readers.Count)];
        while (window.Fill())
        {
            progress?.Invoke(window.BytesRead);
            // Only what has enough text after it is looked at; the rest waits for the next filling.
            while (window.TryNextHit(triggers, out int start, out int end, out int hit, out int number))
            {
                var line = new LogLine(window, start, window.Text(start, end), number);
                asked.Clear();
                Mark(window.Text(hit, end), asked);
                for (int i = 0; i < readers.Count; i++)
                    if (asked[i] && readers[i].TryRead(line, findings))
                    {
                        taken[readers[i].Kind] = taken.GetValueOrDefault(readers[i].Kind) + 1;
                        break;
                    }
            }
        }
        return window.Lines;
    }

    /// <summary>Marks the readers that have a trigger in the text.</summary>
    private void Mark(ReadOnlySpan<char> text, Span<bool> asked)
    {
        while (true)
        {
            (string Trigger, int Reader)[]? candidates = text[0] < 128 ? byFirst[text[0]] : foreign;
            foreach ((string trigger, int reader) in candidates ?? [])
                if (!asked[reader] && text.StartsWith(trigger, StringComparison.Ordinal))
                    asked[reader] = true;
            int next = text[1..].IndexOfAny(triggers);
            if (next < 0)
                return;
            text = text[(next + 1)..];
        }
    }
}
