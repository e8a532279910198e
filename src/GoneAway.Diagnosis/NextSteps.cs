using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Chooses what to collect next: the evidence that separates the most of the remaining causes for the least effort, as a command for
/// the system at hand. What is already in the case is not asked for again.
/// </summary>
internal static class NextSteps
{
    private const int Most = 3;

    /// <summary>The cheapest and most telling first, few of them; last the capture, where one could prove what the others only make likely.</summary>
    /// <param name="remaining">The causes that are not excluded, the best first.</param>
    /// <param name="own">What the causes themselves would ask for.</param>
    /// <param name="hinted">How many of the remaining, the first ones, have evidence for them: those are decided before the others.</param>
    public static IReadOnlyList<NextStep> For(Loss loss, Case @case, IReadOnlyList<string> remaining, IReadOnlyList<NextStep> own, int hinted = 0)
    {
        List<NextStep> steps = [.. Ranked(loss, @case, remaining, own, hinted).Take(Most)];
        string[] shown = [.. Probe.Capture.Decides.Where(remaining.Contains)];
        if (loss.Connection is null && shown.Length > 0 && !steps.Exists(static step => IsCapture(step.Command)))
            steps.Add(new NextStep(Probe.Capture.Command(new Site(loss, @case)), shown));
        return steps;
    }

    private static bool IsCapture(string command) => command.StartsWith("tcpdump", StringComparison.Ordinal);

    private static IEnumerable<NextStep> Ranked(Loss loss, Case @case, IReadOnlyList<string> remaining, IReadOnlyList<NextStep> own, int hinted)
    {
        var candidates = new List<(string Command, IReadOnlyList<string> Decides, double Cost)>();
        foreach (NextStep step in own)
            // A cause knows best what would decide it; its capture is as dear as anyone's.
            candidates.Add((step.Command, step.Decides, IsCapture(step.Command) ? Probe.Capture.Cost : 0.8));
        foreach (Probe probe in Probe.All)
            if (!probe.IsKnown(loss, @case))
                candidates.Add((probe.Command(new Site(loss, @case)), probe.Decides, probe.Cost));
        var open = new List<string>(hinted > 0 ? remaining.Take(hinted) : remaining);
        while (open.Count > 0 && candidates.Count > 0)
        {
            int best = -1;
            double most = 0;
            for (int i = 0; i < candidates.Count; i++)
            {
                double gain = Gain(candidates[i].Decides, open) / candidates[i].Cost;
                if (gain > most)
                    (best, most) = (i, gain);
            }
            if (best < 0)
                yield break;
            (string command, IReadOnlyList<string> decides, _) = candidates[best];
            candidates.RemoveAt(best);
            yield return new NextStep(command, [.. decides.Where(remaining.Contains)]);
            open.RemoveAll(decides.Contains);
            if (open.Count == 0 && hinted > 0)
                (open, hinted) = ([.. remaining.Skip(hinted).Where(cause => !decides.Contains(cause))], 0);
        }
    }

    /// <summary>How many of the open causes it decides; the first, being the best, counts twice.</summary>
    private static double Gain(IReadOnlyList<string> decides, List<string> open)
    {
        double gain = 0;
        for (int i = 0; i < open.Count; i++)
            if (decides.Contains(open[i]))
                gain += i == 0 ? 2 : 1;
        return gain;
    }
}
