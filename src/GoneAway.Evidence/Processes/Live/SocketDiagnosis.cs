using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Asks the kernel itself (sock_diag(7), as ss does): all that /proc/net shows, the idle time, and which Unix sockets belong together.</summary>
internal static class SocketDiagnosis
{
    private const int DumpRequest = 20, Error = 2, Done = 3, RequestDump = 0x301;
    private const int HeaderLength = 16, InetMessage = 72, UnixMessage = 16;
    private const byte Inet = 2, Inet6 = 10, Unix = 1, Tcp = 6;

    /// <summary>Null when the kernel does not answer such questions here.</summary>
    /// <param name="netnsFile">Another namespace to ask in (<c>/proc/PID/ns/net</c>), which needs root; null for this process's own.</param>
    public static List<KernelSocket>? Read(string? netnsFile, string netns)
    {
        int descriptor = -1;
        if (netnsFile is null)
            descriptor = Open();
        else
        {
            // A thread that has changed its namespace must not be used again: it is made for this and ends.
            var visitor = new Thread(() => descriptor = OpenIn(netnsFile));
            visitor.Start();
            visitor.Join();
        }
        if (descriptor < 0)
            return null;
        try
        {
            var sockets = new List<KernelSocket>();
            if (!Dump(descriptor, InetRequest(Inet), sockets, netns))
                return null;
            // Without IPv6, or without the module for Unix sockets, there is less to see.
            Dump(descriptor, InetRequest(Inet6), sockets, netns);
            Dump(descriptor, UnixRequest(), sockets, netns);
            return sockets;
        }
        finally
        {
            _ = NativeCalls.Close(descriptor);
        }
    }

