using System.IO.Compression;

namespace GoneAway.Wire.Compression;

/// <summary>Undoes the compressed protocol in one direction of a connection, however the stream is cut.</summary>
/// <remarks>MySQL "Compression": 3 bytes of length, 1 of sequence, 3 of length before compression (0: not compressed).</remarks>
public sealed class CompressedReader(bool zstd)
{
    private const int HeaderSize = 7;
    private const int MaxFrame = 1 << 24;

    private byte[] buffer = new byte[1024];
    private byte[] expanded = [];
    private int have;

    /// <summary>A frame could not be expanded: what follows cannot be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes bytes until a frame is complete; false when there are too few. What it gives is valid until the next call.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (IsBroken || !Fill(ref chunk, HeaderSize))
            return false;
        int length = buffer[0] | buffer[1] << 8 | buffer[2] << 16;
        int uncompressed = buffer[4] | buffer[5] << 8 | buffer[6] << 16;
        if (!Fill(ref chunk, HeaderSize + length))
            return false;
        have = 0;
        ReadOnlySpan<byte> body = buffer.AsSpan(HeaderSize, length);
        if (uncompressed == 0)
            plain = body;
        else
            IsBroken = !TryExpand(body, uncompressed, out plain);
        return !IsBroken;
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
        if (expanded.Length < length)
            expanded = new byte[length];
        plain = expanded.AsSpan(0, length);
        return zstd ? Zstd.TryDecompress(body, expanded.AsSpan(0, length)) : TryInflate(body, length);
    }

    private bool TryInflate(ReadOnlySpan<byte> body, int length)
    {
        using var inflater = new ZLibStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        try
        {
            return inflater.ReadAtLeast(expanded.AsSpan(0, length), length, throwOnEndOfStream: false) == length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
