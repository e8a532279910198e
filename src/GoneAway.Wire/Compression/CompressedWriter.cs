using System.Buffers;
using System.IO.Compression;

namespace GoneAway.Wire.Compression;

/// <summary>Writes packets in the frames of the compressed protocol, with zlib.</summary>
/// <remarks>MySQL "Compression": 3 bytes of length, 1 of sequence, 3 of length before compression (0: not compressed).</remarks>
public sealed class CompressedWriter(IBufferWriter<byte> output)
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
            using var compressed = new MemoryStream();
            using (var deflater = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
                deflater.Write(plain);
            if (compressed.Length < plain.Length)
            {
                WriteBody(compressed.GetBuffer().AsSpan(0, (int)compressed.Length), plain.Length);
                return;
            }
        }
        WriteBody(plain, 0);
    }

    private void WriteBody(ReadOnlySpan<byte> body, int plainLength)
    {
        Span<byte> header = output.GetSpan(HeaderSize);
        WriteLength(header, body.Length);
        header[3] = Sequence++;
        WriteLength(header[4..], plainLength);
        output.Advance(HeaderSize);
        output.Write(body);
    }

    private static void WriteLength(Span<byte> target, int length)
    {
        target[0] = (byte)length;
        target[1] = (byte)(length >> 8);
        target[2] = (byte)(length >> 16);
    }
}
