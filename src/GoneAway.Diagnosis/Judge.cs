using GoneAway.Causes;
using GoneAway.Diagnosis.Directions;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>The only place where causes meet: hears all of them on one loss and gives the verdict.</summary>
public sealed class Judge(IReadOnlyList<Cause> causes)
{
    /// <summary>The incident that a loss is, with each cause's answer in it.</summary>
    public Incident Examine(Loss loss, Case @case, string id)
    {
        var matches = new List<(Cause Cause, Examination.Matched Found)>();
        var ruledOut = new List<Exclusion>();
        var open = new List<(Cause Cause, Examination.NotEnough Answer)>();
        foreach (Cause cause in causes)
        {
            switch (Answers.Of(cause, loss, @case))
            {
                case Examination.Matched matched: matches.Add((cause, matched)); break;
                case Examination.RuledOut excluded: ruledOut.Add(new Exclusion(cause.Name, excluded.Why, excluded.Source)); break;
                case Examination.NotEnough missing: open.Add((cause, missing)); break;
            }
        }
        // A stable sort: among equals comes first what packets and other sources both show, then the catalogue's order decides.
        List<(Cause Cause, Examination.Matched Found)> ranked = [.. matches.OrderByDescending(static m => m.Found.Grade).ThenByDescending(m => loss.Connection is not null && IsOnWireToo(m.Found, loss.Connection))];
        // Hints at several causes that are not of one kind decide nothing: the honest answer is that it cannot be told.
        bool hintsOnly = loss.Connection is null && ranked.Count > 1 && ranked[0].Found.Grade == Grade.Possible
            && ranked.Skip(1).Any(m => !ranked[0].Found.Rivals.Contains(m.Cause.Name));
        Incident incident = ranked.Count == 0 || hintsOnly
            ? Undecided(loss, @case, id, ranked, ruledOut, open)
            : Decided(loss, @case, id, ranked, ruledOut, open);
        return incident with { Directions = DirectionRules.Of(loss, @case, incident) };
    }

    private static bool IsOnWireToo(Examination.Matched found, Timeline connection) =>
        found.Evidence.Any(e => e.Source.StartsWith(connection.Source, StringComparison.Ordinal)) && found.Evidence.Any(e => !e.Source.StartsWith(connection.Source, StringComparison.Ordinal));

    private static Incident Decided(Loss loss, Case @case, string id, List<(Cause Cause, Examination.Matched Found)> ranked,
        List<Exclusion> ruledOut, List<(Cause Cause, Examination.NotEnough Answer)> open)
    {
        (Cause cause, Examination.Matched found) = ranked[0];
        // Two that are both likely cannot both be: neither is more than possible.
        bool contested = ranked.Count > 1 && found.Grade == Grade.Likely && ranked[1].Found.Grade == Grade.Likely;
        Grade grade = contested ? Grade.Possible : found.Grade;
        if (grade == Grade.Proven)
        {
            // What is proven leaves no room for what would only look alike.
            foreach ((Cause rival, _) in ranked.Skip(1).Where(static m => m.Found.Grade < Grade.Proven))
                ruledOut.Add(new Exclusion(rival.Name, $"{cause.Name} is proven, and explains what would look like it", found.Evidence.Count > 0 ? found.Evidence[0].Source : loss.Source));
            ranked.RemoveAll(static m => m.Found.Grade < Grade.Proven);
        }
        List<Alternative> alternatives = [.. ranked.Skip(1).Select(m => new Alternative(m.Cause.Name, contested && m.Found.Grade == Grade.Likely ? Grade.Possible : m.Found.Grade, m.Found.Summary))];
        if (grade != Grade.Proven)
            foreach (string rival in found.Rivals.Where(r => alternatives.All(a => a.Cause != r) && ruledOut.All(x => x.Cause != r)))
                alternatives.Add(new Alternative(rival, Grade.Possible, open.Find(m => m.Cause.Name == rival).Answer?.Missing ?? "would look the same in this evidence"));
        IEnumerable<string> remaining = [cause.Name, .. alternatives.Select(static a => a.Cause)];
        return Begin(loss, id) with
        {
            Symptom = found.Symptom ?? Symptoms.Of(loss),
            ClosedBy = found.ClosedBy,
            Verdict = new Verdict(cause.Name, grade, found.Summary),
            Evidence = found.Evidence,
            Alternatives = alternatives,
            RuledOut = ruledOut,
            Fix = Fixes(found, cause, loss, @case),
            CollectNext = grade == Grade.Proven ? [] : NextSteps.For(loss, @case, [.. remaining], found.CollectNext),
            IsLoss = !found.NotALoss,
        };
    }

