namespace GoneAway.Model;

/// <summary>How a direction of the investigation stands.</summary>
public enum DirectionState : byte
{
    /// <summary>The loss comes from there, or it lets the loss through.</summary>
    Cause,
    RuledOut,
    /// <summary>Not known: there is a command that would tell.</summary>
    Collect,
}

/// <summary>A direction in which a loss behind a proxy is looked for, and what the evidence answers.</summary>
/// <param name="Source">The place that answers; null where nothing does yet.</param>
/// <param name="Command">What to run; only where it is to be collected.</param>
public sealed record Direction(string Name, DirectionState State, string Answer, string? Source, string? Command);
