using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Model;

namespace GoneAway.Gateway.Backends;

/// <summary>Nobody to connect to there, or nobody who greets.</summary>
internal sealed class DialException(string message) : IOException(message)
{
    /// <summary>It is the gateway that could not, for want of descriptors or memory: that says nothing of the server.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>A connection to a server that is not logged in yet. Whoever dials has reserved its place.</summary>
internal sealed class BackendDial : IBackendDial
{
    private readonly bool isCounted;
    private const int ConnectionRefused = 111;

    private bool handedOn;

    private BackendDial(Backend backend, Link link, PacketTalk talk, BackendLoginRequest request, bool isCounted) =>
        (Backend, Link, PacketTalk, Request, this.isCounted) = (backend, link, talk, request, isCounted);

    public Backend Backend { get; }
    /// <summary>As the backend's, when it was begun.</summary>
    public int ConnectVersion { get; private init; }
    /// <summary>Where it went.</summary>
    public EndPoint? Address { get; private init; }
    public Link Link { get; }
    public PacketTalk PacketTalk { get; }
    public IPacketTalk Talk => PacketTalk;
    public BackendLoginRequest Request { get; set; }

    /// <summary>Connects. Throws a <see cref="DialException"/>, and has then given the place back.</summary>
    /// <param name="backend">A place of it is reserved, where it counts.</param>
    /// <param name="waiter">Whose second socket it becomes.</param>
    /// <param name="deadline">Of connect, greeting and login, in the loop's milliseconds.</param>
    /// <param name="request">As whom.</param>
    /// <param name="preface">Bytes before anything else: a PROXY header.</param>
    /// <param name="isCounted">False for a check's connection, which takes nobody's place.</param>
    /// <param name="only">Not to any other of its addresses.</param>
    public static async ValueTask<BackendDial> ConnectAsync(Backend backend, Waiter waiter, long deadline, BackendLoginRequest request, ReadOnlyMemory<byte> preface, bool isCounted = true, EndPoint? only = null)
    {
        LoopSocket? socket = null;
        int version = backend.ConnectVersion;
        try
        {
            EndPoint[] addresses = only is null ? backend.Addresses : [only];
            if (addresses.Length == 0)
                throw new DialException($"the name of {backend.Name} is not resolved");
            string problem = "";
            int error = 0;
            EndPoint? reached = null;
            for (int i = 0; i < addresses.Length && socket is null; i++)
            {
                // One that swallows packets must not use up the time of those behind it.
                long share = i == addresses.Length - 1 ? deadline : waiter.Loop.Now + Math.Max(250, (deadline - waiter.Loop.Now) / (2 * (addresses.Length - i)));
                reached = addresses[i];
                (socket, problem, error) = await ConnectAsync(reached, waiter, Math.Min(deadline, share));
            }
            if (socket is null)
            {
                if (only is null)
                    backend.OnAttempt?.Invoke(backend, error == ConnectionRefused ? ConnectOutcome.Refused : ConnectOutcome.NoAnswer, 0);
                throw new DialException(problem);
            }
            var link = new Link(socket);
            var talk = new PacketTalk(link, waiter, isClient: false, backend.Tls.ShakeAsync, isPrivate: socket.Socket.AddressFamily == AddressFamily.Unix) { Deadline = deadline };
            if (!preface.IsEmpty)
                link.Send(preface.Span);
            if (only is null)
                backend.Prefer(reached!, addresses);
            return new BackendDial(backend, link, talk, request, isCounted) { Address = reached, ConnectVersion = version };
        }
        catch
        {
            socket?.Dispose();
            if (isCounted)
                backend.OnClosed();
            throw;
        }
    }

    /// <summary>It lives on as a backend connection.</summary>
    public void HandOn()
    {
        handedOn = true;
        PacketTalk.Dispose();
    }

    public bool IsLost => Link.IsBroken || Link.Socket.PeerClosed;

    public void Dispose()
    {
        if (handedOn)
            return;
        handedOn = true;
        PacketTalk.Dispose();
        Link.Dispose();
        if (isCounted)
            Backend.OnClosed();
    }

    private static async ValueTask<(LoopSocket?, string, int)> ConnectAsync(EndPoint address, Waiter waiter, long deadline)
    {
        bool isUnix = address is UnixDomainSocketEndPoint;
        Socket raw;
        try
        {
            raw = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp) { Blocking = false };
        }
        catch (SocketException failed) when (failed.SocketErrorCode == SocketError.AddressFamilyNotSupported)
        {
            return (null, $"this host cannot connect to {address}", failed.NativeErrorCode);
        }
        catch (SocketException failed)
        {
            throw new DialException($"the gateway cannot open a socket: {failed.Message}") { IsOwn = true };
        }
        if (raw.Handle >= Native.TooManyForServers)
        {
            raw.Dispose();
            throw new DialException($"the gateway may have {Native.MostDescriptors} open files (ulimit -n, LimitNOFILE)") { IsOwn = true };
        }
        if (!isUnix)
            KeepAlive(raw);
        int result = Native.Connect((int)raw.Handle, address.Serialize());
        if (result is not (0 or -Native.InProgress))
        {
            raw.Dispose();
            return (null, Words(-result), -result);
        }
        var socket = new LoopSocket(raw, waiter.Loop);
        socket.Attach(waiter, isClient: false);
        waiter.Clear(Ready.Backend);
        Ready ready = result == 0 ? Ready.BackendRoom : await waiter.WaitAsync(Ready.BackendRoom | Ready.BackendHangup, deadline);
        int error = ready == Ready.Timeout ? 110 : ErrorOf(raw);
        if (error == 0)
            return (socket, "", 0);
        socket.Dispose();
        return (null, ready == Ready.Timeout ? "no answer to the connect" : Words(error), error);
    }

    /// <summary>SO_ERROR, as the kernel numbers it.</summary>
    private static int ErrorOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[4];
        socket.GetRawSocketOption(1, 4, value);
        return BitConverter.ToInt32(value);
    }

    /// <summary>A server that is cut off is noticed in 15 seconds, not in two hours.</summary>
    private static void KeepAlive(Socket socket)
    {
        const int TcpUserTimeout = 18;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 3);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        socket.SetRawSocketOption(6, TcpUserTimeout, BitConverter.GetBytes(15_000));
    }

    private static string Words(int error) => error switch
    {
        111 => "connection refused",
        110 => "no answer to the connect",
        113 => "no route to the host",
        101 => "network unreachable",
        2 => "no such socket",
        13 => "no permission to connect",
        _ => $"connect failed (error {error})",
    };
}
