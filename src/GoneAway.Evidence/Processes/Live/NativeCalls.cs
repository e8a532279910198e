using System.Runtime.InteropServices;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Calls of Linux that the runtime has no names for.</summary>
internal static partial class NativeCalls
{
    public const int Netlink = 16, SocketDiagnosis = 4, Raw = 3, CloseOnExec = 0x80000;
    public const int NewNet = 0x40000000;
    public const int Peek = 2, DontWait = 0x40;

    // The numbers are the same on x86-64, ARM64 and the other generic ABIs.
    private const long PidfdOpen = 434, PidfdGetfd = 438;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, ReadOnlySpan<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int name, Span<byte> value, ref int length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, Span<byte> target, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third);

    /// <summary>A copy of another process's descriptor (Linux 5.6; needs the right to trace it); negative when it cannot be had.</summary>
    public static int CopyOf(int pid, int descriptor)
    {
        int process = (int)Call((nint)PidfdOpen, pid, 0, 0);
        if (process < 0)
            return -1;
        try
        {
            return (int)Call((nint)PidfdGetfd, process, descriptor, 0);
        }
        finally
        {
            _ = Close(process);
        }
    }
}
