using System.Buffers.Binary;
using System.Net;

namespace GoneAway.Capture.Tcp;

/// <summary>Addresses and ports of a connection, the same for both directions.</summary>
internal readonly record struct FlowKey(UInt128 LowAddress, UInt128 HighAddress, ushort LowPort, ushort HighPort, bool IsV6)
{
    /// <summary>The key, and whether the source is its low end.</summary>
    public static FlowKey Of(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ushort sourcePort, ushort destinationPort, out bool fromLow)
    {
        bool v6 = source.Length == 16;
        UInt128 from = v6 ? BinaryPrimitives.ReadUInt128BigEndian(source) : BinaryPrimitives.ReadUInt32BigEndian(source);
        UInt128 to = v6 ? BinaryPrimitives.ReadUInt128BigEndian(destination) : BinaryPrimitives.ReadUInt32BigEndian(destination);
        fromLow = from < to || from == to && sourcePort <= destinationPort;
        return fromLow ? new FlowKey(from, to, sourcePort, destinationPort, v6) : new FlowKey(to, from, destinationPort, sourcePort, v6);
    }

    public uint Hash()
    {
        ulong mixed = (ulong)LowAddress ^ (ulong)(LowAddress >> 64) * 0x9E3779B97F4A7C15
            ^ ((ulong)HighAddress ^ (ulong)(HighAddress >> 64)) * 0xC2B2AE3D27D4EB4F;
        mixed ^= ((ulong)LowPort << 16 | HighPort) * 0xD6E8FEB86659FD93;
        mixed ^= mixed >> 32;
        mixed *= 0xD6E8FEB86659FD93;
        return (uint)(mixed >> 32);
    }

    public IPEndPoint Low => EndPoint(LowAddress, LowPort);
    public IPEndPoint High => EndPoint(HighAddress, HighPort);

    private IPEndPoint EndPoint(UInt128 address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPEndPoint(new IPAddress(IsV6 ? bytes : bytes[12..]), port);
    }
}
