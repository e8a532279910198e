namespace GoneAway.Capture.Files;

/// <summary>
/// Reads a stream in large blocks and shows any number of its next bytes in one piece.
/// Sequential reads into one buffer: a mapped file would count as resident memory page by page.
/// </summary>
internal sealed class ByteSource(Stream stream, int blockSize = 1 << 20)
{
    private byte[] buffer = new byte[blockSize];
    private int start;
    private int end;
    private bool ended;

    /// <summary>Offset in the stream of the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>The bytes that are there without reading; <see cref="TryPeek"/> brings more.</summary>
    public ReadOnlySpan<byte> Buffered => buffer.AsSpan(start, end - start);

    /// <summary>Shows the next <paramref name="count"/> bytes. False when the stream ends before.</summary>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        if (end - start < count && !Fill(count))
        {
            bytes = Buffered;
            return false;
        }
        bytes = buffer.AsSpan(start, count);
        return true;
    }

    /// <summary>Steps over bytes that were peeked.</summary>
    public void Advance(int count)
    {
        start += count;
        Offset += count;
    }

    /// <summary>Steps over bytes, seen or not. False when the stream ends before.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (start == end && !Fill(1))
                return false;
            int step = (int)Math.Min(count, end - start);
            Advance(step);
            count -= step;
        }
        return true;
    }

    private bool Fill(int count)
    {
        if (buffer.Length - start < count || start == end)
            MoveTo(buffer);
        while (!ended && end - start < count)
        {
            // Grows with what has come, not with what a record claims.
            if (end == buffer.Length)
                MoveTo(new byte[Math.Min(buffer.Length * 2L, (long)count + blockSize)]);
            int read = stream.Read(buffer, end, buffer.Length - end);
            ended = read == 0;
            end += read;
        }
        return end - start >= count;
    }

    private void MoveTo(byte[] target)
    {
        int kept = end - start;
        buffer.AsSpan(start, kept).CopyTo(target);
        buffer = target;
        start = 0;
        end = kept;
    }
}
