using GoneAway.Wire.Framing;

namespace GoneAway.Fuzz;

/// <summary>
/// The input is one direction of a connection: framed whole, one byte at a time and by the slow rule of the manual,
/// it must give the same packets.
/// </summary>
public sealed class FramerTarget : ITarget
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        List<(byte, long)> expected = Slowly(input);
        Same(expected, Framed(input, input.Length), "whole");
        Same(expected, Framed(input, 1), "byte by byte");
        Same(expected, Framed(input, 7), "seven by seven");
    }

    private static List<(byte Sequence, long Length)> Framed(ReadOnlySpan<byte> input, int step)
    {
        var framer = new PacketFramer();
        var sink = new Sink();
        while (!input.IsEmpty)
        {
            int count = Math.Min(step, input.Length);
            framer.Feed(input[..count], ref sink);
            input = input[count..];
        }
        return sink.Packets;
    }

    /// <summary>"Protocol basics", word by word.</summary>
    private static List<(byte Sequence, long Length)> Slowly(ReadOnlySpan<byte> input)
    {
        var packets = new List<(byte, long)>();
        long parts = 0;
        while (input.Length >= 4)
        {
            int length = input[0] | input[1] << 8 | input[2] << 16;
            if (input.Length - 4 < length)
                break;
            parts += length;
            if (length < 0xFFFFFF)
            {
                packets.Add((input[3], parts));
                parts = 0;
            }
            input = input[(4 + length)..];
        }
        return packets;
    }

    private static void Same(List<(byte, long)> expected, List<(byte, long)> found, string how)
    {
        if (!expected.SequenceEqual(found))
            throw new BrokenPromiseException($"framed {how}: {string.Join(' ', found)}, but by the rule: {string.Join(' ', expected)}");
    }

    private readonly struct Sink : IPacketSink
    {
        public Sink() { }

        public List<(byte Sequence, long Length)> Packets { get; } = [];

        public bool OnHeader(int length, byte sequence, int first, bool continues) => true;

        public void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix) => Packets.Add((sequence, length));
    }
}
