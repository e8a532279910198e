using System.Buffers.Binary;

namespace GoneAway.Capture.Tcp;

/// <summary>A TCP segment (RFC 9293, 3.1) with what IP says of it.</summary>
internal readonly ref struct TcpSegment
{
    public required ushort SourcePort { get; init; }
    public required ushort DestinationPort { get; init; }
    public required uint Sequence { get; init; }
    public required uint Acknowledgement { get; init; }
    public required byte Flags { get; init; }
    public required ushort Window { get; init; }
    /// <summary>The options that follow the fixed header, as captured.</summary>
    public required ReadOnlySpan<byte> Options { get; init; }
    /// <summary>What was captured of the payload.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }
    /// <summary>The payload's length on the wire.</summary>
    public required int Length { get; init; }

    public bool Fin => (Flags & 1) != 0;
    public bool Syn => (Flags & 2) != 0;
    public bool Rst => (Flags & 4) != 0;
    public bool Ack => (Flags & 16) != 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, int lengthOnWire, out TcpSegment segment)
    {
        segment = default;
        if (bytes.Length < 20)
            return false;
        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < 20 || lengthOnWire < headerLength)
            return false;
        segment = new TcpSegment
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            Flags = bytes[13],
            Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
            Options = bytes[20..Math.Min(headerLength, bytes.Length)],
            Payload = headerLength < bytes.Length ? bytes[headerLength..] : default,
            Length = lengthOnWire - headerLength,
        };
        return true;
    }

    /// <summary>The window scale option of a SYN (RFC 7323, 2), or -1.</summary>
    public int WindowScale => FindOption(3) is { Length: >= 1 } value ? Math.Min(value[0], (byte)14) : -1;

    /// <summary>Whether the segment carries the timestamps option (RFC 7323, 3).</summary>
    public bool HasTimestamps => FindOption(8).Length >= 8;

    private ReadOnlySpan<byte> FindOption(byte kind)
    {
        ReadOnlySpan<byte> rest = Options;
        while (rest.Length >= 2 && rest[0] != 0)
        {
            if (rest[0] == 1)
            {
                rest = rest[1..];
                continue;
            }
            int length = rest[1];
            if (length < 2 || length > rest.Length)
                break;
            if (rest[0] == kind)
                return rest[2..length];
            rest = rest[length..];
        }
        return default;
    }
}
