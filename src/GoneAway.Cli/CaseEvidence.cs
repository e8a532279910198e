using GoneAway.Evidence;
using GoneAway.Evidence.Options;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>What all files of one case tell together, captures left out.</summary>
internal sealed class CaseEvidence
{
    private readonly List<Sighting> sightings = [];
    private readonly List<Fact> facts = [];
    private readonly List<Hazard> hazards = [];
    private readonly List<OptionFile> optionFiles = [];
    private IReadOnlyList<(string Path, string Text)> notes = [];

    public IReadOnlyList<Sighting> Sightings => sightings;
    public IReadOnlyList<Fact> Facts => facts;
    public IReadOnlyList<Hazard> Hazards => hazards;

    public InputSummary Add((InputSummary Summary, Findings Findings) read)
    {
        sightings.AddRange(read.Findings.Sightings);
        facts.AddRange(read.Findings.Facts);
        hazards.AddRange(read.Findings.Hazards);
        optionFiles.AddRange(read.Findings.OptionFiles);
        return read.Summary;
    }

    /// <summary>Option files mean something only together, and beside what the running server says: to be called once, when all is read.</summary>
    public void ResolveOptions()
    {
        if (optionFiles.Count == 0)
            return;
        OptionSettings options = OptionFileSet.Resolve(optionFiles, facts);
        facts.AddRange(options.Facts);
        hazards.AddRange(options.Hazards);
        notes = options.Notes;
    }

    /// <summary>The summary with what turned out about its file afterwards.</summary>
    public InputSummary WithNotes(InputSummary summary)
    {
        foreach ((string path, string text) in notes)
            if (path == summary.Path)
                summary = summary with { Note = summary.Note is null ? text : $"{summary.Note}; {text}" };
        return summary;
    }
}
