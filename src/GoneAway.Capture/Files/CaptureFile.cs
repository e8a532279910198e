using System.Buffers.Binary;

namespace GoneAway.Capture.Files;

/// <summary>A capture file being read, whatever its format.</summary>
internal abstract class CaptureFile(ByteSource source)
{
    /// <summary>No capture's snap length is larger; a record that claims more is damage.</summary>
    protected const int MaxRecord = 1 << 26;

    protected ByteSource Source { get; } = source;

    /// <summary><c>pcap</c> or <c>pcapng</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Records read so far.</summary>
    public long Records { get; protected set; }

    /// <summary>Offset of the next byte.</summary>
    public long Offset => Source.Offset;

    /// <summary>What is wrong with the file, once <see cref="TryNext"/> has ended early; null when it ended well.</summary>
    public string? Damage { get; protected set; }

    /// <summary>Reads the next frame; false at the end or at damage. The frame is valid until the next call.</summary>
    public abstract bool TryNext(out Frame frame);

    public static bool IsMagic(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) is var magic && (magic == PcapNgFile.SectionHeader || PcapFile.IsMagic(magic));

    /// <summary>Opens a capture by its first bytes; null with the reason when it is none.</summary>
    public static CaptureFile? Open(Stream stream, out string? reason)
    {
        var source = new ByteSource(stream);
        reason = null;
        if (!source.TryPeek(4, out ReadOnlySpan<byte> head))
        {
            reason = head.IsEmpty ? "empty: 0 bytes" : $"too short for any kind of evidence: {head.Length} bytes";
            return null;
        }
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (magic == PcapNgFile.SectionHeader)
            return PcapNgFile.TryOpen(source, out reason);
        return PcapFile.IsMagic(magic) ? PcapFile.TryOpen(source, out reason) : NotACapture(source, out reason);
    }

    private static CaptureFile? NotACapture(ByteSource source, out string reason)
    {
        source.TryPeek(16, out ReadOnlySpan<byte> head);
        reason = "not a capture: begins with " + Convert.ToHexStringLower(head[..Math.Min(8, head.Length)])
            + ", neither pcap (d4c3b2a1, a1b2c3d4, 4d3cb2a1, a1b23c4d) nor pcapng (0a0d0d0a)";
        return null;
    }
}