    /// <summary>The one TCP socket with these ends in this namespace; null when there is none, or the kernel does not answer.</summary>
    public static KernelSocket? One(IPEndPoint near, IPEndPoint far)
    {
        (IPAddress local, IPAddress remote) = (ProcTcp.Plain(near.Address), ProcTcp.Plain(far.Address));
        byte family = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Inet6 : Inet;
        byte[] request = InetRequest(family);
        // The exact one, not a dump, and without INET_DIAG_INFO.
        BitConverter.TryWriteBytes(request.AsSpan(6), (ushort)1);
        request[18] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(24), (ushort)near.Port);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(26), (ushort)far.Port);
        if (!local.TryWriteBytes(request.AsSpan(28, 16), out _) || !remote.TryWriteBytes(request.AsSpan(44, 16), out _))
            return null;
        request.AsSpan(64, 8).Fill(0xFF);
        int descriptor = Open();
        if (descriptor < 0)
            return null;
        try
        {
            byte[] buffer = new byte[4096];
            if (NativeCalls.Send(descriptor, request, request.Length, 0) != request.Length || (int)NativeCalls.Receive(descriptor, buffer, buffer.Length, 0) is not (>= HeaderLength + InetMessage and var length))
                return null;
            return BitConverter.ToUInt16(buffer, 4) == Error ? null : InetOf(buffer.AsSpan(HeaderLength, length - HeaderLength), "");
        }
        finally
        {
            _ = NativeCalls.Close(descriptor);
        }
    }

    private static int OpenIn(string netnsFile)
    {
        int netns = NativeCalls.Open(netnsFile, NativeCalls.CloseOnExec);
        if (netns < 0)
            return -1;
        try
        {
            return NativeCalls.EnterNamespace(netns, NativeCalls.NewNet) == 0 ? Open() : -1;
        }
        finally
        {
            _ = NativeCalls.Close(netns);
        }
    }

    private static int Open()
    {
        int descriptor = NativeCalls.Socket(NativeCalls.Netlink, NativeCalls.Raw | NativeCalls.CloseOnExec, NativeCalls.SocketDiagnosis);
        if (descriptor >= 0)
        {
            // SO_RCVTIMEO: a kernel that does not answer is not waited for.
            Span<byte> patience = stackalloc byte[16];
            patience.Clear();
            BitConverter.TryWriteBytes(patience, 5L);
            _ = NativeCalls.SetOption(descriptor, 1, 20, patience, 16);
        }
        return descriptor;
    }

    /// <summary>struct inet_diag_req_v2: with INET_DIAG_INFO, all states.</summary>
    private static byte[] InetRequest(byte family)
    {
        byte[] request = new byte[HeaderLength + 56];
        Header(request);
        (request[16], request[17], request[18]) = (family, Tcp, 1 << 1);
        BitConverter.TryWriteBytes(request.AsSpan(20), uint.MaxValue);
        return request;
    }

    /// <summary>struct unix_diag_req: with name, peer and queue length, all states.</summary>
    private static byte[] UnixRequest()
    {
        byte[] request = new byte[HeaderLength + 24];
        Header(request);
        request[16] = Unix;
        BitConverter.TryWriteBytes(request.AsSpan(20), uint.MaxValue);
        BitConverter.TryWriteBytes(request.AsSpan(28), 1u | 4u | 16u);
        return request;
    }

    private static void Header(byte[] request)
    {
        BitConverter.TryWriteBytes(request.AsSpan(0), request.Length);
        BitConverter.TryWriteBytes(request.AsSpan(4), (ushort)DumpRequest);
        BitConverter.TryWriteBytes(request.AsSpan(6), (ushort)RequestDump);
    }

    private static bool Dump(int descriptor, byte[] request, List<KernelSocket> sockets, string netns)
    {
        if (NativeCalls.Send(descriptor, request, request.Length, 0) != request.Length)
            return false;
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            int length = (int)NativeCalls.Receive(descriptor, buffer, buffer.Length, 0);
            if (length < HeaderLength)
                return false;
            for (int at = 0; at + HeaderLength <= length;)
            {
                int size = BitConverter.ToInt32(buffer, at), kind = BitConverter.ToUInt16(buffer, at + 4);
                if (kind is Error or Done || size < HeaderLength || at + size > length)
                    return kind == Done;
                ReadOnlySpan<byte> message = buffer.AsSpan(at + HeaderLength, size - HeaderLength);
                if ((message.Length > 0 && message[0] == Unix ? UnixOf(message, netns) : InetOf(message, netns)) is { } socket)
                    sockets.Add(socket);
                at += (size + 3) & ~3;
            }
        }
    }

    private static KernelSocket? InetOf(ReadOnlySpan<byte> message, string netns)
    {
        if (message.Length < InetMessage)
            return null;
        int bytes = message[0] == Inet6 ? 16 : 4;
        string state = KernelSocket.StateName(message[1]);
        uint expires = Number(message, 52);
        SocketTimer timer = KernelSocket.TimerOf(message[2]);
        var socket = new KernelSocket
        {
            Inode = Number(message, 68),
            Local = new IPEndPoint(ProcTcp.Plain(new IPAddress(message.Slice(8, bytes))), BinaryPrimitives.ReadUInt16BigEndian(message[4..])),
            Remote = new IPEndPoint(ProcTcp.Plain(new IPAddress(message.Slice(24, bytes))), BinaryPrimitives.ReadUInt16BigEndian(message[6..])),
            State = state,
            Unread = KernelSocket.UnreadOf(state, Number(message, 56)),
            Unsent = state == KernelSocket.Listening ? 0 : Number(message, 60),
            Timer = timer,
            Expires = timer is SocketTimer.Off ? null : TimeSpan.FromMilliseconds(expires),
            Retransmits = timer == SocketTimer.Retransmission ? message[3] : 0,
            Uid = (int)Number(message, 64),
            Namespace = netns,
        };
        const int LastDataSent = 44, LastDataReceived = 52;
        if (Attribute(message[InetMessage..], 2) is { Length: >= 60 } info && state is not (KernelSocket.Listening or KernelSocket.TimeWait))
        {
            TimeSpan received = TimeSpan.FromMilliseconds(Number(info, LastDataReceived)), sent = TimeSpan.FromMilliseconds(Number(info, LastDataSent));
            return socket with { SinceReceived = received, Idle = received < sent ? received : sent };
        }
        return socket;
    }

    private static KernelSocket? UnixOf(ReadOnlySpan<byte> message, string netns)
    {
        const int Name = 0, PeerOf = 2, Queue = 4;
        if (message.Length < UnixMessage)
            return null;
        ReadOnlySpan<byte> rest = message[UnixMessage..];
        ReadOnlySpan<byte> name = Attribute(rest, Name), peer = Attribute(rest, PeerOf), queue = Attribute(rest, Queue);
        string state = KernelSocket.StateName(message[2]);
        return new KernelSocket
        {
            Inode = Number(message, 4),
            State = state,
            Path = name.Length > 0 && name[0] == (byte)'/' ? Encoding.UTF8.GetString(name.TrimEnd((byte)0)) : null,
            Peer = peer.Length >= 4 ? Number(peer, 0) : 0,
            Unread = queue.Length >= 4 && state != KernelSocket.Listening ? Number(queue, 0) : 0,
            Timer = SocketTimer.Off,
            Namespace = netns,
        };
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<uint>(bytes[at..]);

    private static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, int wanted)
    {
        while (attributes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(attributes), kind = MemoryMarshal.Read<ushort>(attributes[2..]);
            if (length < 4 || length > attributes.Length)
                return default;
            if (kind == wanted)
                return attributes[4..length];
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }
        return default;
    }
}
