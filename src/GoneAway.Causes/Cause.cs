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
/// its page for people and <see cref="Examine"/> for evidence.
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

    /// <summary>Looks at one connection in its case. Never returns null: silence is not an answer.</summary>
    public abstract Examination Examine(Timeline connection, Case @case);

    /// <summary>The evidence excludes this cause.</summary>
    protected static Examination No(string why, string source) => new Examination.RuledOut(why, source);

    /// <summary>The last ERR of the connection with one of these numbers; null when there is none.</summary>
    protected static ServerError? ErrorOf(Timeline connection, params ReadOnlySpan<int> codes)
    {
        for (int i = connection.Errors.Count - 1; i >= 0; i--)
            if (codes.Contains(connection.Errors[i].Code))
                return connection.Errors[i];
        return null;
    }

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
