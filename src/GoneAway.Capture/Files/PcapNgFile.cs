using System.Buffers.Binary;

namespace GoneAway.Capture.Files;

/// <summary>The newer format: draft-ietf-opsawg-pcapng. Several sections, interfaces and time resolutions.</summary>
internal sealed class PcapNgFile : CaptureFile
{
    public const uint SectionHeader = 0x0A0D0D0A;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;

    private readonly List<Interface> interfaces = [];
    private bool bigEndian;
    private long lastTime;

    private PcapNgFile(ByteSource source) : base(source) { }

    public override string Kind => "pcapng";

    public static PcapNgFile? TryOpen(ByteSource source, out string? reason)
    {
        reason = null;
        if (source.TryPeek(12, out ReadOnlySpan<byte> head) && IsByteOrderMagic(head[8..]))
            return new PcapNgFile(source);
        reason = "begins like pcapng (0a0d0d0a), but its section header has no byte-order magic at offset 8";
        return null;
    }

    public override bool TryNext(out Frame frame)
    {
        frame = default;
        while (true)
        {
            if (!Source.TryPeek(12, out ReadOnlySpan<byte> head))
            {
                if (!head.IsEmpty)
                    Damage = $"cut inside a block header at offset {Source.Offset}, after packet {Records}";
                return false;
            }
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) == SectionHeader && !BeginSection(head[8..]))
                return false;
            uint type = Read32(head);
            uint length = Read32(head[4..]);
            if (length < 12 || length % 4 != 0 || length > MaxRecord)
            {
                Damage = $"block at offset {Source.Offset}, after packet {Records}, claims {length} bytes: the file is damaged from there on";
                return false;
            }
            if (!Source.TryPeek((int)length, out ReadOnlySpan<byte> block))
            {
                Damage = $"cut inside a block at offset {Source.Offset}, after packet {Records}: {block.Length} of {length} bytes";
                return false;
            }
            Source.Advance((int)length);
            if (Take(type, block[8..^4], out frame))
                return true;
        }
    }

    private bool BeginSection(ReadOnlySpan<byte> magic)
    {
        if (!IsByteOrderMagic(magic))
        {
            Damage = $"section header at offset {Source.Offset} has no byte-order magic";
            return false;
        }
        bigEndian = BinaryPrimitives.ReadUInt32BigEndian(magic) == ByteOrderMagic;
        interfaces.Clear();
        return true;
    }

    private static bool IsByteOrderMagic(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes) == ByteOrderMagic || BinaryPrimitives.ReadUInt32LittleEndian(bytes) == ByteOrderMagic;

    private bool Take(uint type, ReadOnlySpan<byte> body, out Frame frame)
    {
        frame = default;
        switch (type)
        {
            case InterfaceDescription when body.Length >= 8:
                interfaces.Add(new Interface(Read16(body), (int)Read32(body[4..]), ReadResolution(body[8..])));
                return false;
            case EnhancedPacket when body.Length >= 20:
                return Packet((int)Read32(body), body, body[20..], Read32(body[12..]), Read32(body[16..]), out frame);
            case ObsoletePacket when body.Length >= 20:
                return Packet(Read16(body), body, body[20..], Read32(body[12..]), Read32(body[16..]), out frame);
            case SimplePacket when body.Length >= 4 && interfaces.Count > 0:
                uint original = Read32(body);
                uint snap = interfaces[0].SnapLength > 0 ? (uint)interfaces[0].SnapLength : uint.MaxValue;
                return Emit(interfaces[0].LinkType, lastTime, body[4..], Math.Min(original, snap), original, out frame);
            default:
                return false;
        }
    }

    private bool Packet(int index, ReadOnlySpan<byte> body, ReadOnlySpan<byte> data, uint captured, uint original, out Frame frame)
    {
        frame = default;
        if ((uint)index >= (uint)interfaces.Count)
        {
            Records++;
            return false;
        }
        ulong ticks = (ulong)Read32(body[4..]) << 32 | Read32(body[8..]);
        lastTime = interfaces[index].Resolution.ToNanoseconds(ticks);
        return Emit(interfaces[index].LinkType, lastTime, data, captured, original, out frame);
    }

    private bool Emit(int linkType, long time, ReadOnlySpan<byte> data, uint captured, uint original, out Frame frame)
    {
        frame = new Frame
        {
            Number = ++Records,
            Time = time,
            LinkType = linkType,
            Bytes = data[..(int)Math.Min(captured, (uint)data.Length)],
            OriginalLength = (int)Math.Min(int.MaxValue, Math.Max(original, captured)),
        };
        return true;
    }

    /// <summary>Options if_tsresol (9) and if_tsoffset (14) of an interface description.</summary>
    private Resolution ReadResolution(ReadOnlySpan<byte> options)
    {
        var resolution = new Resolution(1_000_000, 0);
        while (options.Length >= 4)
        {
            int code = Read16(options);
            int length = Read16(options[2..]);
            if (code == 0 || options.Length < 4 + length)
                break;
            if (code == 9 && length >= 1)
                resolution = resolution with { PerSecond = Resolution.Decode(options[4]) };
            else if (code == 14 && length >= 8)
                resolution = resolution with { OffsetSeconds = (long)(bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(options[4..]) : BinaryPrimitives.ReadUInt64LittleEndian(options[4..])) };
            int step = 4 + (length + 3 & ~3);
            if (step >= options.Length)
                break;
            options = options[step..];
        }
        return resolution;
    }

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private int Read16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private readonly record struct Interface(int LinkType, int SnapLength, Resolution Resolution);

    /// <summary>Ticks of an interface's clock.</summary>
    private readonly record struct Resolution(ulong PerSecond, long OffsetSeconds)
    {
        /// <summary>The high bit chooses powers of two, else of ten; absurd exponents are clamped.</summary>
        public static ulong Decode(byte value)
        {
            int exponent = value & 0x7F;
            if ((value & 0x80) != 0)
                return 1UL << Math.Min(exponent, 62);
            ulong perSecond = 1;
            for (int i = 0; i < Math.Min(exponent, 18); i++)
                perSecond *= 10;
            return perSecond;
        }

        public long ToNanoseconds(ulong ticks)
        {
            ulong seconds = ticks / PerSecond;
            UInt128 rest = (UInt128)(ticks % PerSecond) * 1_000_000_000 / PerSecond;
            long whole = (long)Math.Min(seconds, 9_000_000_000UL) + Math.Clamp(OffsetSeconds, -9_000_000_000L, 9_000_000_000L);
            return Math.Clamp(whole, -9_000_000_000L, 9_000_000_000L) * 1_000_000_000L + (long)(ulong)rest;
        }
    }
}
