using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace GoneAway.Gateway.Loop;

/// <summary>System calls of the event loop. Linux only.</summary>
internal static partial class Native
{
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int InProgress = 115;

    public const uint EpollIn = 0x001;
    public const uint EpollOut = 0x004;
    public const uint EpollErr = 0x008;
    public const uint EpollHup = 0x010;
    public const uint EpollPeerHup = 0x2000;
    public const uint EpollEdge = 1u << 31;

    public const int Add = 1;
    public const int Delete = 2;

    private const int NoSignal = 0x4000;

    /// <summary>struct epoll_event is packed on x86-64 alone.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    public static readonly int EventData = EventSize - 8;

    /// <summary>RLIMIT_NOFILE, as the runtime has raised it.</summary>
    public static int MostDescriptors { get; } = DescriptorLimit();

    /// <summary>
    /// A socket of a client with this number or a higher one is one too many: numbers are given from the lowest on, and the runtime ends the
    /// process ("Out of memory") where it can open nothing itself. Servers' sockets may go higher, so that clients can be served.
    /// </summary>
    public static int TooManyForClients => MostDescriptors - 64;
    public static int TooManyForServers => MostDescriptors - 32;

    private static unsafe int DescriptorLimit()
    {
        const int OpenFiles = 7;
        ulong* limits = stackalloc ulong[2];
        return getrlimit(OpenFiles, limits) == 0 ? (int)Math.Min(limits[0], int.MaxValue) : int.MaxValue;
    }

    /// <summary>Bytes, 0 at the end of the stream, or minus the error number.</summary>
    public static unsafe int Receive(int socket, Span<byte> target)
    {
        fixed (byte* p = target)
        {
            nint count = recv(socket, p, (nuint)target.Length, 0);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>As <see cref="Receive"/>, and leaves the bytes there.</summary>
    public static unsafe int Peek(int socket, Span<byte> target)
    {
        fixed (byte* p = target)
        {
            nint count = recv(socket, p, (nuint)target.Length, 0x42);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>0, or minus the error number; <see cref="InProgress"/> as a rule.</summary>
    public static unsafe int Connect(int socket, System.Net.SocketAddress address)
    {
        fixed (byte* p = address.Buffer.Span)
            return connect(socket, p, address.Size) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>The socket's own address and port; null where it is no internet socket.</summary>
    public static unsafe System.Net.IPEndPoint? LocalAddress(int socket)
    {
        const int Inet = 2, Inet6 = 10;
        byte* address = stackalloc byte[128];
        int length = 128;
        if (getsockname(socket, address, &length) != 0)
            return null;
        int port = address[2] << 8 | address[3];
        return *(ushort*)address switch
        {
            Inet => new System.Net.IPEndPoint(new System.Net.IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port),
            Inet6 => new System.Net.IPEndPoint(new System.Net.IPAddress(new ReadOnlySpan<byte>(address + 8, 16)), port),
            _ => null,
        };
    }

    /// <summary>Bytes that the kernel took, or minus the error number.</summary>
    public static unsafe int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            nint count = send(socket, p, (nuint)bytes.Length, NoSignal);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Asks the processor for an object's first cache lines. Nothing is read: an object that moves meanwhile does no harm.</summary>
    public static unsafe void Fetch(object? thing, int lines)
    {
        if (!Sse.IsSupported || thing is null)
            return;
        byte* start = *(byte**)Unsafe.AsPointer(ref thing);
        for (int i = 0; i < lines; i++)
            Sse.Prefetch0(start + i * 64);
    }

    public static unsafe bool Control(int epoll, int operation, int file, uint events, long data)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = events;
        *(long*)(entry + EventData) = data;
        return epoll_ctl(epoll, operation, file, entry) == 0;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int WaitEpoll(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "write")]
    public static unsafe partial nint Write(int file, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read")]
    public static unsafe partial nint Read(int file, void* bytes, nuint count);

    /// <summary>A non-blocking socket of a waiting client, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static unsafe partial int Accept(int listener, byte* address, int* length, int flags);

    [LibraryImport("libc")]
    private static unsafe partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(int epoll, int operation, int file, byte* entry);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int connect(int socket, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int getsockname(int socket, byte* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int socket, byte* target, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int socket, byte* bytes, nuint length, int flags);
}
