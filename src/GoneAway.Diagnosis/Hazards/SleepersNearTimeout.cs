using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Sessions that sleep, and will be closed soon; or that sleep inside a transaction.</summary>
internal sealed class SleepersNearTimeout : HazardRule
{
    private const double Near = 0.8;
    private static readonly TimeSpan LongInTransaction = TimeSpan.FromSeconds(60);

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Variable("wait_timeout") is { Number: > 0 and var limit } variable)
        {
            Sighting[] near = [.. known.Sessions.Where(s => s.Idle is { } idle && idle.TotalSeconds >= limit * Near && idle.TotalSeconds <= limit + 1).OrderByDescending(static s => s.Idle)];
            if (near.Length > 0)
                yield return new Hazard("wait-timeout", $"{(near.Length == 1 ? "1 session sleeps" : $"{near.Length} sessions sleep")} and will be closed within {Spans.Show(TimeSpan.FromSeconds(limit * (1 - Near)))}: {Who(near[0])}, idle for {Spans.Show(near[0].Idle!.Value)} of {variable.Value} s",
                    near[0].Source, "its client must not use that connection again; let the pool close idle ones itself: " + PoolAdvice.Shorter(known, TimeSpan.FromSeconds(limit)));
        }
        Sighting[] open = [.. known.Sessions.Where(static s => s.State == "in transaction" && s.Idle >= LongInTransaction).OrderByDescending(static s => s.Idle)];
        if (open.Length > 0)
            yield return new Hazard("wait-timeout", $"{(open.Length == 1 ? "1 session sleeps" : $"{open.Length} sessions sleep")} inside an open transaction: {Who(open[0])} for {Spans.Show(open[0].Idle!.Value)}; when it is cut, the work is rolled back, and its locks hold up others until then",
                open[0].Source, "commit before waiting for anything but the database");
    }

    internal static string Who(Sighting session) => $"thread {session.ThreadId} of {session.User}@{session.ClientHost}" + (session.Subject is { } program ? $" ({program}{(session.Pid is { } pid ? $"[{pid}]" : "")})" : "");
}
