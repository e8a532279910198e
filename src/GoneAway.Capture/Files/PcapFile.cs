using System.Buffers.Binary;

namespace GoneAway.Capture.Files;

/// <summary>The classic format: draft-ietf-opsawg-pcap. Both byte orders, microseconds and nanoseconds.</summary>
internal sealed class PcapFile : CaptureFile
{
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    private const int RecordHeader = 16;

    private readonly bool swapped;
    private readonly long unit;
    private readonly int linkType;

    private PcapFile(ByteSource source, bool swapped, long unit, int linkType) : base(source)
    {
        this.swapped = swapped;
        this.unit = unit;
        this.linkType = linkType;
    }

    public override string Kind => "pcap";

    public static bool IsMagic(uint magic) =>
        magic is Microseconds or Nanoseconds || BinaryPrimitives.ReverseEndianness(magic) is Microseconds or Nanoseconds;

    public static PcapFile? TryOpen(ByteSource source, out string? reason)
    {
        reason = null;
        if (!source.TryPeek(24, out ReadOnlySpan<byte> header))
        {
            reason = $"cut inside the pcap file header: {header.Length} of 24 bytes";
            return null;
        }
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        bool swapped = magic is not (Microseconds or Nanoseconds);
        if (swapped)
            magic = BinaryPrimitives.ReverseEndianness(magic);
        // The upper bits of the link type hold the FCS length (draft-ietf-opsawg-pcap, 4).
        int linkType = (int)(Read(header[20..], swapped) & 0xFFFF);
        source.Advance(24);
        return new PcapFile(source, swapped, magic == Nanoseconds ? 1 : 1000, linkType);
    }

    public override bool TryNext(out Frame frame)
    {
        frame = default;
        if (!Source.TryPeek(RecordHeader, out ReadOnlySpan<byte> header))
        {
            if (!header.IsEmpty)
                Damage = $"cut inside the header of packet {Records + 1} at offset {Source.Offset}";
            return false;
        }
        uint seconds = Read(header, swapped);
        uint fraction = Read(header[4..], swapped);
        uint captured = Read(header[8..], swapped);
        uint original = Read(header[12..], swapped);
        if (captured > MaxRecord)
        {
            Damage = $"packet {Records + 1} at offset {Source.Offset} claims {captured} bytes: the file is damaged from there on";
            return false;
        }
        if (!Source.TryPeek(RecordHeader + (int)captured, out ReadOnlySpan<byte> record))
        {
            Damage = $"cut inside packet {Records + 1} at offset {Source.Offset}: {record.Length - RecordHeader} of {captured} bytes";
            return false;
        }
        Source.Advance(RecordHeader + (int)captured);
        frame = new Frame
        {
            Number = ++Records,
            Time = seconds * 1_000_000_000L + fraction * unit,
            LinkType = linkType,
            Bytes = record[RecordHeader..],
            OriginalLength = (int)Math.Min(int.MaxValue, Math.Max(original, captured)),
        };
        return true;
    }

    private static uint Read(ReadOnlySpan<byte> bytes, bool swapped) =>
        swapped ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
