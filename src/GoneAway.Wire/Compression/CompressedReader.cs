using System.IO.Compression;

namespace GoneAway.Wire.Compression;

/// <summary>Undoes the compressed protocol in one direction of a connection, however the stream is cut.</summary>
/// <remarks>MySQL "Compression": 3 bytes of length, 1 of sequence, 3 of length before compression (0: not compressed).</remarks>
public sealed class CompressedReader(bool zstd)
{
    private const int HeaderSize = 7;
    private const int MaxFrame = 1 << 24;

    /// <summary>Deflate makes of one byte at most 1032 (zlib's "Technical Details"); more is a lie that would cost memory.</summary>
    private const int MostOfOneByte = 1100;

    private const int SmallBuffer = 1024;
    private const int LargeBuffer = 64 * 1024;

    private byte[] buffer = new byte[SmallBuffer];
    private byte[] expanded = [];
    private int have;

    /// <summary>A frame could not be expanded: what follows cannot be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The sequence id of the last frame; it counts apart from that of the packets inside.</summary>
    public byte Sequence { get; private set; }

    /// <summary>Part of a frame has come.</summary>
    public bool InFrame => have > 0;

    /// <summary>Takes bytes until a frame is complete; false when there are too few. What it gives is valid until the next call, and as long as the chunk.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (IsBroken || TryTakeWhole(ref chunk, out plain))
            return !IsBroken;
        if (!Fill(ref chunk, HeaderSize))
            return false;
        int length = Length(buffer), uncompressed = Length(buffer.AsSpan(4));
        if (!Fill(ref chunk, HeaderSize + length))
            return false;
        have = 0;
        Sequence = buffer[3];
        ReadOnlySpan<byte> body = buffer.AsSpan(HeaderSize, length);
        if (uncompressed == 0)
            plain = body;
        else
            IsBroken = zstd ? !TryExpand(body, uncompressed, out plain) : !TryInflate(length, uncompressed, out plain);
        return !IsBroken;
    }

    /// <summary>Gives large buffers back, for a connection that becomes idle; between frames only.</summary>
    public void Trim()
    {
        if (InFrame)
            return;
        if (buffer.Length > LargeBuffer)
            buffer = new byte[SmallBuffer];
        if (expanded.Length > LargeBuffer)
            expanded = [];
    }

    private static int Length(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    /// <summary>A frame that lies in one chunk need not be copied, but for the inflater, which reads from the heap.</summary>
    private bool TryTakeWhole(ref ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (have > 0 || chunk.Length < HeaderSize)
            return false;
        int length = Length(chunk), uncompressed = Length(chunk[4..]);
        if (chunk.Length - HeaderSize < length || uncompressed > 0 && !zstd)
            return false;
        Sequence = chunk[3];
        ReadOnlySpan<byte> body = chunk.Slice(HeaderSize, length);
        chunk = chunk[(HeaderSize + length)..];
        if (uncompressed == 0)
            plain = body;
        else
            IsBroken = !TryExpand(body, uncompressed, out plain);
        return true;
    }

    private bool Fill(ref ReadOnlySpan<byte> chunk, int needed)
    {
        // Grows with what has come, not with what a header claims.
        int take = Math.Min(needed - have, chunk.Length);
        if (take > 0)
        {
            if (have + take > buffer.Length)
                Array.Resize(ref buffer, Math.Min(MaxFrame + HeaderSize, Math.Max(have + take, buffer.Length * 2)));
            chunk[..take].CopyTo(buffer.AsSpan(have));
            have += take;
            chunk = chunk[take..];
        }
        return have >= needed;
    }

    private bool TryExpand(ReadOnlySpan<byte> body, int length, out ReadOnlySpan<byte> plain)
    {
        plain = Room(length);
        return Zstd.TryDecompress(body, expanded.AsSpan(0, length));
    }

    private bool TryInflate(int compressed, int length, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (length / MostOfOneByte > compressed)
            return false;
        plain = Room(length);
        using var input = new BufferStream(buffer.AsMemory(HeaderSize, compressed));
        using var inflater = new ZLibStream(input, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            // The end is read too: the inflater compares the checksum there.
            return inflater.ReadAtLeast(expanded.AsSpan(0, length), length, throwOnEndOfStream: false) == length && inflater.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private ReadOnlySpan<byte> Room(int length)
    {
        if (expanded.Length < length)
            expanded = new byte[Math.Max(length, Math.Min(expanded.Length * 2, MaxFrame))];
        return expanded.AsSpan(0, length);
    }
}
