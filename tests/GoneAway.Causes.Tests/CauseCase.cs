using GoneAway.Model;

namespace GoneAway.Causes.Tests;

/// <summary>What a case shows of its cause.</summary>
public enum CaseKind
{
    /// <summary>The verdict is this cause, with the grade of the case.</summary>
    Match,
    /// <summary>Looks like it, but is not: another verdict, or no incident at all.</summary>
    NearMiss,
    /// <summary>The evidence does not suffice: the cause asks for more, or the verdict is no better than possible.</summary>
    NotEnough,
}

/// <summary>A capture and what has to be said of one connection in it.</summary>
/// <param name="Name">What happened, in a few words; unique among the cause's cases.</param>
/// <param name="Grade">The grade that a match has to have, exactly; null for the other kinds.</param>
/// <param name="Pcap">Writes the capture file.</param>
/// <param name="Client">The client's end of the connection that the case is about.</param>
public sealed record CauseCase(string Name, CaseKind Kind, Grade? Grade, Func<byte[]>? Pcap, string Client = "10.0.0.5:51234")
{
    /// <summary>What logs and settings say; with a capture or without.</summary>
    public IReadOnlyList<object> Told { get; init; } = [];
}
