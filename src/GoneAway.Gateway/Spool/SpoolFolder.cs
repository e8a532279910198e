using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoneAway.Gateway.Spool;

/// <summary>Files without names in a folder: they vanish with the process, however it ends. Mode 0600.</summary>
internal sealed partial class SpoolFolder(string folder) : ISpoolFolder
{
    private const int ReadWrite = 2;
    private const int Create_ = 0x40;
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const int Mode = 0x180;

    // These two differ between processors (asm-generic/fcntl.h and arch/arm64's).
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly int Nameless = 0x400000 | (IsArm ? 0x4000 : 0x10000);

    public ISpoolFile Create()
    {
        int file = open(folder, Nameless | ReadWrite | CloseOnExec, Mode);
        if (file < 0)
        {
            // Not every file system knows O_TMPFILE.
            string path = Path.Combine(folder, ".goneaway-" + Guid.NewGuid().ToString("N"));
            file = open(path, Create_ | Exclusive | ReadWrite | CloseOnExec | NoFollow, Mode);
            if (file < 0)
                throw new IOException($"no file can be made in {folder} (error {Marshal.GetLastPInvokeError()})");
            if (unlink(path) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                new SafeFileHandle(file, ownsHandle: true).Dispose();
                throw new IOException($"a file in {folder} cannot be removed (error {error})");
            }
        }
        return new NamelessFile(new SafeFileHandle(file, ownsHandle: true));
    }

    public long Free() => new DriveInfo(folder).AvailableFreeSpace;

    private sealed class NamelessFile(SafeFileHandle file) : ISpoolFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(file, bytes, at);

        public int Read(Span<byte> target, long at)
        {
            int have = 0;
            while (have < target.Length)
            {
                int count = RandomAccess.Read(file, target[have..], at + have);
                if (count == 0)
                    break;
                have += count;
            }
            return have;
        }

        public bool Punch(long at, long length) => fallocate((int)file.DangerousGetHandle(), KeepSize | PunchHole, at, length) == 0;

        public void Clear() => RandomAccess.SetLength(file, 0);

        public void Dispose() => file.Dispose();
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int file, int mode, long offset, long length);
}
