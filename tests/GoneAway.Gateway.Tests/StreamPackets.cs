using System.Buffers;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests;

/// <summary>Whole packets over a stream, by code that is not the gateway's.</summary>
internal static class StreamPackets
{
    /// <summary>A payload, and the sequence id that is due next.</summary>
    public static async Task<(byte[] Payload, byte Next)> ReadPacketAsync(this Stream stream, CancellationToken cancel = default)
    {
        byte[] header = new byte[PacketHeader.Size];
        await stream.ReadExactlyAsync(header, cancel);
        byte[] payload = new byte[PacketHeader.LengthOf(header)];
        await stream.ReadExactlyAsync(payload, cancel);
        return (payload, (byte)(header[3] + 1));
    }

    /// <summary>The bytes of a payload, in as many packets as it needs, and the sequence id that is due next.</summary>
    public static (byte[] Bytes, byte Next) Packets(ReadOnlyMemory<byte> payload, byte sequence)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(output) { Sequence = sequence };
        writer.Write(payload.Span);
        return (output.WrittenSpan.ToArray(), writer.Sequence);
    }
}
