using GoneAway.Evidence;
using GoneAway.Evidence.Options;
using GoneAway.Evidence.Server;
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

    /// <summary>Option files and dumps of counters mean something only together: to be called once, when all is read.</summary>
    public void Complete()
    {
        IReadOnlyList<Fact> ordered = StatusDumps.InOrder([.. facts]);
        facts.Clear();
        facts.AddRange(ordered);
        if (optionFiles.Count == 0)
            return;
        OptionSettings options = OptionFileSet.Resolve(optionFiles, facts);
        facts.AddRange(options.Facts);
        hazards.AddRange(options.Hazards);
        notes = [.. options.Origins, .. options.Notes];
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
