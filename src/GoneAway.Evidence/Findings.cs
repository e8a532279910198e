using GoneAway.Evidence.Options;
using GoneAway.Model;

namespace GoneAway.Evidence;

/// <summary>What the readers found in one file. Bounded: alike sightings past a number are counted, not kept.</summary>
public sealed class Findings
{
    private const int MostOfOneSign = 2000;
    private const int MostFacts = 50_000;
    private const int MostText = 400;

    private readonly Dictionary<Sign, int> counts = [];
    private readonly List<Sighting> sightings = [];
    private readonly List<Fact> facts = [];
    private readonly List<Hazard> hazards = [];
    private readonly List<string> notes = [];
    private readonly HashSet<int> left = [];
    private readonly List<OptionFile> optionFiles = [];

    public IReadOnlyList<Sighting> Sightings => sightings;
    public IReadOnlyList<Fact> Facts => facts;
    public IReadOnlyList<Hazard> Hazards => hazards;
    /// <summary>Option files, whose settings are known when all files of a case are.</summary>
    public IReadOnlyList<OptionFile> OptionFiles => optionFiles;
    /// <summary>What a person should know of the file: where it was cut, what was left out.</summary>
    public IReadOnlyList<string> Notes => notes;
    /// <summary>All sightings by sign, those not kept included.</summary>
    public IReadOnlyDictionary<Sign, int> Counts => counts;

    /// <summary>Number of the last line that belongs to what was read already; 0 when a reader of logs has not looked ahead.</summary>
    public int ReadTo { get; set; }

    /// <summary>Kinds of lines of this file that a reader has found to mean nothing.</summary>
    internal HashSet<ulong> Dull { get; } = [];

    /// <summary>True when one more of that sign would be counted only: a reader may then spare itself the work.</summary>
    public bool IsFull(Sign sign) => counts.TryGetValue(sign, out int count) && count >= MostOfOneSign;

    /// <summary>Numbers of lines inside of a passage taken that its reader did not understand: a log's lines between tables.</summary>
    public IReadOnlySet<int> Left => left;

    /// <summary>Leaves a line of a passage taken to the readers of logs.</summary>
    public void Leave(int line) => left.Add(line);

    public void Count(Sign sign) => counts[sign] = counts.GetValueOrDefault(sign) + 1;

    public void Add(Sighting sighting)
    {
        Count(sighting.Sign);
        if (counts[sighting.Sign] <= MostOfOneSign)
            sightings.Add(sighting.Text.Length > MostText ? sighting with { Text = sighting.Text[..MostText] + "…" } : sighting);
    }

    public void Add(Fact fact)
    {
        if (facts.Count < MostFacts)
            facts.Add(fact);
    }

    public void Add(OptionFile file) => optionFiles.Add(file);

    public void Add(Hazard hazard) => hazards.Add(hazard);

    public void Note(string note)
    {
        if (notes.Count < 20 && !notes.Contains(note))
            notes.Add(note);
    }
}
