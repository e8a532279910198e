using System.Buffers;
using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <summary>The PROXY header of a trusted proxy in front: before the greeting, and always.</summary>
/// <remarks>haproxy's doc/proxy-protocol.txt, section 2: a receiver is told to expect a header, and must not guess whether there is one.</remarks>
internal static class ProxyPreface
{
    /// <summary>TLVs and all.</summary>
    private const int Longest = 2048;

    /// <summary>Takes the header from the connection, and not a byte more; null when there is none in time, or the client is gone.</summary>
    public static async ValueTask<ProxyHeader?> ReadAsync(Link link, Waiter waiter, long deadline)
    {
        byte[] buffer = waiter.Loop.Rent(4096);
        try
        {
            while (true)
            {
                waiter.Clear(Ready.Client);
                int have = Native.Peek(link.Socket.File, buffer.AsSpan(0, Longest));
                if (have == 0 || have < 0 && have != -Native.Again)
                    return null;
                OperationStatus status = ProxyHeader.TryRead(buffer.AsSpan(0, Math.Max(0, have)), out ProxyHeader? header);
                if (status == OperationStatus.Done && have > 0)
                {
                    link.Socket.Receive(buffer.AsSpan(0, header!.HeaderLength));
                    return header;
                }
                if (status == OperationStatus.InvalidData || have == Longest || await waiter.WaitAsync(Ready.Client | Ready.ClientHangup, deadline) == Ready.Timeout)
                    return null;
            }
        }
        finally
        {
            waiter.Loop.Return(buffer);
        }
    }

    /// <summary>The networks that may send one.</summary>
    public static IPNetwork[] Networks(IEnumerable<string> texts) =>
        [.. texts.Select(static text => IPNetwork.TryParse(text, out IPNetwork network) ? network : IPAddress.TryParse(text, out IPAddress? one) ? new IPNetwork(one, one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : default)];

    public static bool IsTrusted(IPNetwork[] networks, EndPoint? remote)
    {
        if (networks.Length == 0 || remote is not IPEndPoint end)
            return false;
        IPAddress address = end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;
        return Array.Exists(networks, network => network.Contains(address));
    }
}
