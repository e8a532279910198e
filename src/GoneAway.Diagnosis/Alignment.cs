using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Brings the times of all sources on one clock. A source that writes no zone is measured against events that it shares with one that does
/// (the same thread id, the same client port); where none is shared its times are taken as UTC. The report says which.
/// </summary>
public sealed class Alignment
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan FarthestZone = TimeSpan.FromHours(14);

    private readonly Dictionary<string, string> notes = [];
    private readonly List<(Instant At, uint? Thread, int? Port)> anchors = [];
    private int year;

    /// <param name="year">The year to assume where no source has one.</param>
    public Alignment(int year) => this.year = year;

    /// <summary>What was assumed or measured, by file.</summary>
    public IReadOnlyDictionary<string, string> Notes => notes;

    /// <summary>Connections of captures: their times are right.</summary>
    public void Anchor(IEnumerable<Timeline> timelines)
    {
        foreach (Timeline timeline in timelines)
        {
            Instant at = timeline.Ending?.At.At ?? timeline.Last.At;
            anchors.Add((at, timeline.Identity.ThreadId, timeline.Client.Port));
        }
    }

    /// <summary>The same sightings with their time on the common clock, oldest first; those without a time keep their place in their file.</summary>
    public List<Sighting> Align(IReadOnlyList<Sighting> sightings)
    {
        var files = sightings.GroupBy(static s => SourceFile.Of(s.Source)).Select(static g => (Path: g.Key, All: g.ToList())).ToList();
        // The year first: what has one tells it to the others.
        int? known = anchors.Count > 0 ? anchors[0].At.ToUtc().Year : sightings.FirstOrDefault(static s => s.Stamp is { HasYear: true })?.Stamp?.Clock.Year;
        year = known ?? year;
        var aligned = new List<Sighting>(sightings.Count);
        foreach ((string path, List<Sighting> all) in files.OrderBy(static f => Rank(f.All)))
        {
            TimeSpan zone = ZoneOf(path, all);
            int before = aligned.Count;
            foreach (Sighting one in all)
                aligned.Add(one.Stamp is { } stamp ? one with { At = stamp.Resolve(zone, year) } : one);
            for (int i = before; i < aligned.Count && anchors.Count < 50_000; i++)
                if (aligned[i].At is { } at && (aligned[i].ThreadId is not null || aligned[i].ClientPort is not null))
                    anchors.Add((at, aligned[i].ThreadId, aligned[i].ClientPort));
        }
        // Stable: what has no time stays behind what its file said before it.
        Instant last = default;
        return [.. aligned.Select(s => (Sighting: s, Key: last = s.At ?? last)).OrderBy(static p => p.Key).Select(static p => p.Sighting)];
    }

    /// <summary>The zone that neighbouring lines of one file show, one with its zone and one without; null when there are none.</summary>
    private TimeSpan? ZoneWithin(List<Sighting> all)
    {
        for (int i = 1; i < all.Count; i++)
        {
            if (all[i - 1].Stamp is not { } one || all[i].Stamp is not { } two || one.Offset is null == two.Offset is null)
                continue;
            (Stamp local, Stamp zoned) = one.Offset is null ? (one, two) : (two, one);
            if (ZoneIn(local.Resolve(TimeSpan.Zero, year) - zoned.Resolve(TimeSpan.Zero, year)) is { } zone)
                return zone;
        }
        return null;
    }

    /// <summary>The zone that two clocks so far apart may differ by; null when no zone explains it.</summary>
    private static TimeSpan? ZoneIn(TimeSpan apart)
    {
        TimeSpan zone = Math.Round(apart / Quarter) * Quarter;
        return zone.Duration() <= FarthestZone && (apart - zone).Duration() <= Skew ? zone : null;
    }

    /// <summary>Sources with a zone first, then servers, proxies, applications.</summary>
    private static int Rank(List<Sighting> all)
    {
        bool zoned = all.Exists(static s => s.Stamp is { Offset: not null });
        return (zoned ? 0 : 10) + (int)all[0].Origin switch { (int)Origin.Server => 0, (int)Origin.Proxy => 1, (int)Origin.Application => 2, _ => 3 };
    }

    private TimeSpan ZoneOf(string path, List<Sighting> all)
    {
        if (!all.Exists(static s => s.Stamp is { Offset: null }))
            return TimeSpan.Zero;
        var shifts = new Dictionary<TimeSpan, (int Count, TimeSpan Exact, TimeSpan Least, TimeSpan Most)>();
        foreach (Sighting one in all)
        {
            if (one.Stamp is not { Offset: null } stamp || one.ThreadId is null && one.ClientPort is null)
                continue;
            Instant asUtc = stamp.Resolve(TimeSpan.Zero, year);
            foreach ((Instant at, uint? thread, int? port) in anchors)
            {
                bool same = one.ThreadId is not null && one.ThreadId == thread || one.ClientPort is not null && one.ClientPort == port;
                TimeSpan exact = asUtc - at;
                if (same && ZoneIn(exact) is { } zone)
                    shifts[zone] = shifts.TryGetValue(zone, out var seen)
                        ? (seen.Count + 1, exact, exact < seen.Least ? exact : seen.Least, exact > seen.Most ? exact : seen.Most)
                        : (1, exact, exact, exact);
            }
        }
        if (shifts.Count == 0 && ZoneWithin(all) is { } own)
        {
            notes[path] = $"its times have no zone; UTC{(own < TimeSpan.Zero ? "-" : "+")}{own.Duration():hh\\:mm} by its own lines that have one";
            return own;
        }
        if (shifts.Count == 0)
        {
            notes[path] = "its times have no zone and are taken as UTC";
            return TimeSpan.Zero;
        }
        (TimeSpan best, (int count, TimeSpan measured, TimeSpan least, TimeSpan most)) = shifts.MaxBy(static s => s.Value.Count);
        TimeSpan skew = measured - best;
        // Below a second it is rounding, not a clock. Where events disagree they are not the same ones: several servers count their threads alike.
        TimeSpan used = skew.Duration() > Rounding && most - least <= Rounding ? measured : best;
        notes[path] = $"its times have no zone; UTC{(best < TimeSpan.Zero ? "-" : "+")}{best.Duration():hh\\:mm} measured from {count} shared event{(count == 1 ? "" : "s")}" + (used == best ? "" : $", clock off by {Spans.Show(skew)}");
        return used;
    }
}
