using System.Buffers;
using System.IO.Compression;
using GoneAway.Wire.Compression;

namespace GoneAway.Wire.Tests.Compression;

public sealed class CompressedWriterTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(49, false)]
    [InlineData(50, true)]
    [InlineData(0xFFFFFF, true)]
    [InlineData(0x1000003, true)]
    public void Frames_expand_to_what_was_written(int length, bool compressed)
    {
        byte[] plain = new byte[length];
        plain.AsSpan().Fill(9);
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompressedWriter(output) { Sequence = 255 };
        writer.Write(plain);
        Assert.Equal(plain, Expand(output.WrittenSpan, out int frames, out bool anyCompressed));
        Assert.Equal(compressed, anyCompressed);
        Assert.Equal((byte)(255 + frames), writer.Sequence);
        Assert.Equal(length > 0xFFFFFF ? 2 : 1, frames);
    }

    [Fact]
    public void What_does_not_shrink_is_sent_as_it_is()
    {
        byte[] noise = new byte[1000];
        new Random(1).NextBytes(noise);
        var output = new ArrayBufferWriter<byte>();
        new CompressedWriter(output).Write(noise);
        Assert.Equal(noise, Expand(output.WrittenSpan, out _, out bool anyCompressed));
        Assert.False(anyCompressed);
    }

    private static byte[] Expand(ReadOnlySpan<byte> stream, out int frames, out bool anyCompressed)
    {
        var plain = new MemoryStream();
        frames = 0;
        anyCompressed = false;
        while (!stream.IsEmpty)
        {
            int length = stream[0] | stream[1] << 8 | stream[2] << 16;
            int expanded = stream[4] | stream[5] << 8 | stream[6] << 16;
            ReadOnlySpan<byte> body = stream.Slice(7, length);
            long before = plain.Length;
            if (expanded == 0)
                plain.Write(body);
            else
                using (var inflater = new ZLibStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress))
                    inflater.CopyTo(plain);
            Assert.Equal(expanded == 0 ? length : expanded, plain.Length - before);
            anyCompressed |= expanded > 0;
            frames++;
            stream = stream[(7 + length)..];
        }
        return plain.ToArray();
    }
}