    private static Incident Undecided(Loss loss, Case @case, string id, List<(Cause Cause, Examination.Matched Found)> hints,
        List<Exclusion> ruledOut, List<(Cause Cause, Examination.NotEnough Answer)> open)
    {
        List<Alternative> alternatives = [.. hints.Select(static h => new Alternative(h.Cause.Name, Grade.Possible, h.Found.Summary)), .. open.Select(static m => new Alternative(m.Cause.Name, Grade.Unknown, m.Answer.Missing))];
        NextStep[] own = [.. hints.SelectMany(static h => h.Found.CollectNext), .. open.Select(static m => m.Answer.Collect).OfType<NextStep>()];
        return Begin(loss, id) with
        {
            Symptom = Symptoms.Of(loss),
            ClosedBy = loss.Connection?.Ending?.By switch { Side.Server => ClosedBy.Server, Side.Client => ClosedBy.Client, _ => ClosedBy.Unknown },
            Verdict = new Verdict(null, Grade.Unknown, Summary(loss, alternatives)),
            Evidence = [.. Seen(loss).Concat(hints.SelectMany(static h => h.Found.Evidence).Take(4)).Distinct()],
            Alternatives = alternatives,
            RuledOut = ruledOut,
            CollectNext = NextSteps.For(loss, @case, [.. alternatives.Select(static a => a.Cause)], own, hints.Count),
            IsLoss = true,
        };
    }

    private static string Summary(Loss loss, List<Alternative> alternatives)
    {
        if (loss.Connection is { Ending: { } ending })
            return $"The {(ending.By == Side.Server ? "server's" : "client's")} side closed the connection ({(ending.Kind == EndKind.Fin ? "FIN" : "RST")}) after {Spans.Show(ending.IdleBefore)} without data; nothing in this evidence says why.";
        string open = alternatives.Count is 0 ? "" : $" {alternatives.Count} causes remain" + (alternatives.Count <= 4 ? ": " + string.Join(", ", alternatives.Select(static a => a.Cause)) : "") + ".";
        return $"The connection was lost{(loss.Connection is null && loss.Told is { } told ? $" ({Symptoms.Short(told)})" : "")}; nothing in this evidence says why.{open}";
    }

    private static IEnumerable<Evidence> Seen(Loss loss)
    {
        if (loss.Connection is { Ending: { } end } connection)
            yield return new Evidence($"{(end.Kind == EndKind.Fin ? "FIN" : "RST")} by the {(end.By == Side.Server ? "server" : "client")}", connection.At(end.At.Packet));
        if (loss.Told is { } told)
            yield return new Evidence(told.Text.Trim(), told.Source);
    }

    /// <summary>The cause's own fixes and those for the stacks that were seen; fixes for other stacks are left out when one was seen.</summary>
    private static List<Fix> Fixes(Examination.Matched found, Cause cause, Loss loss, Case @case)
    {
        HashSet<string> seen = RemedyStacks.OfAll(loss.Stack.Concat(@case.Facts.Where(static f => f is { Kind: FactKind.Application, Scope: not null }).Select(static f => f.Scope!)));
        List<Fix> all = [.. cause.Remedies(loss, @case)];
        foreach (Fix own in found.Fix)
            if (!all.Exists(f => f.For == own.For))
                all.Add(own);
        // Where no stack was seen, those of all stacks would bury what holds for any.
        bool every = seen.Count == 0 && !all.Exists(static f => f.For != "do not" && RemedyStacks.IsGeneral(f.For));
        return [.. all.Where(f => RemedyStacks.IsGeneral(f.For) || every || seen.Contains(f.For))
            .OrderBy(f => f.For == "do not" ? 2 : seen.Contains(f.For) ? 0 : 1)];
    }

    private static Incident Begin(Loss loss, string id) => new()
    {
        Id = id,
        At = loss.At,
        Source = loss.Connection?.Source ?? SourceFile.Of(loss.Source),
        Connection = loss.Connection,
        Sightings = loss.Sightings,
        Party = Party.Of(loss),
        Symptom = null,
        ClosedBy = ClosedBy.Unknown,
        Verdict = new Verdict(null, Grade.Unknown, ""),
        Evidence = [],
        Alternatives = [],
        RuledOut = [],
        Fix = [],
        CollectNext = [],
        IsLoss = true,
    };
}
