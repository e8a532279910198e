namespace GoneAway.Evidence.Processes.Live;

/// <summary>From whom several processes have one socket.</summary>
public static class Ancestry
{
    private const int Deepest = 200;

    /// <summary>The closest process from which all of them descend, one of themselves included; null when that is init, or not known.</summary>
    public static RunningProcess? CommonOf(IReadOnlyList<RunningProcess> holders, IReadOnlyDictionary<int, RunningProcess> all)
    {
        List<RunningProcess>? common = null;
        foreach (RunningProcess holder in holders)
        {
            List<RunningProcess> chain = Chain(holder, all);
            common = common is null ? chain : [.. common.Where(one => chain.Any(other => other.Pid == one.Pid))];
        }
        return common?.FirstOrDefault(static one => one.Pid > 1);
    }

    private static List<RunningProcess> Chain(RunningProcess process, IReadOnlyDictionary<int, RunningProcess> all)
    {
        var chain = new List<RunningProcess>();
        RunningProcess? next = process;
        while (next is not null && chain.Count < Deepest)
        {
            chain.Add(next);
            next = all.GetValueOrDefault(next.Parent);
        }
        return chain;
    }
}
