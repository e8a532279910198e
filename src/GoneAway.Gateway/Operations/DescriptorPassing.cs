using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GoneAway.Gateway.Operations;

/// <summary>Sends open descriptors over a Unix socket (SCM_RIGHTS, unix(7)). The layout is Linux's on 64-bit processors.</summary>
internal static unsafe partial class DescriptorPassing
{
    /// <summary>The kernel's SCM_MAX_FD.</summary>
    public const int Most = 253;
    private const int SocketLevel = 1, Rights = 1, PeerCredentials = 17, NoSignal = 0x4000, CloseOnExec = 0x40000000, Truncated = 0x8;
    private const int ControlHeader = 16, SetDescriptorFlags = 2;

    /// <summary>Sends bytes, and the descriptors with their first one. Blocks until the kernel has them.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, Most);
        Span<byte> control = stackalloc byte[Space(Most)];
        control.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(control, ControlHeader + (sizeof(int) * descriptors.Length));
        BinaryPrimitives.WriteInt32LittleEndian(control[8..], SocketLevel);
        BinaryPrimitives.WriteInt32LittleEndian(control[12..], Rights);
        MemoryMarshal.AsBytes(descriptors).CopyTo(control[ControlHeader..]);
        fixed (byte* data = bytes, ancillary = control)
        {
            var part = new Part { Start = data, Length = bytes.Length };
            var message = new Message { Parts = &part, PartCount = 1, Control = descriptors.IsEmpty ? null : ancillary, ControlLength = descriptors.IsEmpty ? 0 : Space(descriptors.Length) };
            if (SendMessage((int)socket.Handle, &message, NoSignal) != bytes.Length)
                throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Receives bytes and the descriptors that come with them; the caller owns those.</summary>
    public static int Receive(Socket socket, Span<byte> bytes, List<int> descriptors)
    {
        Span<byte> control = stackalloc byte[Space(Most)];
        nint length;
        Message message;
        fixed (byte* data = bytes, ancillary = control)
        {
            var part = new Part { Start = data, Length = bytes.Length };
            message = new Message { Parts = &part, PartCount = 1, Control = ancillary, ControlLength = control.Length };
            length = ReceiveMessage((int)socket.Handle, &message, CloseOnExec);
        }
        if (length < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        if (message.ControlLength >= ControlHeader && BinaryPrimitives.ReadInt32LittleEndian(control[8..]) == SocketLevel && BinaryPrimitives.ReadInt32LittleEndian(control[12..]) == Rights)
        {
            int end = (int)Math.Min(BinaryPrimitives.ReadInt64LittleEndian(control), message.ControlLength);
            for (int at = ControlHeader; at + sizeof(int) <= end; at += sizeof(int))
                descriptors.Add(BinaryPrimitives.ReadInt32LittleEndian(control[at..]));
        }
        if ((message.Flags & Truncated) != 0)
            throw new InvalidDataException("the kernel could not deliver all descriptors");
        return (int)length;
    }

    /// <summary>Who is at the other end (SO_PEERCRED): its user id.</summary>
    public static uint PeerUser(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        _ = socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint OwnUser();

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>The descriptor is not there in programs that this process starts (FD_CLOEXEC).</summary>
    public static void CloseWhenReplaced(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, 1);

    // fcntl is variadic; its integer argument is passed as any other on the ABIs that Linux has for .NET.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int descriptor, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int descriptor, Message* message, int flags);

    private static int Space(int descriptors) => ControlHeader + (((sizeof(int) * descriptors) + 7) & ~7);

    /// <summary>struct iovec</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>struct msghdr</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public byte* Name;
        public uint NameLength;
        public Part* Parts;
        public nint PartCount;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }
}
