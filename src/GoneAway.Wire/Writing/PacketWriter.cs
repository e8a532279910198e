using System.Buffers;
using GoneAway.Wire.Framing;

namespace GoneAway.Wire.Writing;

/// <summary>Puts payloads into packets. A payload of 16 MB and more becomes several, the last one shorter than 0xFFFFFF and perhaps empty.</summary>
/// <remarks>MySQL "Protocol basics".</remarks>
public sealed class PacketWriter(IBufferWriter<byte> output)
{

    /// <summary>The next packet's sequence id. A command begins with 0.</summary>
    public byte Sequence { get; set; }

    /// <summary>Writes one payload.</summary>
    public void Write(ReadOnlySpan<byte> payload)
    {
        while (payload.Length >= PacketHeader.MaxPart)
        {
            WritePart(payload[..PacketHeader.MaxPart]);
            payload = payload[PacketHeader.MaxPart..];
        }
        WritePart(payload);
    }

    private void WritePart(ReadOnlySpan<byte> part)
    {
        Span<byte> header = output.GetSpan(PacketHeader.Size);
        PacketHeader.Write(header, part.Length, Sequence++);
        output.Advance(PacketHeader.Size);
        output.Write(part);
    }
}
