using System.Buffers.Binary;

namespace GoneAway.Capture.Packets;

/// <summary>An IP packet that carries TCP (or a fragment of it), or an ICMP error about one.</summary>
internal readonly ref struct IpPacket
{
    private const int Tcp = 6;
    private const int Icmp = 1;
    private const int Icmp6 = 58;

    /// <summary>Addresses in network order, IPv4 as 4 bytes and IPv6 as 16.</summary>
    public required ReadOnlySpan<byte> Source { get; init; }
    public required ReadOnlySpan<byte> Destination { get; init; }
    public required int Protocol { get; init; }
    public required byte Ttl { get; init; }
    /// <summary>IPv4 identification, or -1.</summary>
    public required int Identification { get; init; }
    /// <summary>What was captured of the payload.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }
    /// <summary>The payload's length on the wire.</summary>
    public required int PayloadLength { get; init; }
    /// <summary>Offset of a fragment in bytes, and whether more follow.</summary>
    public required int FragmentOffset { get; init; }
    public required bool MoreFragments { get; init; }
    public required uint FragmentId { get; init; }

    public bool IsFragment => MoreFragments || FragmentOffset > 0;
    public bool IsTcp => Protocol == Tcp;
    public bool IsIcmp => Protocol is Icmp or Icmp6;

    /// <param name="frameLength">Length on the wire from the IP header on: bounds a length of 0, which segmentation offload leaves.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int frameLength, out IpPacket packet)
    {
        packet = default;
        if (bytes.IsEmpty)
            return false;
        return (bytes[0] >> 4) switch
        {
            4 => TryReadV4(bytes, frameLength, out packet),
            6 => TryReadV6(bytes, frameLength, out packet),
            _ => false,
        };
    }

    private static bool TryReadV4(ReadOnlySpan<byte> bytes, int frameLength, out IpPacket packet)
    {
        packet = default;
        int headerLength = (bytes[0] & 15) * 4;
        if (headerLength < 20 || bytes.Length < headerLength)
            return false;
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (total == 0)
            total = frameLength;
        if (total < headerLength)
            return false;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        packet = new IpPacket
        {
            Source = bytes.Slice(12, 4),
            Destination = bytes.Slice(16, 4),
            Protocol = bytes[9],
            Ttl = bytes[8],
            Identification = identification,
            Payload = bytes[headerLength..Math.Min(total, bytes.Length)],
            PayloadLength = total - headerLength,
            FragmentOffset = (flags & 0x1FFF) * 8,
            MoreFragments = (flags & 0x2000) != 0,
            FragmentId = (uint)identification,
        };
        return true;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> bytes, int frameLength, out IpPacket packet)
    {
        packet = default;
        if (bytes.Length < 40)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length == 0)
            length = Math.Max(0, frameLength - 40);
        int next = bytes[6];
        int fragmentOffset = 0;
        bool more = false;
        uint fragmentId = 0;
        ReadOnlySpan<byte> rest = bytes[40..Math.Min(40 + length, bytes.Length)];
        // Extension headers (RFC 8200, 4): hop-by-hop, routing, fragment, destination options, authentication.
        while (next is 0 or 43 or 44 or 60 or 51)
        {
            if (rest.Length < 8)
                return false;
            int size = next switch { 44 => 8, 51 => (rest[1] + 2) * 4, _ => (rest[1] + 1) * 8 };
            if (next == 44)
            {
                int field = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                fragmentOffset = field & ~7;
                more = (field & 1) != 0;
                fragmentId = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            }
            if (rest.Length < size || length < size)
                return false;
            next = rest[0];
            rest = rest[size..];
            length -= size;
            if (fragmentOffset > 0)
                break;
        }
        packet = new IpPacket
        {
            Source = bytes.Slice(8, 16),
            Destination = bytes.Slice(24, 16),
            Protocol = next,
            Ttl = bytes[7],
            Identification = -1,
            Payload = rest,
            PayloadLength = length,
            FragmentOffset = fragmentOffset,
            MoreFragments = more,
            FragmentId = fragmentId,
        };
        return true;
    }
}
