using System.Runtime.InteropServices;

namespace GoneAway.Wire.Compression;

/// <summary>The system's libzstd; without it zstd-compressed connections are judged by TCP alone.</summary>
public static unsafe partial class Zstd
{
    private static readonly bool Available = NativeLibrary.TryLoad("libzstd.so.1", out _);

    /// <summary>True when the frame expands to exactly the target's length.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        if (!Available)
            return false;
        fixed (byte* from = frame, to = target)
            return Decompress(to, (nuint)target.Length, from, (nuint)frame.Length) == (nuint)target.Length;
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_decompress")]
    private static partial nuint Decompress(byte* target, nuint capacity, byte* source, nuint length);
}
