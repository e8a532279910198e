using System.Runtime.InteropServices;

namespace GoneAway.Wire.Compression;

/// <summary>The system's libzstd. Without it zstd-compressed connections are judged by TCP alone, and zstd is not offered.</summary>
public static unsafe partial class Zstd
{
    private const string Library = "libzstd.so.1";

    /// <summary>Contexts are some 100 KB and more each: one for a thread, not one for a connection.</summary>
    [ThreadStatic]
    private static Contexts? contexts;

    /// <summary>libzstd is installed.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>True when the frame expands to exactly the target's length.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        if (!IsAvailable)
            return false;
        Contexts mine = contexts ??= new Contexts();
        fixed (byte* from = frame, to = target)
            return Decompress(mine.Decompression, to, (nuint)target.Length, from, (nuint)frame.Length) == (nuint)target.Length;
    }

    /// <summary>Writes one frame. False when it would not fit: most data need less than themselves, noise more.</summary>
    /// <param name="plain">What to compress.</param>
    /// <param name="target">Where to.</param>
    /// <param name="level">1 to 22; 3 is the protocol's default.</param>
    /// <param name="written">Bytes of the frame.</param>
    public static bool TryCompress(ReadOnlySpan<byte> plain, Span<byte> target, int level, out int written)
    {
        written = 0;
        if (!IsAvailable)
            return false;
        Contexts mine = contexts ??= new Contexts();
        nuint length;
        fixed (byte* from = plain, to = target)
            length = Compress(mine.Compression, to, (nuint)target.Length, from, (nuint)plain.Length, level);
        // Errors are numbers near the largest.
        if (length > (nuint)target.Length)
            return false;
        written = (int)length;
        return true;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    private static partial nint CreateCompression();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    private static partial nuint FreeCompression(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressCCtx")]
    private static partial nuint Compress(nint context, byte* target, nuint capacity, byte* source, nuint length, int level);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    private static partial nint CreateDecompression();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    private static partial nuint FreeDecompression(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    private static partial nuint Decompress(nint context, byte* target, nuint capacity, byte* source, nuint length);

    private sealed class Contexts
    {
        public readonly nint Compression = CreateCompression();
        public readonly nint Decompression = CreateDecompression();

        ~Contexts()
        {
            FreeCompression(Compression);
            FreeDecompression(Decompression);
        }
    }
}
