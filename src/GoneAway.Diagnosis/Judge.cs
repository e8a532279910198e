using GoneAway.Causes;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>The only place where causes meet: hears all of them on one connection and gives the verdict.</summary>
public sealed class Judge(IReadOnlyList<Cause> causes)
{
    private const int MostNextSteps = 3;

    /// <summary>The incident that a connection is, with each cause's answer in it.</summary>
    public Incident Examine(Timeline connection, Case @case, string id)
    {
        var matches = new List<(Cause Cause, Examination.Matched Found)>();
        var ruledOut = new List<Exclusion>();
        var missing = new List<(Cause Cause, Examination.NotEnough Answer)>();
        foreach (Cause cause in causes)
        {
            switch (cause.Examine(connection, @case))
            {
                case Examination.Matched matched: matches.Add((cause, matched)); break;
                case Examination.RuledOut excluded: ruledOut.Add(new Exclusion(cause.Name, excluded.Why, excluded.Source)); break;
                case Examination.NotEnough open: missing.Add((cause, open)); break;
            }
        }
        // A stable sort: among equals the catalogue's order decides.
        List<(Cause Cause, Examination.Matched Found)> ranked = [.. matches.OrderByDescending(static m => m.Found.Grade)];
        return ranked.Count == 0
            ? Undecided(connection, id, ruledOut, missing)
            : Decided(connection, id, ranked, ruledOut, missing);
    }

    private static Incident Decided(Timeline connection, string id, List<(Cause Cause, Examination.Matched Found)> ranked,
        List<Exclusion> ruledOut, List<(Cause Cause, Examination.NotEnough Answer)> missing)
    {
        (Cause cause, Examination.Matched found) = ranked[0];
        // Two that are both likely cannot both be: neither is more than possible.
        bool contested = ranked.Count > 1 && found.Grade == Grade.Likely && ranked[1].Found.Grade == Grade.Likely;
        Grade grade = contested ? Grade.Possible : found.Grade;
        List<Alternative> alternatives = [.. ranked.Skip(1).Select(m => new Alternative(m.Cause.Name, contested && m.Found.Grade == Grade.Likely ? Grade.Possible : m.Found.Grade, m.Found.Summary))];
        if (grade != Grade.Proven)
            foreach (string rival in found.Rivals.Where(r => alternatives.All(a => a.Cause != r) && ruledOut.All(x => x.Cause != r)))
                alternatives.Add(new Alternative(rival, Grade.Possible, missing.Find(m => m.Cause.Name == rival).Answer?.Missing ?? "would look the same in this evidence"));
        return new Incident
        {
            Id = id,
            At = When(connection),
            Connection = connection,
            Symptom = found.Symptom ?? Symptoms.Of(connection),
            ClosedBy = found.ClosedBy,
            Verdict = new Verdict(cause.Name, grade, found.Summary),
            Evidence = found.Evidence,
            Alternatives = alternatives,
            RuledOut = ruledOut,
            Fix = found.Fix,
            CollectNext = grade == Grade.Proven ? [] : [.. found.CollectNext.Take(MostNextSteps)],
            IsLoss = !found.NotALoss,
        };
    }

    private static Incident Undecided(Timeline connection, string id, List<Exclusion> ruledOut, List<(Cause Cause, Examination.NotEnough Answer)> missing)
    {
        ClosedBy closedBy = connection.Ending?.By switch { Side.Server => ClosedBy.Server, Side.Client => ClosedBy.Client, _ => ClosedBy.Unknown };
        string summary = connection.Ending is { } ending
            ? $"The {(ending.By == Side.Server ? "server's" : "client's")} side closed the connection ({(ending.Kind == EndKind.Fin ? "FIN" : "RST")}) after {Spans.Show(ending.IdleBefore)} without data; nothing in this evidence says why."
            : "The connection broke off; nothing in this evidence says why.";
        var steps = new List<NextStep>();
        foreach ((_, Examination.NotEnough answer) in missing)
            if (answer.Collect is { } step && steps.Count < MostNextSteps && steps.TrueForAll(s => s.Command != step.Command))
                steps.Add(step);
        return new Incident
        {
            Id = id,
            At = When(connection),
            Connection = connection,
            Symptom = Symptoms.Of(connection),
            ClosedBy = closedBy,
            Verdict = new Verdict(null, Grade.Unknown, summary),
            Evidence = connection.Ending is { } end ? [new Evidence($"{(end.Kind == EndKind.Fin ? "FIN" : "RST")} by the {(end.By == Side.Server ? "server" : "client")}", connection.At(end.At.Packet))] : [],
            Alternatives = [.. missing.Select(static m => new Alternative(m.Cause.Name, Grade.Possible, m.Answer.Missing))],
            RuledOut = ruledOut,
            Fix = [],
            CollectNext = steps,
            IsLoss = true,
        };
    }

    private static Instant When(Timeline connection) =>
        connection.Ending?.At.At ?? connection.Opening.Refused?.At ?? connection.Last.At;
}
