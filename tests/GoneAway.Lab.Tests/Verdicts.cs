using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests;

/// <summary>What is said of a folder of evidence, held against what was done.</summary>
internal static class Verdicts
{
    public static IReadOnlyList<Incident> Of(SampleFolder folder)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        using FileStream stream = File.OpenRead(folder.Capture);
        new CaptureAnalyzer(folder.Name + "/capture.pcap", investigation).Analyze(stream);
        investigation.Complete();
        return incidents;
    }

    public const string WrongAndProven = "wrong and proven";

    /// <summary>What is wrong with the verdicts; null when nothing is.</summary>
    public static string? Fault(SampleFolder folder, IReadOnlyList<Incident> incidents)
    {
        string said = string.Join("; ", incidents.Select(static i => $"{i.Verdict.Cause ?? "unknown"} {i.Verdict.Grade}: {i.Verdict.Summary}"));
        bool IsRight(Incident incident) => incident.Verdict.Cause == folder.Cause || incident.Verdict.Cause is not null && folder.AlsoAcceptable.Contains(incident.Verdict.Cause);
        if (incidents.Any(i => i.Verdict.Grade == Grade.Proven && !IsRight(i)))
            return $"{WrongAndProven}: {folder.Name} is {folder.Cause}; said: {said}";
        return incidents.Any(IsRight) ? null : $"{folder.Name} is {folder.Cause}; said: {said}";
    }
}
