using System.Buffers;
using GoneAway.Wire.Compression;

namespace GoneAway.Gateway.Links;

/// <summary>The compressed protocol of one connection, without its socket.</summary>
internal sealed class CompressionFilter(bool zstd)
{
    /// <summary>Bytes of plain text that may lie unread before another frame is expanded: zstd makes 16 MB of 500 bytes.</summary>
    private const int MostUnread = 256 * 1024;

    private const int LargestIdle = 64 * 1024;

    private readonly CompressedReader reader = new(zstd);
    private readonly ArrayBufferWriter<byte> frames = new();
    private CompressedWriter? writer;
    private byte[] plain = [];
    private int start;
    private int end;
    /// <summary>What has come and waits until the plain text before it is read.</summary>
    private byte[] waiting = [];

    /// <summary>A frame could not be read.</summary>
    public bool IsBroken => reader.IsBroken;

    /// <summary>Id of the frame that came last; the first frame of an answer has the next one.</summary>
    public byte LastSequence => reader.Sequence;

    public bool HasPlain => end > start || waiting.Length > 0;

    /// <summary>Takes frames as they come, when all that came before has been read.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && end - start < MostUnread && reader.TryTake(ref bytes, out ReadOnlySpan<byte> expanded))
        {
            if (start == end)
                start = end = 0;
            if (plain.Length - end < expanded.Length)
                Array.Resize(ref plain, Math.Max(end + expanded.Length, plain.Length * 2));
            expanded.CopyTo(plain.AsSpan(end));
            end += expanded.Length;
        }
        if (!bytes.IsEmpty && !IsBroken)
            waiting = bytes.ToArray();
    }

    public int Read(Span<byte> target)
    {
        if (start == end && waiting.Length > 0)
        {
            byte[] next = waiting;
            waiting = [];
            Feed(next);
        }
        int count = Math.Min(target.Length, end - start);
        plain.AsSpan(start, count).CopyTo(target);
        start += count;
        if (start == end && plain.Length > LargestIdle)
        {
            (plain, start, end) = ([], 0, 0);
            reader.Trim();
        }
        return count;
    }

    /// <summary>The frames of these packets, valid until the next call.</summary>
    /// <param name="packets">Whole packets or parts of them.</param>
    /// <param name="sequence">The next frame's id; 0 with each command, as the packets'.</param>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> packets, ref byte sequence)
    {
        frames.ResetWrittenCount();
        writer ??= new CompressedWriter(frames, zstd);
        writer.Sequence = sequence;
        writer.Write(packets);
        sequence = writer.Sequence;
        return frames.WrittenMemory;
    }
}
