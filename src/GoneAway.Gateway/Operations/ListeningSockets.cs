using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Operations;

/// <summary>A socket that clients connect to.</summary>
/// <param name="Name">As the options call it; more than one socket may have a name (localhost: 127.0.0.1 and ::1).</param>
/// <param name="Socket">Bound and listening; its descriptor is <c>(int)Socket.Handle</c>, not blocking. Disposed by who opened it.</param>
public sealed record ListeningSocket(string Name, Socket Socket)
{
    public int Descriptor => (int)Socket.Handle;
}

/// <summary>Opens listening sockets, those that are there already first.</summary>
public static class ListeningSockets
{
    private const int Backlog = 4096, SocketLevel = 1, ReuseAddress = 2, AcceptsConnections = 30;

    /// <summary>The sockets for all names. Those that are there already are taken where their name fits; the others stay as they are, and the caller's.</summary>
    /// <exception cref="SocketException">An address cannot be bound; its name is in the exception's data under "address".</exception>
    public static List<ListeningSocket> Open(IReadOnlyList<string> names, IReadOnlyList<ListeningSocket> existing)
    {
        var open = new List<ListeningSocket>();
        foreach (string name in names)
        {
            int before = open.Count;
            open.AddRange(existing.Where(one => one.Name == name));
            if (open.Count > before)
                continue;
            try
            {
                if (!Address.TryParse(name, 0, out Address address))
                    throw new SocketException((int)SocketError.AddressNotAvailable);
                foreach (EndPoint end in Ends(address))
                    open.Add(new ListeningSocket(name, Listen(end)));
            }
            catch (Exception failed) when (failed is SocketException or IOException or UnauthorizedAccessException)
            {
                Close([.. open.Except(existing)]);
                failed.Data["address"] = name;
                throw;
            }
        }
        return open;
    }

    /// <summary>Closes sockets, and removes the files of Unix ones: connects are refused from now on. Those of systemd stay open there.</summary>
    public static void Close(IReadOnlyList<ListeningSocket> sockets)
    {
        foreach (ListeningSocket one in sockets)
        {
            // systemd has them too, and clients go on waiting in them.
            if (one.Name.StartsWith(Systemd.SocketName, StringComparison.Ordinal))
            {
                Release([one]);
                continue;
            }
            one.Socket.Dispose();
            if (one.Name.StartsWith("unix:", StringComparison.Ordinal))
                File.Delete(one.Name[5..]);
        }
    }

    /// <summary>Closes this process's descriptors of sockets that another process has too: connects go there, and the files of Unix ones stay.</summary>
    public static void Release(IReadOnlyList<ListeningSocket> sockets)
    {
        foreach (ListeningSocket one in sockets)
        {
            // Disposal would remove a Unix socket's file.
            int descriptor = one.Descriptor;
            one.Socket.SafeHandle.SetHandleAsInvalid();
            _ = DescriptorPassing.Close(descriptor);
        }
    }

    /// <summary>A descriptor that another process opened, made ours.</summary>
    /// <exception cref="InvalidDataException">It is no listening socket.</exception>
    public static ListeningSocket Adopt(string name, int descriptor)
    {
        DescriptorPassing.CloseWhenReplaced(descriptor);
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)) { Blocking = false };
        byte[] listens = new byte[sizeof(int)];
        try
        {
            socket.GetRawSocketOption(SocketLevel, AcceptsConnections, listens);
        }
        catch (SocketException)
        {
            // It is no socket.
        }
        if (listens[0] != 0)
        {
            KeepAlive(socket);
            return new(name, socket);
        }
        socket.Dispose();
        throw new InvalidDataException($"{name}: descriptor {descriptor} is no listening socket");
    }

    private static IEnumerable<EndPoint> Ends(Address address)
    {
        if (address.Path is not null)
            return [new UnixDomainSocketEndPoint(address.Path)];
        if (address.Host == "*")
            return [new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port)];
        IPAddress[] all = IPAddress.TryParse(address.Host, out IPAddress? one) ? [one] : Dns.GetHostAddresses(address.Host!);
        return all.Distinct().Select(ip => new IPEndPoint(ip, address.Port));
    }

    private static Socket Listen(EndPoint end)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, end is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (end is UnixDomainSocketEndPoint path)
            {
                BindFile(socket, path.ToString()!);
            }
            else
            {
                // The runtime's own option of this name would set SO_REUSEPORT too, and a second gateway could steal connects unseen.
                socket.SetRawSocketOption(SocketLevel, ReuseAddress, BitConverter.GetBytes(1));
                if (end is IPEndPoint { Address: var ip } && ip.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
                socket.Bind(end);
            }
            KeepAlive(socket);
            socket.Listen(Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What it accepts has it too: a client that vanished without a word, and what it holds on its server, is let go after some five minutes.</summary>
    private static void KeepAlive(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
            return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 120);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 5);
    }

    /// <summary>Binds under another name and renames: the runtime deletes the file that it bound when the socket is finalized, also when another process has the socket too.</summary>
    internal static void BindFile(Socket socket, string path, bool forAll = true)
    {
        // A socket's file has no bytes: what has some is somebody's file, named here by mistake.
        if ((forAll && IsServed(path)) || new FileInfo(path) is { Exists: true, Length: > 0 })
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        string first = $"{path}.{Environment.ProcessId % 100_000}";
        File.Delete(first);
        socket.Bind(new UnixDomainSocketEndPoint(first));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(first, forAll ? (UnixFileMode)0b110_110_110 : UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(first, path, overwrite: true);
    }

    /// <summary>A socket file that nobody listens on is left over from a process that died.</summary>
    private static bool IsServed(string path)
    {
        if (!File.Exists(path))
            return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
