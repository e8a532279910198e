using System.Buffers;
using System.IO.Compression;

namespace GoneAway.Wire.Compression;

/// <summary>Writes packets in the frames of the compressed protocol. Keeps nothing between frames but its sequence id.</summary>
/// <remarks>MySQL "Compression": 3 bytes of length, 1 of sequence, 3 of length before compression (0: not compressed).</remarks>
/// <param name="output">Where to.</param>
/// <param name="zstd">With zstd; else with zlib. Without libzstd frames are sent uncompressed, which the protocol allows.</param>
/// <param name="level">Of zstd, as the login agreed on: 1 to 22.</param>
public sealed class CompressedWriter(IBufferWriter<byte> output, bool zstd = false, int level = 3)
{
    private const int HeaderSize = 7;
    private const int MaxFrame = 0xFFFFFF;

    /// <summary>MIN_COMPRESS_LENGTH: less is not worth it.</summary>
    private const int Worthwhile = 50;

    /// <summary>The next frame's sequence id, which counts apart from that of the packets inside.</summary>
    public byte Sequence { get; set; }

    /// <summary>Writes whole packets or parts of them; a frame's end need not be a packet's.</summary>
    public void Write(ReadOnlySpan<byte> packets)
    {
        while (packets.Length > MaxFrame)
        {
            WriteFrame(packets[..MaxFrame]);
            packets = packets[MaxFrame..];
        }
        WriteFrame(packets);
    }

    private void WriteFrame(ReadOnlySpan<byte> plain)
    {
        if (plain.Length >= Worthwhile)
        {
            Memory<byte> frame = output.GetMemory(HeaderSize + plain.Length);
            if (TryCompress(plain, frame.Slice(HeaderSize, plain.Length - 1), out int length))
            {
                WriteHeader(frame.Span, length, plain.Length);
                output.Advance(HeaderSize + length);
                return;
            }
        }
        WriteHeader(output.GetSpan(HeaderSize), plain.Length, 0);
        output.Advance(HeaderSize);
        output.Write(plain);
    }

    /// <summary>False when it does not become smaller.</summary>
    private bool TryCompress(ReadOnlySpan<byte> plain, Memory<byte> room, out int length)
    {
        if (zstd)
            return Zstd.TryCompress(plain, room.Span, level, out length);
        using var target = new BufferStream(room);
        using (var deflater = new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true))
            deflater.Write(plain);
        length = target.Count;
        return !target.Overflowed;
    }

    private void WriteHeader(Span<byte> header, int length, int plainLength)
    {
        WriteLength(header, length);
        header[3] = Sequence++;
        WriteLength(header[4..], plainLength);
    }

    private static void WriteLength(Span<byte> target, int length)
    {
        target[0] = (byte)length;
        target[1] = (byte)(length >> 8);
        target[2] = (byte)(length >> 16);
    }
}
