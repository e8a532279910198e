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

    /// <summary>The headings that every page has.</summary>
    public static IReadOnlyList<string> RequiredHeadings { get; } =
        ["## What happens", "## Evidence", "## Looks like it, but is not", "## Fix", "## References"];
}
