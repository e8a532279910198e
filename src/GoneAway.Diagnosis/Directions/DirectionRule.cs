using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>One loss with all that is known around it, as directions ask for it.</summary>
internal sealed record Hearing(Loss Loss, Case Case, Incident Incident)
{
    public Site Site { get; } = new(Loss, Case);
    public KnownFacts Known { get; } = new(Case.Facts, Case.Sightings);

    /// <summary>The proxy's setting of that name, wherever it holds.</summary>
    public Fact? Proxy(string name) => Known.Of(FactKind.Proxy, name).LastOrDefault();

    public Fact? Application(string name) => Known.Of(FactKind.Application, name).LastOrDefault();

    /// <summary>Where the verdict stands.</summary>
    public string VerdictSource => Incident.Evidence.Count > 0 ? Incident.Evidence[0].Source : Loss.Source;
}

/// <summary>A direction in which a loss behind a proxy may be looked for. Every one of them gets an answer.</summary>
internal abstract class DirectionRule
{
    /// <summary>As people name it.</summary>
    public abstract string Name { get; }

    /// <summary>The causes that lie there.</summary>
    public abstract IReadOnlyList<string> Causes { get; }

    /// <summary>What a person would look at there, with its numbers; null where none is known.</summary>
    protected virtual string? Numbers(Hearing hearing) => null;

    /// <summary>What rules the direction out by itself, whatever the causes say; null where nothing does.</summary>
    protected virtual Evidence? Settled(Hearing hearing) => null;

    /// <summary>What is missing, in a few words, and the command that brings it.</summary>
    protected abstract (string Missing, string Command) Collect(Hearing hearing);

    public virtual Direction Answer(Hearing hearing)
    {
        Incident incident = hearing.Incident;
        if (incident.Verdict.Cause is { } cause && Causes.Contains(cause))
        {
            string found = Numbers(hearing) ?? incident.Verdict.Summary;
            return incident.Verdict.Grade >= Grade.Likely
                ? new Direction(Name, DirectionState.Cause, $"{cause}, {incident.Verdict.Grade.ToString().ToLowerInvariant()}: {found}", hearing.VerdictSource, null)
                : Open(hearing, $"{cause} is possible ({found})");
        }
        if (incident.Alternatives.FirstOrDefault(a => a.Grade >= Grade.Possible && Causes.Contains(a.Cause)) is { } other)
            return Open(hearing, $"{other.Cause} is {other.Grade.ToString().ToLowerInvariant()}");
        if (Settled(hearing) is { } settled)
            return new Direction(Name, DirectionState.RuledOut, settled.Text, settled.Source, null);
        Exclusion[] excluded = [.. incident.RuledOut.Where(r => Causes.Contains(r.Cause))];
        if (excluded.Length == Causes.Count && excluded.Length > 0)
            return new Direction(Name, DirectionState.RuledOut, string.Join("; ", excluded.Select(static e => e.Why).Distinct().Take(2)) + (Numbers(hearing) is { } numbers ? $" ({numbers})" : ""), excluded[0].Source, null);
        return incident.Verdict.Grade == Grade.Proven
            ? new Direction(Name, DirectionState.RuledOut, $"{incident.Verdict.Cause} is proven, and a connection is lost once", hearing.VerdictSource, null)
            : Open(hearing, null);
    }

    private Direction Open(Hearing hearing, string? why)
    {
        (string missing, string command) = Collect(hearing);
        return new Direction(Name, DirectionState.Collect, why is null ? missing : $"{why}: {missing}", null, command);
    }

    protected static string Show(Fact fact) => $"{fact.Name} = {fact.Value}";
}
