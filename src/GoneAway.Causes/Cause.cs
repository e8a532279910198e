using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>The part of the life of a connection in which a cause strikes; also its folder.</summary>
public enum CauseGroup
{
    Connect,
    Idle,
    InFlight,
    Protocol,
    Server,
    Path,
}

/// <summary>
/// One reason for losing a connection. A subclass is one file and holds all there is to say of its cause:
/// its page for people and how it weighs evidence.
/// </summary>
public abstract class Cause
{
    /// <summary>Stable name in kebab-case, never used again for anything else.</summary>
    public abstract string Name { get; }

    public abstract CauseGroup Group { get; }

    /// <summary>What happened, in one sentence.</summary>
    public abstract string Title { get; }

    /// <summary>
    /// The page for people, in Markdown, with the headings of <see cref="RequiredHeadings"/> in that order.
    /// </summary>
    public abstract string Page { get; }

    /// <summary>Looks at one connection in its case, as a capture shows it. Never returns null: silence is not an answer.</summary>
    public abstract Examination Examine(Timeline connection, Case @case);

    /// <summary>The phases of a connection's life in which this cause can strike or be noticed.</summary>
    protected abstract Phases Fits { get; }

    /// <summary>What the sources beyond the wire say for or against this cause in one loss. Asked only where the phase fits.</summary>
    protected abstract Examination Weigh(Loss loss, Case @case);

    /// <summary>What to change, for the stacks that the evidence shows; what people do instead and should not is tagged <c>do not</c>.</summary>
    public abstract IReadOnlyList<Fix> Remedies(Loss loss, Case @case);

    /// <summary>Looks at a loss beyond its packets: logs, settings, counters, processes.</summary>
    public Examination Examine(Loss loss, Case @case)
    {
        if ((loss.Phases & Fits) == 0 && loss.Told is { } told)
            return No($"the loss came {Words.Of(loss.Phases)}: {Words.Quote(told)}", told.Source);
        Examination own = Weigh(loss, @case);
        // What a server or proxy says of some connection at that time need not be said of this one.
        if (own is Examination.Matched { Grade: Grade.Proven, Evidence: [var first, ..] } found && loss.ByTime.Any(one => one.Source == first.Source))
            return found with { Grade = Grade.Likely };
        // A connect that fails after a session was lost is a consequence.
        if (Group == CauseGroup.Connect && own is Examination.Matched { Grade: Grade.Proven } refused && loss.Told is { Origin: Origin.Application } lost && (lost.Sign.Phases(lost) & Phases.Session) != 0 && refused.Evidence.All(one => one.Source != lost.Source))
            return refused with { Grade = Grade.Possible };
        if (own is not Examination.NotEnough)
            return own;
        // The server's own word for why it closed leaves no room for others.
        return Testimony.Reason(loss) is { } reason ? No($"the server gave its reason: {Words.Quote(reason)}", reason.Source) : own;
    }

    /// <summary>The evidence excludes this cause.</summary>
    protected static Examination No(string why, string source) => new Examination.RuledOut(why, source);

    /// <summary>Nothing decides; <paramref name="missing"/> is what is not known.</summary>
    protected static Examination Open(string missing) => new Examination.NotEnough(missing);

    /// <summary>The cause fits by what sources say.</summary>
    /// <param name="seen">Sightings and facts that show it; those that are null are left out.</param>
    protected static Examination.Matched Told(Grade grade, string summary, ClosedBy closedBy, ReadOnlySpan<object?> seen, params string[] rivals)
    {
        var evidence = new List<Evidence>();
        foreach (object? one in seen)
        {
            Evidence? told = one switch
            {
                Sighting sighting => new Evidence(Words.Quote(sighting), sighting.Source),
                Fact fact => new Evidence(Words.Of(fact), fact.Source),
                Evidence ready => ready,
                _ => null,
            };
            if (told is not null && !evidence.Contains(told))
                evidence.Add(told);
        }
        return new Examination.Matched { Grade = grade, Summary = summary, ClosedBy = closedBy, Evidence = evidence, Rivals = rivals };
    }

    /// <summary>Excludes a connection that was not cut by the server's side in an established session; null when it was.</summary>
    protected static Examination.RuledOut? NotCutInSession(Timeline connection)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return new("the connection never got past the login", connection.At(connection.First.Packet));
        if (connection.Ending is not { } ending)
            return new("nobody closed the connection", connection.At(connection.Last.Packet));
        if (ending.Quit is { } quit)
            return new("the client said COM_QUIT", connection.At(quit.Packet));
        if (ending.By == Side.Client)
            return new("the client's side closed, not the server's", connection.At(ending.At.Packet));
        return connection.Errors.Count > 0 && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1)
            ? new($"the server closed with error {connection.Errors[^1].Code}", connection.At(connection.Errors[^1].At.Packet))
            : null;
    }

    /// <summary>The last ERR of the connection with one of these numbers; null when there is none.</summary>
    protected static ServerError? ErrorOf(Timeline connection, params ReadOnlySpan<int> codes)
    {
        for (int i = connection.Errors.Count - 1; i >= 0; i--)
            if (codes.Contains(connection.Errors[i].Code))
                return connection.Errors[i];
        return null;
    }

    /// <summary>
    /// The error with which the server ended the connection: its last one, unasked or right before the end. Null when it has another number, or
    /// is a statement's that the session outlived.
    /// </summary>
    protected static ServerError? FinalErrorOf(Timeline connection, params ReadOnlySpan<int> codes) =>
        connection.Errors is [.., var last] && codes.Contains(last.Code) && (last.Unsolicited || connection.Ending is not { } ending || ending.At.At - last.At.At < TimeSpan.FromSeconds(2)) ? last : null;

    /// <summary>"ERR 1040 (08004) 'Too many connections', sequence 0", with its packet.</summary>
    protected static Evidence EvidenceOf(Timeline connection, ServerError error) =>
        new($"ERR {error.Code}{(error.SqlState is null ? "" : $" ({error.SqlState})")} '{error.Message}', sequence {error.Sequence}", connection.At(error.At.Packet));

    /// <summary>How the connection ended, in words, with its packet; how it stands when nobody has closed it.</summary>
    protected static Evidence EndOf(Timeline connection) => connection.Ending is { } ending
        ? new Evidence($"{(ending.Kind == EndKind.Fin ? "FIN" : "RST")} by the {(ending.By == Side.Server ? "server" : "client")} {Spans.Show(ending.IdleBefore)} after the last data", connection.At(ending.At.Packet))
        : new Evidence("not closed by anybody until the evidence ends", connection.At(connection.Last.Packet));

    /// <summary>The side that closed, as the endpoints tell it.</summary>
    protected static ClosedBy CloserOf(Timeline connection) => connection.Ending?.By switch
    {
        Side.Client => ClosedBy.Client,
        Side.Server => ClosedBy.Server,
        _ => ClosedBy.Unknown,
    };

    /// <summary>The headings that every page has.</summary>
    public static IReadOnlyList<string> RequiredHeadings { get; } =
        ["## What happens", "## Evidence", "## Looks like it, but is not", "## Fix", "## References"];
}
