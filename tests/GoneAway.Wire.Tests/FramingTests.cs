using GoneAway.TestKit;
using GoneAway.Wire.Framing;

namespace GoneAway.Wire.Tests;

public sealed class FramingTests
{
    private sealed class Sink : IPacketSink
    {
        public List<(byte Sequence, long Length, byte[] Prefix)> Packets { get; } = [];
        public bool OnHeader(int length, byte sequence, int first, bool continues) => true;
        public void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix) => Packets.Add((sequence, length, prefix.ToArray()));
    }

    private static List<(byte Sequence, long Length, byte[] Prefix)> Frame(byte[] stream, params int[] cuts)
    {
        var sink = new Sink();
        var framer = new PacketFramer();
        int start = 0;
        foreach (int cut in cuts.Append(stream.Length))
        {
            framer.Feed(stream.AsSpan(start, cut - start), ref sink);
            start = cut;
        }
        Assert.False(framer.InPacket);
        return sink.Packets;
    }

    [Fact]
    public void A_stream_cut_anywhere_gives_the_same_packets()
    {
        byte[] stream = [.. Payload.Framed(0, "hello"u8), .. Payload.Framed(1, []), .. Payload.Framed(2, new byte[300]), .. Payload.Framed(3, [7])];
        List<(byte, long, byte[])> whole = Frame(stream);
        Assert.Equal([5L, 0L, 300L, 1L], whole.Select(static p => p.Item2));
        for (int first = 0; first <= stream.Length; first++)
            for (int second = first; second <= stream.Length; second += 7)
                Assert.Equal(whole.Select(static p => (p.Item1, p.Item2, Convert.ToHexString(p.Item3))), Frame(stream, first, second).Select(static p => (p.Sequence, p.Length, Convert.ToHexString(p.Prefix))));
        Assert.Equal(4, Frame(stream, [.. Enumerable.Range(1, stream.Length - 1)]).Count);
    }

    [Theory]
    [InlineData(0xFFFFFF)]
    [InlineData(0xFFFFFF + 1)]
    [InlineData(2 * 0xFFFFFF + 5)]
    public void Packets_of_16_MB_and_more_come_in_parts(int length)
    {
        var stream = new List<byte>();
        byte sequence = 0;
        for (int rest = length; rest >= 0; rest -= 0xFFFFFF)
            stream.AddRange(Payload.Framed(sequence++, new byte[Math.Min(rest, 0xFFFFFF)]));
        (byte last, long total, byte[] prefix) = Assert.Single(Frame([.. stream], 3, 5, 70000, 0xFFFFFF + 2));
        Assert.Equal(length, total);
        Assert.Equal(sequence - 1, last);
        Assert.True(prefix.Length >= PacketFramer.PrefixLimit);
    }

    [Fact]
    public void Bytes_lost_inside_a_payload_keep_the_boundary()
    {
        var sink = new Sink();
        var framer = new PacketFramer();
        byte[] stream = [.. Payload.Framed(0, new byte[1000]), .. Payload.Framed(1, "next"u8)];
        framer.Feed(stream.AsSpan(0, 100), ref sink);
        Assert.True(framer.TrySkip(500, ref sink));
        framer.Feed(stream.AsSpan(600), ref sink);
        Assert.Equal([1000L, 4L], sink.Packets.Select(static p => p.Length));
        Assert.False(framer.TrySkip(1, ref sink));
    }
}
