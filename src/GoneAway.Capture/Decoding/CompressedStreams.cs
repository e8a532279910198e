using System.IO.Compression;
using GoneAway.Model;

namespace GoneAway.Capture.Decoding;

/// <summary>Undoes the compressed protocol, both directions of one connection.</summary>
/// <remarks>MySQL "Compression": 3 bytes of length, 1 of sequence, 3 of length before compression (0: not compressed).</remarks>
internal sealed class CompressedStreams(bool zstd)
{
    private const int HeaderSize = 7;
    private const int MaxFrame = 1 << 24;

    private readonly Direction client = new();
    private readonly Direction server = new();

    public bool IsBroken(Side side) => Of(side).Broken;

    /// <summary>Takes bytes until a frame is complete; false when there are too few. What it gives is valid until the next call.</summary>
    public bool TryTake(Side side, ref ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        Direction direction = Of(side);
        if (direction.Broken || !direction.Fill(ref chunk, HeaderSize))
            return false;
        ReadOnlySpan<byte> header = direction.Bytes;
        int length = header[0] | header[1] << 8 | header[2] << 16;
        int uncompressed = header[4] | header[5] << 8 | header[6] << 16;
        if (!direction.Fill(ref chunk, HeaderSize + length))
            return false;
        ReadOnlySpan<byte> body = direction.Bytes.Slice(HeaderSize, length);
        if (uncompressed == 0)
            plain = body;
        else
            direction.Broken = !direction.TryExpand(body, uncompressed, zstd, out plain);
        direction.Clear();
        return !direction.Broken;
    }

    private Direction Of(Side side) => side == Side.Client ? client : server;

    private sealed class Direction
    {
        private byte[] buffer = new byte[1024];
        private byte[] expanded = [];
        private int have;

        public bool Broken { get; set; }

        public ReadOnlySpan<byte> Bytes => buffer;

        public void Clear() => have = 0;

        public bool Fill(ref ReadOnlySpan<byte> chunk, int needed)
        {
            if (needed > buffer.Length)
                Array.Resize(ref buffer, Math.Min(MaxFrame + HeaderSize, Math.Max(needed, buffer.Length * 2)));
            int take = Math.Min(needed - have, chunk.Length);
            if (take > 0)
            {
                chunk[..take].CopyTo(buffer.AsSpan(have));
                have += take;
                chunk = chunk[take..];
            }
            return have >= needed;
        }

        public bool TryExpand(ReadOnlySpan<byte> body, int length, bool zstd, out ReadOnlySpan<byte> plain)
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
}
