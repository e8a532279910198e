namespace GoneAway.Capture.Files;

/// <summary>One record of a capture: a frame as it stood on the wire, or the first bytes of it.</summary>
internal readonly ref struct Frame
{
    /// <summary>Counted from 1, as every other tool counts.</summary>
    public required long Number { get; init; }
    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public required long Time { get; init; }
    /// <summary>A LINKTYPE_ value of the tcpdump group's registry.</summary>
    public required int LinkType { get; init; }
    public required ReadOnlySpan<byte> Bytes { get; init; }
    /// <summary>Length on the wire; more than <see cref="Bytes"/> where the snap length cut it.</summary>
    public required int OriginalLength { get; init; }
}
