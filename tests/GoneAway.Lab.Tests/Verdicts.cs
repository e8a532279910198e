using GoneAway.Cli;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests;

/// <summary>What is said of a folder of evidence, held against what was done.</summary>
internal static class Verdicts
{
    /// <summary>Explains all evidence of the folder, or its capture alone.</summary>
    public static IReadOnlyList<Incident> Of(SampleFolder folder, bool captureAlone = false)
    {
        var report = new Heard();
        new Explain(report).Run([captureAlone ? folder.Capture : folder.Path], static () => Stream.Null);
        return report.Incidents;
    }

    /// <summary>Explains a capture.</summary>
    public static IReadOnlyList<Incident> OfCapture(string file)
    {
        var report = new Heard();
        new Explain(report).Run([file], static () => Stream.Null);
        return report.Incidents;
    }

    public const string WrongAndProven = "wrong and proven";

    /// <summary>What is wrong with the verdicts; null when nothing is.</summary>
    public static string? Fault(SampleFolder folder, IReadOnlyList<Incident> incidents)
    {
        string said = string.Join("; ", incidents.Select(static i => $"{i.Verdict.Cause ?? "unknown"} {i.Verdict.Grade}: {i.Verdict.Summary}"));
        bool IsRight(Incident incident) => incident.Verdict.Cause == folder.Cause || incident.Verdict.Cause is not null && folder.AlsoAcceptable.Contains(incident.Verdict.Cause);
        if (incidents.Any(i => i.Verdict.Grade == Grade.Proven && !IsRight(i)))
            return $"{WrongAndProven}: {folder.Name} is {folder.Cause ?? "not to be told"}; said: {said}";
        if (folder.Cause is null)
            return CannotTell(folder, incidents) is { } fault ? $"{folder.Name}: {fault}; said: {said}" : null;
        return incidents.Any(IsRight) ? null : $"{folder.Name} is {folder.Cause}; said: {said}";
    }

    /// <summary>No cause may be named, but those that may be called possible, and what is asked for next must be what would decide.</summary>
    private static string? CannotTell(SampleFolder folder, IReadOnlyList<Incident> incidents)
    {
        if (incidents.Count == 0)
            return "the loss was not seen";
        if (incidents.Any(i => i.Verdict.Cause is { } named && !(i.Verdict.Grade == Grade.Possible && folder.AlsoAcceptable.Contains(named))))
            return "its evidence cannot tell, yet a cause is named";
        string[] asked = [.. incidents.SelectMany(static i => i.CollectNext).Select(static step => step.Command)];
        return folder.Collect.Count > 0 && folder.Collect.Any(piece => asked.Any(command => command.Contains(piece, StringComparison.Ordinal)))
            ? null
            : $"asked for: {string.Join(" | ", asked)}, not for {string.Join(" or ", folder.Collect)}";
    }

    private sealed class Heard : IReportWriter
    {
        public List<Incident> Incidents { get; } = [];
        public void Begin() { }
        public void Input(InputSummary input) { }
        public void Incident(Incident incident) => Incidents.Add(incident);
        public void Hazard(Hazard hazard) { }
        public void End(Totals totals) { }
    }
}
