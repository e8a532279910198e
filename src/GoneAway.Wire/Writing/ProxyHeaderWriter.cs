using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Writing;

/// <summary>Writes the PROXY protocol's header, version 2.</summary>
/// <remarks>haproxy's doc/proxy-protocol.txt, section 2.2.</remarks>
public static class ProxyHeaderWriter
{
    /// <summary>
    /// Tells a server whom the connection is for. An IPv4 address is written as IPv6 where the other end is; ends of which nothing can be said
    /// (none given, a Unix socket) are written as unspecified.
    /// </summary>
    public static void WriteProxyHeader(this IBufferWriter<byte> output, IPEndPoint? source, IPEndPoint? destination)
    {
        switch (source, destination)
        {
            case ({ } from, { } to) when Is4(from) && Is4(to):
                Internet(output, from, to, family: 0x11, bytes: 4);
                break;
            case ({ } from, { } to):
                Internet(output, from, to, family: 0x21, bytes: 16);
                break;
            default:
                Begin(output, 0x21, 0x00, 0);
                output.Advance(16);
                break;
        }
    }

    /// <summary>LOCAL: the gateway speaks for itself, as in a health check.</summary>
    public static void WriteLocalProxyHeader(this IBufferWriter<byte> output)
    {
        Begin(output, 0x20, 0x00, 0);
        output.Advance(16);
    }

    private static bool Is4(IPEndPoint end) => end.Address.IsIPv4MappedToIPv6 || end.Address.GetAddressBytes().Length == 4;

    private static void Internet(IBufferWriter<byte> output, IPEndPoint from, IPEndPoint to, byte family, int bytes)
    {
        Span<byte> body = Begin(output, 0x21, family, 2 * bytes + 4);
        Address(from, bytes).TryWriteBytes(body, out _);
        Address(to, bytes).TryWriteBytes(body[bytes..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(body[(2 * bytes)..], (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[(2 * bytes + 2)..], (ushort)to.Port);
        output.Advance(16 + body.Length);
    }

    private static IPAddress Address(IPEndPoint end, int bytes) => bytes == 4 ? end.Address.MapToIPv4() : end.Address.MapToIPv6();

    private static Span<byte> Begin(IBufferWriter<byte> output, byte command, byte family, int length)
    {
        Span<byte> header = output.GetSpan(16 + length);
        ProxyHeader.Signature.CopyTo(header);
        header[12] = command;
        header[13] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], (ushort)length);
        return header.Slice(16, length);
    }
}
