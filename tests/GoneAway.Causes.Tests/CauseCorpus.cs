using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;

namespace GoneAway.Causes.Tests;

/// <summary>All cases of all causes, and the way from a case to its incident.</summary>
internal static class CauseCorpus
{
    public static IReadOnlyList<ICauseCases> All { get; } =
    [
        .. typeof(CauseCorpus).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICauseCases)))
            .Select(static type => (ICauseCases)Activator.CreateInstance(type)!)
            .OrderBy(static cases => cases.Cause, StringComparer.Ordinal),
    ];

    public static IEnumerable<(string Cause, CauseCase Case)> Of(CaseKind kind) =>
        All.SelectMany(static cases => cases.Cases.Select(one => (cases.Cause, one))).Where(pair => pair.one.Kind == kind);

    public static CauseCase Find(string cause, string name) =>
        All.Where(cases => cases.Cause == cause).SelectMany(static cases => cases.Cases).Single(one => one.Name == name);

    /// <summary>What is said of the case's connection; null when it is no incident.</summary>
    /// <param name="causes">The causes to hear; null for the whole catalogue.</param>
    public static Incident? Explain(CauseCase one, IReadOnlyList<Cause>? causes = null)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add, causes);
        investigation.Begin([.. one.Told.OfType<Sighting>()], [.. one.Told.OfType<Fact>()]);
        if (one.Pcap is { } pcap)
            new CaptureAnalyzer("case.pcap", investigation).Analyze(new MemoryStream(pcap()));
        investigation.Complete();
        if (one.Pcap is null)
            return incidents.Count > 0 ? incidents[0] : null;
        return incidents.Find(incident => incident.Connection?.Client.ToString() == one.Client);
    }

    /// <summary>The whole answer, for the message of a failed test.</summary>
    public static string Show(Incident? incident)
    {
        if (incident is null)
            return "no incident";
        var lines = new List<string> { $"{incident.Verdict.Cause ?? "unknown"} {incident.Verdict.Grade}: {incident.Verdict.Summary}" };
        lines.AddRange(incident.Evidence.Select(static e => $"  evidence: {e.Text} ({e.Source})"));
        lines.AddRange(incident.Alternatives.Select(static a => $"  or: {a.Cause} {a.Grade}: {a.Why}"));
        lines.AddRange(incident.RuledOut.Select(static r => $"  not: {r.Cause}: {r.Why} ({r.Source})"));
        return string.Join('\n', lines);
    }
}
