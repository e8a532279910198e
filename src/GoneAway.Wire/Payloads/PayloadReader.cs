using System.Buffers.Binary;

namespace GoneAway.Wire.Payloads;

/// <summary>Reads the values of a payload in order. Nothing throws; a value that is not all there is not read.</summary>
/// <remarks>MySQL "Integers" and "Strings".</remarks>
public ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> rest = payload;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    public readonly bool IsEmpty => rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        value = rest.IsEmpty ? (byte)0 : rest[0];
        return TrySkip(1);
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = rest.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(rest) : (ushort)0;
        return TrySkip(2);
    }

    public bool TryReadUInt24(out int value)
    {
        value = rest.Length >= 3 ? rest[0] | rest[1] << 8 | rest[2] << 16 : 0;
        return TrySkip(3);
    }

    public bool TryReadUInt32(out uint value)
    {
        value = rest.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(rest) : 0;
        return TrySkip(4);
    }

    public bool TryReadUInt64(out ulong value)
    {
        value = rest.Length >= 8 ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : 0;
        return TrySkip(8);
    }

    public bool TrySkip(int count)
    {
        if ((uint)count > (uint)rest.Length)
            return false;
        rest = rest[count..];
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = (uint)count <= (uint)rest.Length ? rest[..count] : default;
        return TrySkip(count);
    }

    /// <summary>A length-encoded integer; 0xFB (NULL) and 0xFF (ERR) are none.</summary>
    public bool TryReadLengthEncoded(out ulong value)
    {
        value = 0;
        if (rest.IsEmpty)
            return false;
        switch (rest[0])
        {
            case < 0xFB:
                value = rest[0];
                rest = rest[1..];
                return true;
            case 0xFC when rest.Length >= 3:
                value = BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]);
                rest = rest[3..];
                return true;
            case 0xFD when rest.Length >= 4:
                value = (ulong)(rest[1] | rest[2] << 8 | rest[3] << 16);
                rest = rest[4..];
                return true;
            case 0xFE when rest.Length >= 9:
                value = BinaryPrimitives.ReadUInt64LittleEndian(rest[1..]);
                rest = rest[9..];
                return true;
            default:
                return false;
        }
    }

    /// <summary>A string with its length before it.</summary>
    public bool TryReadLengthEncodedBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        ReadOnlySpan<byte> before = rest;
        if (TryReadLengthEncoded(out ulong length) && length <= (ulong)rest.Length && TryReadBytes((int)length, out bytes))
            return true;
        rest = before;
        return false;
    }

    /// <summary>A string up to a zero byte, which is read too.</summary>
    public bool TryReadNullTerminated(out ReadOnlySpan<byte> bytes)
    {
        int end = rest.IndexOf((byte)0);
        bytes = end >= 0 ? rest[..end] : default;
        return end >= 0 && TrySkip(end + 1);
    }
}
