using System.Buffers;
using System.Text;

namespace GoneAway.Evidence.Text;

/// <summary>
/// The part of a text that is in memory: what was just read, with some of what came before, so that a line can be seen in its surroundings.
/// A line without an end is cut into pieces that share its number.
/// </summary>
internal sealed class LineWindow : ILineWindow, IDisposable
{
    private const int ChunkBytes = 256 << 10;
    // What is kept of the text before, and what must have been read of the text after a line.
    private const int Before = 24 << 10;
    private const int After = 24 << 10;
    private const int LongestLine = 64 << 10;

    private readonly Stream stream;
    private readonly Decoder decoder;
    private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private char[] text = ArrayPool<char>.Shared.Rent(Before + After + LongestLine + 2 * ChunkBytes);
    private int length;
    private int position;
    private int lineNumber = 1;
    private bool ended;
    private bool started;

    public LineWindow(string path, Stream stream, Encoding encoding)
    {
        Path = path;
        this.stream = stream;
        decoder = encoding.GetDecoder();
    }

    public string Path { get; }
    public long BytesRead { get; private set; }
    /// <summary>Lines gone through so far; all of them at the end.</summary>
    public long Lines { get; private set; }

    public ReadOnlySpan<char> Text(int from, int to) => text.AsSpan(from, to - from);

    /// <summary>Reads on. False when everything has been read and gone through.</summary>
    public bool Fill()
    {
        if (ended)
            return false;
        int drop = Math.Max(0, position - Before);
        if (drop > 0)
        {
            text.AsSpan(drop, length - drop).CopyTo(text);
            length -= drop;
            position -= drop;
        }
        while (text.Length - length >= ChunkBytes && length - position < After + ChunkBytes)
        {
            int read = stream.Read(bytes, 0, ChunkBytes);
            BytesRead += read;
            length += decoder.GetChars(bytes.AsSpan(0, read), text.AsSpan(length), flush: read == 0);
            if (read == 0)
            {
                ended = true;
                break;
            }
        }
        if (!started && length > 0)
        {
            started = true;
            if (text[0] == '\ufeff')
                position = 1;
        }
        return true;
    }

    /// <summary>The next line with a trigger in it. False when more has to be read first, or nothing is left.</summary>
    public bool TryNextHit(TriggerSearch triggers, out int start, out int end, out int number)
    {
        int limit = ended ? length : Math.Max(position, length - After);
        start = end = number = 0;
        int found = position < limit ? triggers.IndexOf(text.AsSpan(position, limit - position)) : -1;
        if (found < 0)
        {
            // Nothing in what may be looked at: go on from the beginning of its last line.
            int lastEnd = ended ? length : LastLineStart(limit);
            Advance(lastEnd);
            return false;
        }
        int hit = position + found;
        int lineStart = text.AsSpan(position, found).LastIndexOf('\n') + 1 + position;
        int after = text.AsSpan(hit, length - hit).IndexOf('\n');
        int next;
        if (after < 0 && !ended && length - lineStart < LongestLine)
        {
            Advance(lineStart);
            return false;
        }
        int lineEnd = after < 0 ? length : hit + after;
        next = after < 0 ? length : lineEnd + 1;
        start = lineStart;
        if (hit - start > LongestLine / 2)
            start = hit - LongestLine / 2;
        if (lineEnd - start > LongestLine)
        {
            lineEnd = start + LongestLine;
            next = lineEnd;
        }
        Advance(lineStart);
        number = lineNumber;
        end = lineEnd > start && text[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        if (hit >= end)
            end = lineEnd;
        Advance(next);
        return true;
    }

    public ReadOnlySpan<char> Line(int start, int offset)
    {
        int at = start;
        for (; offset < 0; offset++)
        {
            if (at == 0)
                return default;
            at = text.AsSpan(0, at - 1).LastIndexOf('\n') + 1;
        }
        for (; offset > 0; offset--)
        {
            int next = text.AsSpan(at, length - at).IndexOf('\n');
            if (next < 0)
                return default;
            at += next + 1;
        }
        int end = text.AsSpan(at, length - at).IndexOf('\n');
        ReadOnlySpan<char> line = end < 0 ? text.AsSpan(at, length - at) : text.AsSpan(at, end);
        return line.Length > LongestLine ? line[..LongestLine] : line.TrimEnd('\r');
    }

    public bool IsBefore(int start, int offset)
    {
        int at = start;
        for (; offset < 0; offset++)
        {
            if (at == 0)
                return true;
            at = text.AsSpan(0, at - 1).LastIndexOf('\n') + 1;
        }
        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<char>.Shared.Return(text);
        text = [];
    }

    private int LastLineStart(int limit)
    {
        int at = text.AsSpan(position, limit - position).LastIndexOf('\n') + 1 + position;
        // A line that fills the window is given up piece by piece; a trigger across the cut is found by the overlap.
        return at == position && limit - position > LongestLine ? limit - 128 : at;
    }

    private void Advance(int to)
    {
        if (to <= position)
            return;
        int lines = text.AsSpan(position, to - position).Count('\n');
        lineNumber += lines;
        Lines += lines + (ended && to == length && length > 0 && text[length - 1] != '\n' ? 1 : 0);
        position = to;
    }
}
