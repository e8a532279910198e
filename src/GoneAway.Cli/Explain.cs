using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Diagnosis.Hazards;
using GoneAway.Evidence;
using GoneAway.Evidence.Files;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>Reads all evidence that it is given, case by case, and has it judged.</summary>
internal sealed class Explain(IReportWriter report, Action<string, long, long>? progress = null, TimeProvider? time = null)
{
    private readonly EvidenceFile texts = EvidenceFile.WithAllReaders();
    private Investigation? investigation;
    private long packets;

    /// <summary>Ports to take for MySQL's beside the well-known ones.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>The best grade among all verdicts.</summary>
    public Grade HighestGrade { get; private set; }

    /// <summary>Reads and reports. False when nothing was readable.</summary>
    public bool Run(IReadOnlyList<string> paths, Func<Stream> standardInput)
    {
        report.Begin();
        investigation = new Investigation(OnIncident, year: (time ?? TimeProvider.System).GetUtcNow().Year);
        bool any = false;
        foreach (CaseFiles files in new Inputs((path, error) => report.Input(Unreadable(path, error))).Of(paths))
            any |= RunCase(files, standardInput);
        report.End(investigation.Totals with { Packets = packets });
        return any;
    }

    private void OnIncident(Incident incident)
    {
        if (incident.Verdict.Grade > HighestGrade)
            HighestGrade = incident.Verdict.Grade;
        report.Incident(incident);
    }

    /// <summary>Logs and settings first, captures after them: a capture is too large to be kept until the rest is known.</summary>
    private bool RunCase(CaseFiles files, Func<Stream> standardInput)
    {
        var found = new CaseEvidence();
        var summaries = new List<InputSummary>();
        var captures = new List<(string Path, bool Named)>();
        // Standard input comes once: a capture there is read right when its turn has come.
        Stream? input = files.Files.Any(static f => f.Path == "-") ? standardInput() : null;
        Stream? rest = null;
        foreach ((string path, bool named) in files.Files)
            Attempt(path, summaries, () =>
            {
                using Stream? opened = path == "-" ? null : Open(path);
                foreach ((string inner, Stream content, ReadOnlyMemory<byte> head) in Unpacked.Of(path, opened ?? input!))
                    if (!CaptureAnalyzer.IsCapture(head.Span))
                        summaries.Add(found.Add(texts.Read(inner, content, Progress(inner, opened))));
                    else if (path == "-")
                        rest = content;
                    else if (!captures.Contains((path, named)))
                        captures.Add((path, named));
            });
        found.Complete();
        investigation!.Begin(found.Sightings, found.Facts);
        foreach ((string path, _) in captures)
            Attempt(path, summaries, () =>
            {
                using Stream opened = Open(path);
                foreach ((string inner, Stream content, ReadOnlyMemory<byte> head) in Unpacked.Of(path, opened))
                    if (CaptureAnalyzer.IsCapture(head.Span))
                        Analyze(inner, content, opened, summaries);
            });
        if (rest is not null)
            Attempt("-", summaries, () => Analyze("-", rest, null, summaries));
        investigation.Complete();
        foreach (Hazard hazard in HazardRules.Judge(found.Facts, found.Sightings).Concat(found.Hazards).DistinctBy(static h => (h.Cause, h.Source)))
            report.Hazard(hazard);
        bool any = false;
        foreach (InputSummary summary in summaries.Select(found.WithNotes))
        {
            report.Input(investigation.ClockNotes.TryGetValue(summary.Path, out string? clock) ? summary with { Note = summary.Note is null ? clock : $"{summary.Note}; {clock}" } : summary);
            any |= summary.Kind is not ("unreadable" or "unrecognised");
        }
        return any;
    }

    private void Analyze(string path, Stream content, Stream? file, List<InputSummary> summaries)
    {
        InputSummary summary = new CaptureAnalyzer(path, investigation!) { Ports = new HashSet<int>([3306, 33060, .. Ports]) }.Analyze(content, Progress(path, file));
        packets += summary.Records;
        summaries.Add(summary);
    }

    private Action<long>? Progress(string path, Stream? file)
    {
        if (progress is null)
            return null;
        long length = file?.Length ?? -1;
        return offset => progress(path, file?.Position ?? offset, length);
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);

    private static void Attempt(string path, List<InputSummary> summaries, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            summaries.Add(Unreadable(path, error));
        }
    }

    private static InputSummary Unreadable(string path, Exception error) => new(path, "unreadable", 0, 0, error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or folder",
        UnauthorizedAccessException when Directory.Exists(path) => "no permission to read this folder",
        UnauthorizedAccessException => "no permission to read it",
        InvalidDataException => "damaged: " + error.Message,
        _ => "cannot be read: " + error.Message,
    });
}
