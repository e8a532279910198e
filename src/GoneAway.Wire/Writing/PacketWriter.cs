using System.Buffers;

namespace GoneAway.Wire.Writing;

/// <summary>Puts payloads into packets. A payload of 16 MB and more becomes several, the last one shorter than 0xFFFFFF and perhaps empty.</summary>
/// <remarks>MySQL "Protocol basics".</remarks>
public sealed class PacketWriter(IBufferWriter<byte> output)
{
    /// <summary>Payload bytes of a full packet.</summary>
    public const int MaxPart = 0xFFFFFF;

    private const int HeaderSize = 4;

    /// <summary>The next packet's sequence id. A command begins with 0.</summary>
    public byte Sequence { get; set; }

    /// <summary>Writes one payload.</summary>
    public void Write(ReadOnlySpan<byte> payload)
    {
        while (payload.Length >= MaxPart)
        {
            WritePart(payload[..MaxPart]);
            payload = payload[MaxPart..];
        }
        WritePart(payload);
    }

    private void WritePart(ReadOnlySpan<byte> part)
    {
        Span<byte> header = output.GetSpan(HeaderSize);
        header[0] = (byte)part.Length;
        header[1] = (byte)(part.Length >> 8);
        header[2] = (byte)(part.Length >> 16);
        header[3] = Sequence++;
        output.Advance(HeaderSize);
        output.Write(part);
    }
}
