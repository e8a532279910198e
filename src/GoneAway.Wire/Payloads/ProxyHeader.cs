using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace GoneAway.Wire.Payloads;

/// <summary>The PROXY protocol's header, versions 1 and 2: whom a proxy speaks for.</summary>
/// <remarks>haproxy's doc/proxy-protocol.txt.</remarks>
public sealed record ProxyHeader
{
    /// <summary>A header of version 1 has at most this many bytes.</summary>
    private const int LongestVersion1 = 107;
    private const int FixedVersion2 = 16;
    private const int UnixPath = 108;

    /// <summary>Begins each header of version 2.</summary>
    public static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    private static ReadOnlySpan<byte> Version1 => "PROXY "u8;

    /// <summary>Bytes of the header; the stream goes on behind it.</summary>
    public required int HeaderLength { get; init; }

    /// <summary>The proxy speaks for itself (a health check): the addresses are those of the connection.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The client: null where it is not said, or came over a Unix socket.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>Where the client connected to.</summary>
    public IPEndPoint? Destination { get; init; }

    /// <summary>Done with a header; NeedMoreData while the bytes may become one; else InvalidData.</summary>
    public static OperationStatus TryRead(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        if (Begins(bytes, Version1))
            return TryReadText(bytes, out header);
        return Begins(bytes, Signature) ? TryReadBinary(bytes, out header) : OperationStatus.InvalidData;
    }

    /// <summary>Bytes of the header that these begin with, as far as they are there; 0 when there is none. What it says is not looked at.</summary>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Version1))
        {
            int end = bytes[..Math.Min(bytes.Length, LongestVersion1 + 1)].IndexOf("\r\n"u8);
            return end < 0 ? 0 : end + 2;
        }
        return bytes.Length >= FixedVersion2 && bytes.StartsWith(Signature)
            ? Math.Min(bytes.Length, FixedVersion2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]))
            : 0;
    }

    private static bool Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> with) =>
        bytes.Length < with.Length ? with.StartsWith(bytes) : bytes.StartsWith(with);

    private static OperationStatus TryReadText(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        int end = bytes[..Math.Min(bytes.Length, LongestVersion1)].IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length < LongestVersion1 ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
        ReadOnlySpan<byte> text = bytes[Version1.Length..end];
        if (text.StartsWith("UNKNOWN"u8))
        {
            header = new ProxyHeader { HeaderLength = end + 2 };
            return OperationStatus.Done;
        }
        int size = text.StartsWith("TCP4 "u8) ? 4 : 16;
        if (size == 16 && !text.StartsWith("TCP6 "u8))
            return OperationStatus.InvalidData;
        Span<Range> parts = stackalloc Range[6];
        int count = 0;
        foreach (Range part in text.Split((byte)' '))
            if (count < parts.Length)
                parts[count++] = part;
        if (count != 5 || !TryAddress(text[parts[1]], text[parts[3]], size, out IPEndPoint? source)
            || !TryAddress(text[parts[2]], text[parts[4]], size, out IPEndPoint? destination))
            return OperationStatus.InvalidData;
        header = new ProxyHeader { HeaderLength = end + 2, Source = source, Destination = destination };
        return OperationStatus.Done;
    }

    private static bool TryAddress(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, int size, out IPEndPoint? end)
    {
        end = null;
        if (!IPAddress.TryParse(Encoding.ASCII.GetString(address), out IPAddress? ip) || ip.GetAddressBytes().Length != size
            || !ushort.TryParse(port, System.Globalization.NumberStyles.None, null, out ushort number))
            return false;
        end = new IPEndPoint(ip, number);
        return true;
    }

    private static OperationStatus TryReadBinary(ReadOnlySpan<byte> bytes, out ProxyHeader? header)
    {
        header = null;
        if (bytes.Length > 12 && bytes[12] is not (0x20 or 0x21))
            return OperationStatus.InvalidData;
        if (bytes.Length < FixedVersion2)
            return OperationStatus.NeedMoreData;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]), total = FixedVersion2 + length;
        if (bytes.Length < total)
            return OperationStatus.NeedMoreData;
        ReadOnlySpan<byte> addresses = bytes[FixedVersion2..total];
        bool local = bytes[12] == 0x20;
        int family = local ? 0 : bytes[13] >> 4;
        int needed = family switch { 1 => 12, 2 => 36, 3 => 2 * UnixPath, _ => 0 };
        if (length < needed)
            return OperationStatus.InvalidData;
        header = family switch
        {
            1 => new ProxyHeader { HeaderLength = total, Source = Internet(addresses[..4], addresses[8..]), Destination = Internet(addresses[4..8], addresses[10..]) },
            2 => new ProxyHeader { HeaderLength = total, Source = Internet(addresses[..16], addresses[32..]), Destination = Internet(addresses[16..32], addresses[34..]) },
            // Unix sockets, and families of later versions, are passed over, as the specification asks.
            _ => new ProxyHeader { HeaderLength = total, IsLocal = local },
        };
        return OperationStatus.Done;
    }

    private static IPEndPoint Internet(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) => new(new IPAddress(address), BinaryPrimitives.ReadUInt16BigEndian(port));
}
