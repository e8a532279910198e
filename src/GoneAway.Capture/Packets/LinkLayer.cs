using System.Buffers.Binary;

namespace GoneAway.Capture.Packets;

/// <summary>Finds the IP packet inside a frame.</summary>
internal static class LinkLayer
{
    private const int Null = 0;
    private const int Ethernet = 1;
    private const int RawOld = 12;
    private const int RawOpenBsd = 14;
    private const int Raw = 101;
    private const int Loop = 108;
    private const int LinuxSll = 113;
    private const int Ipv4 = 228;
    private const int Ipv6 = 229;
    private const int LinuxSll2 = 276;

    public static bool IsKnown(int linkType) =>
        linkType is Null or Ethernet or RawOld or RawOpenBsd or Raw or Loop or LinuxSll or Ipv4 or Ipv6 or LinuxSll2;

    /// <summary>True with the bytes from the IP header on; the version is judged by its first nibble.</summary>
    public static bool TryGetIp(int linkType, ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> ip)
    {
        int offset = linkType switch
        {
            Ethernet => AfterEtherType(frame, 12),
            LinuxSll => AfterEtherType(frame, 14),
            LinuxSll2 => frame.Length >= 20 && IsIp(BinaryPrimitives.ReadUInt16BigEndian(frame)) ? 20 : -1,
            Raw or RawOld or RawOpenBsd or Ipv4 or Ipv6 => 0,
            Null or Loop => 4,
            _ => -1,
        };
        bool found = offset >= 0 && offset < frame.Length;
        ip = found ? frame[offset..] : default;
        return found;
    }

    private static bool IsIp(int etherType) => etherType is 0x0800 or 0x86DD;

    /// <summary>The offset behind an EtherType and any VLAN tags (802.1Q, 802.1ad), or -1 for what is not IP.</summary>
    private static int AfterEtherType(ReadOnlySpan<byte> frame, int offset)
    {
        while (frame.Length >= offset + 2)
        {
            int etherType = frame[offset] << 8 | frame[offset + 1];
            if (IsIp(etherType))
                return offset + 2;
            if (etherType is not (0x8100 or 0x88A8 or 0x9100))
                return -1;
            offset += 4;
        }
        return -1;
    }
}
