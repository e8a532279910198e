using GoneAway.Causes;
using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>Makes one answer of what a cause says of the packets and of what it says of the other sources.</summary>
internal static class Answers
{
    public static Examination Of(Cause cause, Loss loss, Case @case)
    {
        Examination? wire = loss.Connection is { } connection ? OnBothSides(cause.Examine(connection, @case), connection, @case) : null;
        bool others = loss.Sightings.Count > 0 || @case.Facts.Count > 0 || @case.Sightings.Count > 0;
        if (wire is not null && !others)
            return wire;
        Examination told = cause.Examine(loss, @case);
        return (wire, told) switch
        {
            (null, _) => told,
            (Examination.Matched seen, Examination.Matched said) => Both(seen, said, loss),
            // Packets that prove something stand against any reading of a log; what is only likely does not.
            (Examination.Matched { Grade: Grade.Proven } seen, _) => seen,
            // How an application words an error is no evidence against what packets show.
            (Examination.Matched seen, Examination.RuledOut excluded) => loss.Sightings.Any(s => s.Origin == Origin.Application && s.Source == excluded.Source) ? seen : excluded,
            (Examination.Matched seen, _) => seen,
            // The sources say yes and the packets no: one of them is of another connection.
            (Examination.RuledOut, Examination.Matched { Grade: Grade.Proven } said) => said with { Grade = Grade.Likely },
            (Examination.RuledOut excluded, _) => excluded,
            (_, Examination.NotEnough) => wire,
            _ => told,
        };
    }

    /// <summary>What a proxy hands on as the server's close was not the server's where its other side was seen to be closed by the proxy.</summary>
    private static Examination OnBothSides(Examination seen, Timeline connection, Case @case) =>
        seen is Examination.Matched { ClosedBy: ClosedBy.Server } && @case.ClosedByProxy(connection) is { Ending: { } end } behind
            ? new Examination.RuledOut("behind the proxy the same session was open until the proxy closed it: the server did not", behind.At(end.At.Packet))
            : seen;

    private static Examination.Matched Both(Examination.Matched seen, Examination.Matched said, Loss loss)
    {
        // Each excludes what the other could be taken for, and both are surely of the same connection.
        bool prove = seen.Grade == Grade.Likely && said.Grade == Grade.Likely && seen.Rivals.Count > 0 && said.Rivals.Count > 0 && !seen.Rivals.Intersect(said.Rivals).Any()
            && loss.Sightings.Any(s => s.Origin is Origin.Server or Origin.Proxy && IsOf(s, loss.Connection!));
        Examination.Matched first = said.Grade > seen.Grade ? said : seen, second = first == said ? seen : said;
        return first with
        {
            Grade = prove ? Grade.Proven : first.Grade,
            Evidence = [.. first.Evidence, .. second.Evidence.Where(e => !first.Evidence.Contains(e))],
            Fix = [.. first.Fix, .. second.Fix.Where(f => first.Fix.All(own => own.For != f.For))],
            CollectNext = [.. first.CollectNext, .. second.CollectNext],
            Rivals = first.Grade > second.Grade ? first.Rivals : [.. first.Rivals.Intersect(second.Rivals)],
            Symptom = first.Symptom ?? second.Symptom,
            NotALoss = seen.NotALoss,
        };
    }

    private static bool IsOf(Sighting one, Timeline connection) =>
        one.ThreadId is { } thread && thread == connection.Identity.ThreadId || one.ClientPort is { } port && port == connection.Client.Port;
}
