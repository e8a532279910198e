using System.Buffers.Binary;

namespace GoneAway.TestKit;

/// <summary>The same TCP segment in IPv6 (RFC 8200), behind two extension headers.</summary>
internal static class Ipv6
{
    public static byte[] Of(byte[] ipv4)
    {
        byte[] tcp = ipv4[20..];
        var packet = new byte[40 + 16 + tcp.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(16 + tcp.Length));
        packet[7] = ipv4[8];
        packet[8] = packet[24] = 0xFD;
        ipv4.AsSpan(12, 4).CopyTo(packet.AsSpan(20));
        ipv4.AsSpan(16, 4).CopyTo(packet.AsSpan(36));
        // Next headers: hop-by-hop (0, as the field stands), destination options (60), TCP (6).
        packet[40] = 60;
        packet[48] = 6;
        tcp.CopyTo(packet.AsSpan(56));
        return packet;
    }
}
