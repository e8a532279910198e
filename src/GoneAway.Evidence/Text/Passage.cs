using GoneAway.Model;

namespace GoneAway.Evidence.Text;

/// <summary>A whole small text, or a connected part of one (a fenced block in a pasted message).</summary>
/// <param name="Path">The file as the user named it.</param>
/// <param name="FirstLine">Number of the first line in its file, from 1.</param>
/// <param name="Lines">Without their ends.</param>
public sealed record Passage(string Path, int FirstLine, IReadOnlyList<string> Lines)
{
    /// <summary><c>file:line</c> of a line counted from 0.</summary>
    public string At(int index) => $"{Path}:{FirstLine + index}";

    /// <summary>A time that holds for the passage as a whole (the collect manifest's, a line before it); null when unknown.</summary>
    public Stamp? Taken { get; init; }

    /// <summary>True for a part of a text, where the reader may leave lines that are not its own to others (<see cref="Findings.Leave"/>).</summary>
    public bool IsPart { get; init; }
}

/// <summary>Reads evidence whose lines mean something only together: configuration, tables, lists.</summary>
public interface IPassageReader
{
    /// <summary>What it reads, as reports name it: <c>my.cnf</c>, <c>haproxy.cfg</c>, <c>SHOW VARIABLES</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// True when the passage is of this kind; what it holds has then been added. False, and nothing added, when it is not.
    /// Recognises by content alone, never throws on bad input.
    /// </summary>
    bool TryRead(Passage passage, Findings findings);
}
