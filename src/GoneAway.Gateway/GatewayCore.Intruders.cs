using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Sessions;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway;

/// <content>What came that is no MySQL, and more clients than there may be.</content>
internal sealed partial class GatewayCore
{
    private long lastTurnedAway = long.MinValue / 2;
    private int turnedAway;
    private readonly BirthsOfTurn[]? births;

    /// <summary>Who on this host holds a socket; null where nobody can tell.</summary>
    public ISocketHolders? Holders
    {
        get;
        init
        {
            field = value;
            if (value is null)
                return;
            Sharing = new SharingWatch(value);
            births = [.. loops.Select(loop => new BirthsOfTurn(Sharing, loop))];
        }
    }

    /// <summary>Which sockets several processes hold; null where nobody can tell.</summary>
    public SharingWatch? Sharing { get; private init; }

    /// <summary>Null where nobody can tell.</summary>
    public BirthsOfTurn? BirthsOf(EventLoop loop) => births?[Array.IndexOf(loops, loop)];

    /// <param name="name">A cause of the catalogue.</param>
    /// <param name="grade">How sure it is; null where the bytes themselves are shown.</param>
    public void NoteIncident(ClientSession session, string name, string text, string incident, string? grade = null) =>
        events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Warning, Name = name, Text = text, Grade = grade, IncidentId = incident, Client = session.Remote?.ToString(), User = session.User, Session = session.Id });

    /// <summary>In place of the greeting, as servers do; noted once a second at most. On the listener's loop.</summary>
    private void TurnAway(Socket socket, EndPoint? remote)
    {
        turnedAway++;
        string why = IsDraining ? "the gateway is about to stop"
            : socket.Handle >= Native.TooManyForClients ? $"the gateway may have {Native.MostDescriptors} open files (ulimit -n, LimitNOFILE)"
            : $"clients.max_connections of the gateway is {Options.Clients.MaxConnections}";
        if (Environment.TickCount64 - lastTurnedAway >= 1000)
        {
            events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Warning, Name = "too-many-connections", Text = $"{turnedAway} clients were turned away: {why}", Client = remote?.ToString() });
            (lastTurnedAway, turnedAway) = (Environment.TickCount64, 0);
        }
        // Before the greeting there are no capabilities, and an error has no SQLSTATE.
        ReadOnlySpan<byte> payload = new PayloadWriter().WriteError(ErrorCode.TooManyConnections, default, Encoding.ASCII.GetBytes($"Too many connections: {why}")).Written;
        Span<byte> packet = stackalloc byte[256];
        packet[0] = (byte)payload.Length;
        payload.CopyTo(packet[4..]);
        _ = Native.Send((int)socket.Handle, packet[..(4 + payload.Length)]);
        socket.Dispose();
    }

    /// <summary>Null, and the socket is closed, when it was reset before its first turn.</summary>
    private static LoopSocket? TryWatch(Socket socket, EventLoop loop)
    {
        try
        {
            return new LoopSocket(socket, loop);
        }
        catch (Exception gone) when (gone is SocketException or InvalidOperationException)
        {
            socket.Dispose();
            return null;
        }
    }
}
