using System.Buffers.Binary;

namespace GoneAway.TestKit;

/// <summary>Writes captures in the forms that are to be read.</summary>
public static class PcapBytes
{
    /// <summary>A classic pcap, little endian, microseconds, raw IP; all conversations by time.</summary>
    public static byte[] Write(params Conversation[] talks) => Write(new PcapForm(), talks);

    /// <summary>The same packets in another form.</summary>
    public static byte[] Write(PcapForm form, params Conversation[] talks)
    {
        List<TimedFrame> frames = [.. talks.SelectMany(static t => t.Frames).OrderBy(static f => f.Time)];
        if (form.IpV6)
            frames = [.. frames.Select(static f => f with { Ip = Ipv6.Of(f.Ip) })];
        if (form.Fragmented)
            frames = [.. frames.SelectMany(static f => Fragments.Of(f.Ip).Select(piece => f with { Ip = piece }))];
        return form.Ng ? Ng(form, frames) : Classic(form, frames);
    }

    private static byte[] Classic(PcapForm form, List<TimedFrame> frames)
    {
        var bytes = new List<byte>();
        bytes.AddRange(UInt32(form.Nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, form.BigEndian));
        bytes.AddRange(UInt16(2, form.BigEndian));
        bytes.AddRange(UInt16(4, form.BigEndian));
        bytes.AddRange(new byte[8]);
        bytes.AddRange(UInt32((uint)form.SnapLength, form.BigEndian));
        bytes.AddRange(UInt32((uint)form.LinkType, form.BigEndian));
        foreach (TimedFrame frame in frames)
        {
            byte[] link = Link(form.LinkType, frame.Ip, form.BigEndian);
            int captured = Math.Min(link.Length, form.SnapLength);
            bytes.AddRange(UInt32((uint)(frame.Time / 1_000_000_000), form.BigEndian));
            bytes.AddRange(UInt32((uint)(frame.Time % 1_000_000_000 / (form.Nanoseconds ? 1 : 1000)), form.BigEndian));
            bytes.AddRange(UInt32((uint)captured, form.BigEndian));
            bytes.AddRange(UInt32((uint)link.Length, form.BigEndian));
            bytes.AddRange(link[..captured]);
        }
        return [.. bytes];
    }

    private static byte[] Ng(PcapForm form, List<TimedFrame> frames)
    {
        var bytes = new List<byte>();
        Block(bytes, 0x0A0D0D0A, [.. UInt32(0x1A2B3C4D, form.BigEndian), .. UInt16(1, form.BigEndian), .. UInt16(0, form.BigEndian), .. Enumerable.Repeat((byte)0xFF, 8)], form.BigEndian);
        // Two interfaces with different clocks; packets alternate between them.
        Block(bytes, 1, [.. UInt16((ushort)form.LinkType, form.BigEndian), 0, 0, .. UInt32((uint)form.SnapLength, form.BigEndian)], form.BigEndian);
        Block(bytes, 1, [.. UInt16((ushort)form.LinkType, form.BigEndian), 0, 0, .. UInt32((uint)form.SnapLength, form.BigEndian), .. UInt16(9, form.BigEndian), .. UInt16(1, form.BigEndian), 9, 0, 0, 0, 0, 0, 0, 0], form.BigEndian);
        for (int i = 0; i < frames.Count; i++)
        {
            byte[] link = Link(form.LinkType, frames[i].Ip, form.BigEndian);
            int captured = Math.Min(link.Length, form.SnapLength);
            ulong ticks = (ulong)frames[i].Time / (i % 2 == 0 ? 1000UL : 1UL);
            Block(bytes, 6, [.. UInt32((uint)(i % 2), form.BigEndian), .. UInt32((uint)(ticks >> 32), form.BigEndian), .. UInt32((uint)ticks, form.BigEndian),
                .. UInt32((uint)captured, form.BigEndian), .. UInt32((uint)link.Length, form.BigEndian), .. link[..captured], .. new byte[-captured & 3]], form.BigEndian);
        }
        return [.. bytes];
    }

    private static void Block(List<byte> bytes, uint type, byte[] body, bool bigEndian)
    {
        uint length = (uint)(body.Length + 12);
        bytes.AddRange(UInt32(type, bigEndian));
        bytes.AddRange(UInt32(length, bigEndian));
        bytes.AddRange(body);
        bytes.AddRange(UInt32(length, bigEndian));
    }

    private static byte[] Link(int linkType, byte[] ip, bool bigEndian) => linkType switch
    {
        1 => [.. new byte[12], 0x81, 0, 0, 5, .. EtherType(ip), .. ip],
        113 => [.. new byte[14], .. EtherType(ip), .. ip],
        276 => [.. EtherType(ip), .. new byte[18], .. ip],
        0 => [.. UInt32(2, bigEndian), .. ip],
        _ => ip,
    };

    private static byte[] EtherType(byte[] ip) => ip[0] >> 4 == 6 ? [0x86, 0xDD] : [8, 0];

    private static byte[] UInt32(uint value, bool bigEndian)
    {
        var bytes = new byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] UInt16(ushort value, bool bigEndian) => bigEndian ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
}

/// <summary>The form of a capture file.</summary>
public sealed record PcapForm
{
    public bool Ng { get; init; }
    public bool BigEndian { get; init; }
    public bool Nanoseconds { get; init; }
    /// <summary>LINKTYPE_: 101 raw IP, 1 Ethernet (with a VLAN tag), 113 SLL, 276 SLL2, 0 loopback.</summary>
    public int LinkType { get; init; } = 101;
    /// <summary>IPv6 with a hop-by-hop and a destination options header before TCP.</summary>
    public bool IpV6 { get; init; }
    /// <summary>Every IPv4 packet of more than 64 bytes in fragments, the last one first.</summary>
    public bool Fragmented { get; init; }
    public int SnapLength { get; init; } = 262144;
}
