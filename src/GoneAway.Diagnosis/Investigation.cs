using GoneAway.Causes;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Takes the evidence of one case after the other: what logs and settings say first, then connections as captures are read. Keeps the
/// notable ones until what happened around them is known too, has them judged, and hands the incidents on. What it holds is bounded.
/// </summary>
public sealed class Investigation : IConnectionObserver
{
    private const int MostNotable = 4096;
    private const int MostSummaries = 100_000;
    private static readonly TimeSpan Surroundings = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Action<Incident> onIncident;
    private readonly Judge judge;
    private readonly int year;
    private readonly List<Timeline> notable = [];
    private readonly List<EndingSummary> endings = [];
    private readonly List<ConnectAttempt> attempts = [];
    private readonly List<KillSeen> kills = [];
    private readonly List<Instant> lost = [];
    private IReadOnlyList<Sighting> told = [];
    private IReadOnlyList<Fact> facts = [];
    private Joining? joining;
    private IReadOnlyDictionary<string, string> notes = new Dictionary<string, string>();
    private int incidents;
    private bool captured;

    /// <param name="year">The year to assume for logs that write none, when no other source has one.</param>
    public Investigation(Action<Incident> onIncident, IReadOnlyList<Cause>? causes = null, int year = 2026)
    {
        this.onIncident = onIncident;
        this.year = year;
        judge = new Judge(causes ?? Catalogue.All);
    }

    /// <summary>Counts so far, packets left out.</summary>
    public Totals Totals { get; private set; } = new();

    /// <summary>What was assumed or measured of each source's clock in the case that was completed last, by file.</summary>
    public IReadOnlyDictionary<string, string> ClockNotes => notes;

    /// <summary>Begins a case with what its sources other than captures say.</summary>
    public void Begin(IReadOnlyList<Sighting> sightings, IReadOnlyList<Fact> settings)
    {
        told = sightings;
        facts = settings;
    }

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

    /// <summary>Judges all that is left of the case. Another may follow.</summary>
    public void Complete()
    {
        JudgeAll(notable);
        JudgeRest();
        NoteWhatIsApart();
        notable.Clear();
        endings.Clear();
        attempts.Clear();
        kills.Clear();
        (told, facts, joining, captured) = ([], [], null, false);
        lost.Clear();
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
        Align(timelines);
        captured |= timelines.Count > 0;
        Timeline[] ordered = [.. Views.Distinct(timelines).OrderBy(Joining.EndOf)];
        Legs legs = Legs.Of(ordered);
        Case @case = CaseOf(timelines, legs);
        Timeline[] lostOnce = [.. ordered.Where(connection => !legs.IsConsequence(connection))];
        joining!.Claim(lostOnce);
        foreach (Timeline connection in lostOnce)
            Tell(joining.Join(connection, legs.Others.TryGetValue(connection, out SecondLeg? other) ? other.Connection : null), @case);
    }

    /// <summary>What only logs tell of. An error without a time, beside a capture that shows losses, is one of those.</summary>
    private void JudgeRest()
    {
        if (joining is null)
            return;
        Case @case = CaseOf([]);
        foreach (Loss loss in joining.Rest(captured))
            if (!captured || loss.At is not null)
                Tell(loss, @case);
    }

    private void Tell(Loss loss, Case @case)
    {
        if (loss.At is { } at && lost.Count < MostSummaries)
            lost.Add(at);
        Incident incident = judge.Examine(loss, @case, $"i{++incidents}");
        if (incident.IsLoss)
            Totals = Totals with { Lost = Totals.Lost + 1 + (loss.Connection is null ? loss.Told?.More ?? 0 : 0) };
        onIncident(incident);
    }

    /// <summary>A source of another day than every loss has no part in the verdicts; the report says so.</summary>
    private void NoteWhatIsApart()
    {
        if (lost.Count == 0)
            return;
        Instant first = lost.Min(), last = lost.Max();
        var apart = new Dictionary<string, string>(notes);
        foreach (IGrouping<string, Sighting> file in told.GroupBy(static s => SourceFile.Of(s.Source)))
            if (file.All(s => s.At is { } seen && (first - seen > Day || seen - last > Day)))
                apart[file.Key] = (apart.TryGetValue(file.Key, out string? note) ? note + "; " : "") + $"left out: all of it is more than a day away from every loss ({file.Min(static s => s.At)!.Value.ToUtc():yyyy-MM-dd} to {file.Max(static s => s.At)!.Value.ToUtc():yyyy-MM-dd})";
        notes = apart;
    }

    private Case CaseOf(List<Timeline> timelines, Legs? legs = null) =>
        new() { Legs = legs?.Others ?? new Dictionary<Timeline, SecondLeg>(), Timelines = timelines, Endings = endings, Attempts = attempts, Kills = kills, Facts = facts, Sightings = told };

    /// <summary>Brings all clocks together once, against the first connections that captures show.</summary>
    private void Align(List<Timeline> timelines)
    {
        if (joining is not null)
            return;
        var alignment = new Alignment(year);
        alignment.Anchor(timelines);
        told = alignment.Align(told);
        notes = alignment.Notes;
        joining = new Joining(told);
    }

    private static void Keep<T>(List<T> list, T item)
    {
        if (list.Count >= MostSummaries)
            list.RemoveRange(0, MostSummaries / 4);
        list.Add(item);
    }
}
