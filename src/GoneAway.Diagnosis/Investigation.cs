using GoneAway.Causes;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Takes connections as they are read, keeps the notable ones until what happened around them is known too,
/// has them judged, and hands the incidents on. What it holds is bounded.
/// </summary>
public sealed class Investigation : IConnectionObserver
{
    private const int MostNotable = 4096;
    private const int MostSummaries = 100_000;
    private static readonly TimeSpan Surroundings = TimeSpan.FromSeconds(30);

    private readonly Action<Incident> onIncident;
    private readonly Judge judge;
    private readonly List<Timeline> notable = [];
    private readonly List<EndingSummary> endings = [];
    private readonly List<ConnectAttempt> attempts = [];
    private readonly List<KillSeen> kills = [];
    private int incidents;

    public Investigation(Action<Incident> onIncident, IReadOnlyList<Cause>? causes = null)
    {
        this.onIncident = onIncident;
        judge = new Judge(causes ?? Catalogue.All);
    }

    /// <summary>Counts so far, packets left out.</summary>
    public Totals Totals { get; private set; } = new();

    public void OnConnection(Timeline timeline, EndingSummary? ending, ConnectAttempt? attempt)
    {
        if (ending is { } end)
            Keep(endings, end);
        if (attempt is { } begun)
            Keep(attempts, begun);
        Totals = Totals with { Connections = Totals.Connections + 1 };
        switch (Dispositions.Of(timeline))
        {
            case Disposition.Open: Totals = Totals with { StillOpen = Totals.StillOpen + 1 }; break;
            case Disposition.Clean: Totals = Totals with { CleanCloses = Totals.CleanCloses + 1 }; break;
            case Disposition.RefusedLogin: Totals = Totals with { RefusedLogins = Totals.RefusedLogins + 1 }; break;
            case Disposition.Probe: Totals = Totals with { Probes = Totals.Probes + 1 }; break;
            default:
                notable.Add(timeline);
                if (notable.Count >= MostNotable)
                    Settle();
                break;
        }
    }

    public void OnKill(KillSeen kill)
    {
        if (kills.Count < MostSummaries)
            kills.Add(kill);
    }

    /// <summary>Judges all that is left. More connections may follow, of another source.</summary>
    public void Complete()
    {
        JudgeAll(notable);
        notable.Clear();
        endings.Clear();
        attempts.Clear();
        kills.Clear();
    }

    /// <summary>Judges those whose surroundings are over, or the older half.</summary>
    private void Settle()
    {
        notable.Sort(static (a, b) => a.Last.At.CompareTo(b.Last.At));
        Instant settled = notable[^1].ObservedUntil + -Surroundings;
        int count = notable.FindIndex(t => t.Last.At > settled);
        if (count < MostNotable / 2)
            count = MostNotable / 2;
        JudgeAll(notable.GetRange(0, count));
        notable.RemoveRange(0, count);
    }

    private void JudgeAll(List<Timeline> timelines)
    {
        endings.Sort(static (a, b) => a.At.CompareTo(b.At));
        attempts.Sort(static (a, b) => a.At.CompareTo(b.At));
        var @case = new Case { Timelines = timelines, Endings = endings, Attempts = attempts, Kills = kills, Facts = [] };
        foreach (Timeline timeline in timelines.OrderBy(static t => t.Ending?.At.At ?? t.Last.At))
        {
            Incident incident = judge.Examine(timeline, @case, $"i{++incidents}");
            if (incident.IsLoss)
                Totals = Totals with { Lost = Totals.Lost + 1 };
            onIncident(incident);
        }
    }

    private static void Keep<T>(List<T> list, T item)
    {
        if (list.Count >= MostSummaries)
            list.RemoveRange(0, MostSummaries / 4);
        list.Add(item);
    }
}
