using System.Buffers;
using GoneAway.Gateway.Links;
using GoneAway.Wire.Compression;

namespace GoneAway.Gateway.Tests.Links;

/// <summary>The compressed protocol, as honest and as dishonest clients speak it.</summary>
public sealed class CompressionFilterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read(bool zstd)
    {
        byte[] plain = new byte[500_000];
        new Random(5).NextBytes(plain.AsSpan(0, 250_000));
        byte sequence = 0;
        byte[] frames = new CompressionFilter(zstd).Write(plain, ref sequence).ToArray();
        var filter = new CompressionFilter(zstd);
        var read = new MemoryStream();
        foreach (byte[] chunk in frames.Chunk(977))
        {
            filter.Feed(chunk);
            Drain(filter, read);
        }
        Assert.Equal(plain, read.ToArray());
    }

    /// <summary>Frames of some hundred bytes that become 16 MB each: one is expanded at a time, and none is lost.</summary>
    [Fact]
    public void Frames_that_expand_a_thousandfold_are_expanded_one_by_one()
    {
        const int Frames = 12, Size = 0xFFFFFF;
        Assert.True(Zstd.IsAvailable);
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompressedWriter(output, zstd: true);
        byte[] zeros = new byte[Size];
        for (int i = 0; i < Frames; i++)
            writer.Write(zeros);
        Assert.True(output.WrittenCount < 64 * 1024, $"{output.WrittenCount} bytes of frames");

        var filter = new CompressionFilter(zstd: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        filter.Feed(output.WrittenSpan);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // The frame expanded, and its copy that waits to be read.
        Assert.True(allocated < 3L * Size, $"{allocated} bytes");
        long read = 0;
        byte[] target = new byte[64 * 1024];
        for (int count; (count = filter.Read(target)) > 0;)
            read += count;
        Assert.Equal((long)Frames * Size, read);
        Assert.False(filter.IsBroken);
        Assert.False(filter.HasPlain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_that_lies_about_its_size_ends_the_stream(bool zstd)
    {
        byte sequence = 0;
        byte[] frames = new CompressionFilter(zstd).Write(new byte[100_000], ref sequence).ToArray();
        frames[4] ^= 1;
        var filter = new CompressionFilter(zstd);
        filter.Feed(frames);
        Assert.True(filter.IsBroken);
        Assert.Equal(0, filter.Read(new byte[10]));
    }

    private static void Drain(CompressionFilter filter, MemoryStream into)
    {
        byte[] target = new byte[4096];
        for (int count; (count = filter.Read(target)) > 0;)
            into.Write(target, 0, count);
    }
}
