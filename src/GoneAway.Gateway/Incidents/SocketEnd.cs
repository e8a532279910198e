using System.Buffers.Binary;
using System.Net.Sockets;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Model;

namespace GoneAway.Gateway.Incidents;

/// <summary>How a connection ended, as its socket and the kernel (TCP_INFO) tell it. Times are the loop's milliseconds.</summary>
/// <param name="By">Null: nobody closed it; the kernel gave it up, or nothing came.</param>
/// <param name="LastReceivedAt">Last segment with data of the other end.</param>
/// <param name="Unanswered">Segments that were sent again, or keep-alives, without an answer.</param>
/// <param name="BytesInFlight">Sent, and never acknowledged.</param>
internal readonly record struct SocketEnd(Side? By, EndKind Kind, long At, long LastReceivedAt, int Unanswered, long BytesInFlight)
{
    private const int Reset = 104, BrokenPipe = 32, TimedOut = 110, CloseWait = 8, KeepAlivesSent = 3;
    private const int Tcp = 6, TcpInfo = 11, InfoSize = 144;

    /// <summary>Of a connection that is lost and not closed yet.</summary>
    /// <param name="link">Whose end it is.</param>
    /// <param name="other">The other end's side.</param>
    /// <param name="endedHere">The gateway itself ends it.</param>
    public static SocketEnd Of(Link link, Side other, bool endedHere)
    {
        LoopSocket socket = link.Socket;
        long now = Environment.TickCount64;
        long noticed = socket.ClosedAt > 0 ? socket.ClosedAt : now;
        int error = link.Error;
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        bool known = Ask(socket, info);
        long lastReceived = known ? now - Number(info, 52) : noticed;
        long inFlight = known ? Math.Max(0, link.Sent - BinaryPrimitives.ReadInt64LittleEndian(info[120..])) : 0;
        if (error is TimedOut or 113 or 101)
            return new SocketEnd(null, EndKind.Reset, noticed, lastReceived, inFlight > 0 ? Math.Max(2, info[2] > 0 ? info[2] : (int)Number(info, 100)) : KeepAlivesSent, inFlight);
        if (endedHere && !socket.PeerClosed)
            return new SocketEnd(other == Side.Server ? Side.Client : Side.Server, EndKind.Fin, now, lastReceived, 0, 0);
        if (!socket.PeerClosed && !link.IsBroken)
            return new SocketEnd(null, EndKind.Fin, noticed, lastReceived, known ? info[2] : 0, inFlight);
        EndKind kind = error == Reset || error == 0 && socket.Broken ? EndKind.Reset : EndKind.Fin;
        // The FIN came with the last acknowledgement; the loop may have looked later.
        long at = kind == EndKind.Fin && known && info[0] == CloseWait ? Math.Min(noticed, now - Number(info, 56)) : noticed;
        return new SocketEnd(other, error == BrokenPipe ? EndKind.Fin : kind, Math.Max(at, lastReceived <= noticed ? lastReceived : at), lastReceived, 0, inFlight);
    }

    private static long Number(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(info[offset..]);

    private static bool Ask(LoopSocket socket, Span<byte> info)
    {
        if (socket.IsClosed || socket.Socket.ProtocolType != ProtocolType.Tcp)
            return false;
        try
        {
            return socket.Socket.GetRawSocketOption(Tcp, TcpInfo, info) >= InfoSize;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
