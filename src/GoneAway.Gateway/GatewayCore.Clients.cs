using System.Buffers;
using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Sessions;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway;

/// <content>Clients as they come in: limits, and whose addresses are believed.</content>
internal sealed partial class GatewayCore
{
    private readonly AddressCount addresses = new();
    private int clients;
    private IPNetwork[] trusted = [];

    /// <summary>Some server is told clients' addresses, so that an account is one of an address.</summary>
    public bool TellsOrigin { get; private set; }

    public bool IsTrustedProxy(EndPoint? remote) => ProxyPreface.IsTrusted(trusted, remote);

    /// <summary>Counts the session for its address; false when that has too many.</summary>
    public bool TryEnter(ClientSession session)
    {
        int most = Options.Clients.MaxConnectionsPerAddress;
        if (most <= 0 || session.Remote is not IPEndPoint end)
            return true;
        if (!addresses.TryEnter(end.Address, most))
        {
            CountersOf(session.Loop).HandshakesOverLimit++;
            return false;
        }
        session.CountedAs = end.Address;
        return true;
    }

    public static LoginException TooManyOfAddress(EndPoint? remote) => new(LoginFault.ClientMalformed,
        Refusal.Of(ErrorCode.TooManyConnections, "", $"Too many connections from {(remote as IPEndPoint)?.Address}: clients.max_connections_per_address of the gateway"));

    private void ReadClientOptions()
    {
        trusted = ProxyPreface.Networks(Options.Clients.TrustedProxies);
        TellsOrigin = Options.Backends.Any(static one => one.SendProxyHeader);
    }

    /// <summary>What the server is told of the client before anything else; nothing where it is not to be told.</summary>
    private static ReadOnlyMemory<byte> PrefaceFor(Backend backend, EndPoint? client, EndPoint? gateway)
    {
        if (!backend.Options.SendProxyHeader)
            return default;
        var header = new ArrayBufferWriter<byte>(64);
        header.WriteProxyHeader(client as IPEndPoint, gateway as IPEndPoint);
        return header.WrittenMemory;
    }

    private void Accept(Socket socket, EndPoint? remote)
    {
        // Counted here: those on their way to their loop are clients already.
        if (IsDraining || Volatile.Read(ref clients) >= Options.Clients.MaxConnections || socket.Handle >= Native.TooManyForClients)
        {
            counters[0].HandshakesOverLimit++;
            TurnAway(socket, remote);
            return;
        }
        Interlocked.Increment(ref clients);
        int index = (int)((uint)nextLoop++ % (uint)loops.Length);
        uint id;
        do
            id = ++lastSession & 0x3FFFFFFF | 0x40000000;
        while (sessions.ContainsKey(id));
        loops[index].Post(() =>
        {
            if (TryWatch(socket, loops[index]) is not { } watched)
            {
                Interlocked.Decrement(ref clients);
                return;
            }
            var session = new ClientSession(this, pools[index], new Link(watched), id) { Remote = remote };
            sessions[id] = session;
            session.Run();
        });
    }
}
