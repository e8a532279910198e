using System.Buffers;
using GoneAway.Wire.Compression;

namespace GoneAway.Wire.Tests.Compression;

/// <summary>A connection writes and reads many frames with one writer and one reader.</summary>
public sealed class CompressedStreamTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(true, 22)]
    public void What_is_written_is_read_however_it_is_cut(bool zstd, int level)
    {
        var random = new Random(level);
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompressedWriter(output, zstd, level);
        var reader = new CompressedReader(zstd);
        for (int round = 0; round < 300; round++)
        {
            byte[] plain = new byte[random.Next(3) == 0 ? random.Next(60) : random.Next(20_000)];
            if (random.Next(2) == 0)
                random.NextBytes(plain);
            byte sequence = writer.Sequence;
            writer.Write(plain);
            Assert.Equal(plain, Read(reader, output.WrittenSpan, random));
            Assert.Equal(sequence, reader.Sequence);
            Assert.False(reader.InFrame);
            output.ResetWrittenCount();
            if (random.Next(10) == 0)
                reader.Trim();
        }
    }

    [Fact]
    public void Zstd_shrinks_what_can_be_shrunk()
    {
        Assert.True(Zstd.IsAvailable, "libzstd.so.1 is not installed");
        var output = new ArrayBufferWriter<byte>();
        new CompressedWriter(output, zstd: true).Write(new byte[0x1000003]);
        Assert.InRange(output.WrittenCount, 20, 20_000);
        Assert.Equal(0x1000003, Read(new CompressedReader(zstd: true), output.WrittenSpan, null).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_frame_breaks_the_stream_and_throws_nothing(bool zstd)
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] plain = new byte[2000];
        new Random(4).NextBytes(plain.AsSpan(0, 300));
        new CompressedWriter(output, zstd).Write(plain);
        for (int i = 7; i < output.WrittenCount; i++)
        {
            byte[] damaged = output.WrittenSpan.ToArray();
            damaged[i] ^= 0x55;
            var reader = new CompressedReader(zstd);
            ReadOnlySpan<byte> chunk = damaged;
            bool taken = reader.TryTake(ref chunk, out ReadOnlySpan<byte> got);
            Assert.Equal(!taken, reader.IsBroken);
            // zlib has a checksum, zstd frames of this protocol have none. A few bits mean nothing to either.
            Assert.True(!taken || (zstd ? got.Length == plain.Length : got.SequenceEqual(plain)), $"byte {i} of {output.WrittenCount}");
        }
    }

    [Fact]
    public void A_length_that_no_data_can_have_is_refused_before_memory_is_taken()
    {
        ReadOnlySpan<byte> frame = [10, 0, 0, 0, 0xFF, 0xFF, 0xFF, .. new byte[10]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new CompressedReader(zstd: false);
        Assert.False(reader.TryTake(ref frame, out _));
        Assert.True(reader.IsBroken);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static byte[] Read(CompressedReader reader, ReadOnlySpan<byte> stream, Random? random)
    {
        var plain = new ArrayBufferWriter<byte>();
        while (!stream.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = stream[..(random is null || random.Next(2) == 0 ? stream.Length : random.Next(stream.Length) + 1)];
            stream = stream[chunk.Length..];
            while (reader.TryTake(ref chunk, out ReadOnlySpan<byte> got))
                plain.Write(got);
            Assert.False(reader.IsBroken);
        }
        return plain.WrittenSpan.ToArray();
    }
}
