using System.Text;

namespace GoneAway.Evidence.Text;

/// <summary>
/// Goes through a log of any size in bounded memory: finds the lines that hold a trigger of some reader and shows them to it.
/// What lies between is only counted.
/// </summary>
public sealed class LineScan
{
    private readonly TriggerSearch triggers;
    private readonly IReadOnlyList<LineReader> readers;

    public LineScan(IReadOnlyList<LineReader> readers)
    {
        this.readers = readers;
        triggers = new TriggerSearch(readers.SelectMany(static (reader, number) => reader.Triggers.Distinct().Select(trigger => (trigger, number))));
    }

    /// <summary>Reads to the end of the stream. The kinds that took lines are counted in <paramref name="taken"/>.</summary>
    /// <returns>Lines read.</returns>
    public long Run(string path, Stream stream, Encoding encoding, Findings findings, Dictionary<string, long> taken, Action<long>? progress = null)
    {
        using var window = new LineWindow(path, stream, encoding);
        // The reader of the last line that was taken, and how many lines it only counted since.
        LineReader? last = null;
        long counted = 0;
        Span<bool> asked = stackalloc bool[Math.Max(1, readers.Count)];
        while (window.Fill())
        {
            progress?.Invoke(window.BytesRead);
            // Only what has enough text after it is looked at; the rest waits for the next filling.
            while (window.TryNextHit(triggers, out int start, out int end, out int number))
            {
                var line = new LogLine(window, start, window.Text(start, end), number);
                if (last?.IsCounted(line.Text, findings) == true)
                {
                    counted++;
                    continue;
                }
                asked.Clear();
                triggers.Mark(line.Text, asked);
                for (int i = 0; i < readers.Count; i++)
                    if (asked[i] && (readers[i] != last && readers[i].IsCounted(line.Text, findings) || readers[i].TryRead(line, findings)))
                    {
                        taken[readers[i].Kind] = taken.GetValueOrDefault(readers[i].Kind) + 1;
                        if (last != readers[i])
                            Settle(readers[i]);
                        break;
                    }
            }
        }
        Settle(null);
        return window.Lines;

        void Settle(LineReader? next)
        {
            if (last is not null && counted > 0)
                taken[last.Kind] = taken.GetValueOrDefault(last.Kind) + counted;
            (last, counted) = (next, 0);
        }
    }
}
