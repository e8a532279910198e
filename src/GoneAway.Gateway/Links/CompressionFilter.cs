using System.Buffers;
using GoneAway.Wire.Compression;

namespace GoneAway.Gateway.Links;

/// <summary>The compressed protocol of one connection, without its socket.</summary>
internal sealed class CompressionFilter(bool zstd)
{
    private readonly CompressedReader reader = new(zstd);
    private readonly ArrayBufferWriter<byte> frames = new();
    private CompressedWriter? writer;
    private byte[] plain = [];
    private int start;
    private int end;

    /// <summary>A frame could not be read.</summary>
    public bool IsBroken => reader.IsBroken;

    /// <summary>Id of the frame that came last; the first frame of an answer has the next one.</summary>
    public byte LastSequence => reader.Sequence;

    public bool HasPlain => end > start;

    /// <summary>Takes frames as they come.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && reader.TryTake(ref bytes, out ReadOnlySpan<byte> expanded))
        {
            if (start == end)
                start = end = 0;
            if (plain.Length - end < expanded.Length)
                Array.Resize(ref plain, Math.Max(end + expanded.Length, plain.Length * 2));
            expanded.CopyTo(plain.AsSpan(end));
            end += expanded.Length;
        }
    }

    public int Read(Span<byte> target)
    {
        int count = Math.Min(target.Length, end - start);
        plain.AsSpan(start, count).CopyTo(target);
        start += count;
        if (start == end && plain.Length > 64 * 1024)
            (plain, start, end) = ([], 0, 0);
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
