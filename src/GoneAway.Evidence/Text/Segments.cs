namespace GoneAway.Evidence.Text;

/// <summary>
/// Cuts what people paste into parts that may each be something of its own: fenced and indented blocks, runs of lines between blank ones.
/// </summary>
internal static class Segments
{
    private const int MostSegments = 5000;

    /// <summary>Parts in order, each once: the fenced block whole, everything else between blank lines.</summary>
    public static IEnumerable<Passage> Of(Passage whole)
    {
        int count = 0, from = 0;
        bool fenced = false;
        for (int i = 0; i <= whole.Lines.Count && count < MostSegments; i++)
        {
            string? line = i < whole.Lines.Count ? whole.Lines[i] : null;
            bool fence = line is not null && IsFence(line);
            bool cut = line is null || fence || !fenced && string.IsNullOrWhiteSpace(line);
            if (!cut)
                continue;
            if (i > from)
            {
                count++;
                yield return whole with { FirstLine = whole.FirstLine + from, Lines = Slice(whole.Lines, from, i), IsPart = true };
            }
            from = i + 1;
            if (fence)
                fenced = !fenced;
        }
    }

    private static bool IsFence(string line) => line.AsSpan().TrimStart(" >\t").StartsWith("```", StringComparison.Ordinal) || line.AsSpan().TrimStart().StartsWith("~~~", StringComparison.Ordinal);

    private static List<string> Slice(IReadOnlyList<string> lines, int from, int to)
    {
        var part = new List<string>(to - from);
        for (int i = from; i < to; i++)
            part.Add(lines[i]);
        return part;
    }
}
