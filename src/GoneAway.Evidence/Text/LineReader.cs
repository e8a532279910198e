using GoneAway.Model;

namespace GoneAway.Evidence.Text;

/// <summary>Reads logs of any size, line by line: sees only the lines that hold one of its triggers.</summary>
public abstract class LineReader
{
    /// <summary>What it reads, as reports name it: <c>MySQL error log</c>, <c>HAProxy log</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// Case-sensitive pieces of text, four characters or more and rare elsewhere; every line that this reader can use holds one of them.
    /// All readers together may have a few hundred.
    /// </summary>
    public abstract IReadOnlyList<string> Triggers { get; }

    /// <summary>True when the line is of a kind of which this reader has seen enough; it has counted it. Asked before <see cref="TryRead"/>, once for each line.</summary>
    public virtual bool IsCounted(ReadOnlySpan<char> text, Findings findings) => false;

    /// <summary>True when the line is of this kind and was taken; no other reader is then asked. Never throws on bad input.</summary>
    public abstract bool TryRead(LogLine line, Findings findings);
}

/// <summary>A line of a log with its surroundings.</summary>
public readonly ref struct LogLine
{
    private readonly ILineWindow window;
    private readonly int start;

    internal LogLine(ILineWindow window, int start, ReadOnlySpan<char> text, int number)
    {
        this.window = window;
        this.start = start;
        Text = text;
        Number = number;
    }

    /// <summary>The line without its end; of a line longer than 64 Ki characters a piece of it.</summary>
    public ReadOnlySpan<char> Text { get; }

    /// <summary>Its number in the file, from 1.</summary>
    public int Number { get; }

    public string Source => $"{window.Path}:{Number}";

    /// <summary>The line that many lines before (negative) or after (positive); empty outside of what is in memory (some 100 lines or more).</summary>
    public ReadOnlySpan<char> Line(int offset) => window.Line(start, offset);

    /// <summary>The time on this line or, for a traceback's lines, on the nearest line before it that has one (at most 80 back).</summary>
    public Stamp? Stamp
    {
        get
        {
            for (int back = 0; back <= 80; back++)
            {
                ReadOnlySpan<char> line = back == 0 ? Text : window.Line(start, -back);
                if (back > 0 && line.IsEmpty && window.IsBefore(start, -back))
                    break;
                if (Stamps.TryFind(line, out Stamp stamp))
                    return stamp;
            }
            return null;
        }
    }
}

internal interface ILineWindow
{
    string Path { get; }
    ReadOnlySpan<char> Line(int start, int offset);
    /// <summary>The line at that offset lies before the window's beginning.</summary>
    bool IsBefore(int start, int offset);
}
