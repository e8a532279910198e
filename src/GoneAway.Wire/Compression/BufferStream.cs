namespace GoneAway.Wire.Compression;

/// <summary>A piece of memory as the stream that the framework's inflater reads or its deflater writes.</summary>
internal sealed class BufferStream(Memory<byte> memory) : Stream
{
    /// <summary>More was written than there is room: what was written is of no use.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Bytes read or written so far.</summary>
    public int Count { get; private set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int take = Math.Min(buffer.Length, memory.Length - Count);
        memory.Span.Slice(Count, take).CopyTo(buffer);
        Count += take;
        return take;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Overflowed |= buffer.Length > memory.Length - Count;
        if (Overflowed)
            return;
        buffer.CopyTo(memory.Span[Count..]);
        Count += buffer.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
