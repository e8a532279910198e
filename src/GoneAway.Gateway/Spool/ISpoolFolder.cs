namespace GoneAway.Gateway.Spool;

/// <summary>Where spools have their files. May be slow and may throw as files do; never called on a loop.</summary>
internal interface ISpoolFolder
{
    /// <summary>A new, empty file that nobody else can open.</summary>
    ISpoolFile Create();

    /// <summary>Bytes that this process may still take on that disk.</summary>
    long Free();
}

/// <summary>A spool's file. One call at a time.</summary>
internal interface ISpoolFile : IDisposable
{
    /// <summary>Writes all of it, or throws.</summary>
    void Write(ReadOnlySpan<byte> bytes, long at);

    /// <summary>Bytes that were read; fewer than asked for at the end only.</summary>
    int Read(Span<byte> target, long at);

    /// <summary>Gives the disk back what lies there. False where the file system cannot.</summary>
    bool Punch(long at, long length);

    /// <summary>Empties the file.</summary>
    void Clear();
}
