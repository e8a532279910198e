using BenchmarkDotNet.Attributes;
using GoneAway.TestKit;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;

namespace GoneAway.Benchmarks;

/// <summary>Finding packets in a stream: one MB of small ones, in chunks of a segment. Nothing may be allocated.</summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    private readonly byte[] stream = Stream();
    private readonly PacketFramer framer = new();

    /// <summary>Bytes of a chunk: the payload of a TCP segment on Ethernet, and on loopback.</summary>
    [Params(1448, 65483)]
    public int Chunk { get; set; }

    [Benchmark]
    public long Frame()
    {
        framer.Reset();
        var sink = new Counter();
        for (int at = 0; at < stream.Length; at += Chunk)
            framer.Feed(stream.AsSpan(at, Math.Min(Chunk, stream.Length - at)), ref sink);
        return sink.Packets;
    }

    private static byte[] Stream()
    {
        var bytes = new List<byte>(1 << 20);
        byte[] row = Payload.Framed(0, Payload.TextRow(new string('c', 119)));
        byte[] query = Payload.Framed(0, [CommandCode.Query, .. "SELECT c FROM sbtest1 WHERE id=500000"u8]);
        while (bytes.Count < 1 << 20)
        {
            bytes.AddRange(query);
            bytes.AddRange(row);
        }
        return [.. bytes];
    }

    private struct Counter : IPacketSink
    {
        public long Packets;

        public readonly bool OnHeader(int length, byte sequence, int first, bool continues) => true;

        public void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix) => Packets++;
    }
}
