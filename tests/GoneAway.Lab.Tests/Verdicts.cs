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

    public static void AssertRight(SampleFolder folder, IReadOnlyList<Incident> incidents)
    {
        string said = string.Join("; ", incidents.Select(static i => $"{i.Verdict.Cause ?? "unknown"} {i.Verdict.Grade}: {i.Verdict.Summary}"));
        Assert.True(incidents.Any(i => i.Verdict.Cause == folder.Cause || i.Verdict.Cause is not null && folder.AlsoAcceptable.Contains(i.Verdict.Cause)), $"{folder.Name} is {folder.Cause}; said: {said}");
        Assert.True(incidents.All(i => i.Verdict.Grade < Grade.Proven || i.Verdict.Cause == folder.Cause || folder.AlsoAcceptable.Contains(i.Verdict.Cause!)), $"wrong and proven, {folder.Name} is {folder.Cause}; said: {said}");
    }
}
