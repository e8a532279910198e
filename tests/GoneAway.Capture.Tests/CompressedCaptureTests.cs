using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using GoneAway.Model;
using GoneAway.TestKit;
using GoneAway.Wire.Compression;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Tests;

/// <summary>Both compressed protocols.</summary>
public sealed partial class CompressedCaptureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_compressed_session_is_read(bool zstd)
    {
        ulong flags = Conversation.Usual | (zstd ? Capabilities.ZstdCompression : Capabilities.Compress);
        byte[] query = Frame(zstd, Payload.Framed(0, [3, .. Encoding.ASCII.GetBytes("SELECT " + new string('1', 300))]));
        byte[] error = Frame(zstd, Payload.Framed(1, Payload.Error(3169, "HY000", "Session was killed" + new string('.', 90))));
        Conversation talk = new Conversation().Connect().Greeting(capabilities: flags).Login(capabilities: flags).Ok()
            .Raw(Side.Client, query).Wait(1).Raw(Side.Server, error.AsSpan(0, 20)).Raw(Side.Server, error.AsSpan(20)).Fin(Side.Server).Fin(Side.Client);
        Told told = Told.Of(talk);
        Incident incident = Assert.Single(told.Incidents);
        Assert.Equal("killed", incident.Verdict.Cause);
        Assert.StartsWith("SELECT 111", incident.Connection!.Work.LastAnswered!.Text);
    }

    [Fact]
    public void A_damaged_frame_is_a_break_and_no_exception()
    {
        ulong flags = Conversation.Usual | Capabilities.Compress;
        byte[] query = Frame(false, Payload.Framed(0, [3, .. Encoding.ASCII.GetBytes("SELECT " + new string('1', 300))]));
        query[12] ^= 0xFF;
        Told told = Told.Of(new Conversation().Connect().Greeting(capabilities: flags).Login(capabilities: flags).Ok().Raw(Side.Client, query).Wait(1.4).Fin(Side.Client));
        Assert.Contains(Assert.Single(told.Connections).Violations, static v => v.Kind == ViolationKind.Malformed);
    }

    private static byte[] Frame(bool zstd, byte[] packets)
    {
        if (zstd)
        {
            var target = new byte[4096];
            int length = (int)Compress(target, (nuint)target.Length, packets, (nuint)packets.Length, 3);
            return [(byte)length, (byte)(length >> 8), 0, 0, (byte)packets.Length, (byte)(packets.Length >> 8), 0, .. target[..length]];
        }
        var output = new ArrayBufferWriter<byte>();
        new CompressedWriter(output).Write(packets);
        return output.WrittenSpan.ToArray();
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compress")]
    private static partial nuint Compress([Out] byte[] target, nuint capacity, byte[] source, nuint length, int level);
}
