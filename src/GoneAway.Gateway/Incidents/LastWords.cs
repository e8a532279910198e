using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Wire.Framing;

namespace GoneAway.Gateway.Incidents;

/// <summary>What a server sent unasked before it closed and nobody has read: the ERR that says why.</summary>
internal static class LastWords
{
    private const int Most = 4096;

    public static void Read(BackendConnection connection)
    {
        Link link = connection.Link;
        byte[] rented = link.Socket.Loop.Rent(Most);
        int have = 0;
        try
        {
            int count;
            while (have < Most && (count = link.Receive(rented.AsSpan(have, Most - have))) > 0)
                have += count;
            ReadOnlySpan<byte> rest = rented.AsSpan(0, have);
            while (rest.Length > PacketHeader.Size)
            {
                int length = PacketHeader.LengthOf(rest);
                byte sequence = rest[3];
                rest = rest[PacketHeader.Size..];
                if (length > rest.Length || length == 0)
                    return;
                if (rest[0] == 0xFF)
                    connection.Record.OnError(link.Socket.ClosedAt > 0 ? link.Socket.ClosedAt : link.Socket.Loop.Now, rest[..length], sequence, unsolicited: true);
                rest = rest[length..];
            }
        }
        finally
        {
            link.Socket.Loop.Return(rented);
        }
    }
}
