using GoneAway.Evidence;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>What all files of one case tell together, captures left out.</summary>
internal sealed class CaseEvidence
{
    private readonly List<Sighting> sightings = [];
    private readonly List<Fact> facts = [];
    private readonly List<Hazard> hazards = [];

    public IReadOnlyList<Sighting> Sightings => sightings;
    public IReadOnlyList<Fact> Facts => facts;
    public IReadOnlyList<Hazard> Hazards => hazards;

    public InputSummary Add((InputSummary Summary, Findings Findings) read)
    {
        sightings.AddRange(read.Findings.Sightings);
        facts.AddRange(read.Findings.Facts);
        hazards.AddRange(read.Findings.Hazards);
        return read.Summary;
    }
}
