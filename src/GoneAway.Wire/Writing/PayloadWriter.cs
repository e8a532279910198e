using System.Buffers;
using System.Buffers.Binary;

namespace GoneAway.Wire.Writing;

/// <summary>Writes the values of a payload in order, into a buffer that is used again for the next payload.</summary>
/// <remarks>MySQL "Integers" and "Strings".</remarks>
public sealed class PayloadWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    /// <summary>Begins a new payload.</summary>
    public PayloadWriter Clear()
    {
        buffer.ResetWrittenCount();
        return this;
    }

    public PayloadWriter Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
        return this;
    }

    public PayloadWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
        return this;
    }

    /// <summary>The lower 24 bits.</summary>
    public PayloadWriter UInt24(int value) => UInt16((ushort)value).Byte((byte)(value >> 16));

    public PayloadWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    public PayloadWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
        return this;
    }

    public PayloadWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        return this;
    }

    public PayloadWriter Zeros(int count)
    {
        buffer.GetSpan(count)[..count].Clear();
        buffer.Advance(count);
        return this;
    }

    /// <summary>A length-encoded integer in its shortest form.</summary>
    public PayloadWriter LengthEncoded(ulong value) => value switch
    {
        < 0xFB => Byte((byte)value),
        <= 0xFFFF => Byte(0xFC).UInt16((ushort)value),
        <= 0xFFFFFF => Byte(0xFD).UInt24((int)value),
        _ => Byte(0xFE).UInt64(value),
    };

    /// <summary>A string with its length before it.</summary>
    public PayloadWriter LengthEncodedBytes(ReadOnlySpan<byte> bytes) => LengthEncoded((ulong)bytes.Length).Bytes(bytes);

    /// <summary>A string with a zero byte behind it; it must hold none itself.</summary>
    public PayloadWriter NullTerminated(ReadOnlySpan<byte> bytes) => Bytes(bytes).Byte(0);
}
