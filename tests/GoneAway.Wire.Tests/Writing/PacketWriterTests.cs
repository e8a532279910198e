using System.Buffers;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Writing;

public sealed class PacketWriterTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(PacketHeader.MaxPart - 1, 1)]
    [InlineData(PacketHeader.MaxPart, 2)]
    [InlineData(PacketHeader.MaxPart + 1, 2)]
    [InlineData(PacketHeader.MaxPart * 2, 3)]
    public void A_payload_is_framed_as_one_packet_whatever_its_size(int length, int parts)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(output) { Sequence = 254 };
        byte[] payload = new byte[length];
        payload.AsSpan().Fill(7);
        writer.Write(payload);
        Assert.Equal(length + parts * 4, output.WrittenCount);
        Assert.Equal((byte)(254 + parts), writer.Sequence);

        var sink = new LastPacket();
        var framer = new PacketFramer();
        Assert.Equal(output.WrittenCount, framer.Feed(output.WrittenSpan, ref sink));
        Assert.Equal((1, (long)length, (byte)(254 + parts - 1)), (sink.Packets, sink.Length, sink.Sequence));
        Assert.False(framer.InPacket);
    }

    [Fact]
    public void A_full_part_without_its_follower_is_no_packet()
    {
        var output = new ArrayBufferWriter<byte>();
        new PacketWriter(output).Write(new byte[PacketHeader.MaxPart]);
        var sink = new LastPacket();
        var framer = new PacketFramer();
        framer.Feed(output.WrittenSpan[..^4], ref sink);
        Assert.Equal(0, sink.Packets);
        Assert.True(framer.InPacket);
        framer.Feed(output.WrittenSpan[^4..], ref sink);
        Assert.Equal((1, (long)PacketHeader.MaxPart), (sink.Packets, sink.Length));
    }

    private struct LastPacket : IPacketSink
    {
        public int Packets;
        public long Length;
        public byte Sequence;

        public readonly bool OnHeader(int length, byte sequence, int first, bool continues) => true;

        public void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix)
        {
            Packets++;
            Length = length;
            Sequence = sequence;
        }
    }
}
