using System.Buffers;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Writing;

namespace GoneAway.Evidence.Server.Live;

/// <summary>Whole packets over a stream. Whoever calls sets the deadline.</summary>
internal sealed class PacketStream(Stream stream) : IAsyncDisposable
{
    /// <summary>No answer to the queries of this tool is near that size.</summary>
    private const int LargestPayload = 64 << 20;

    private readonly ArrayBufferWriter<byte> output = new();
    private readonly byte[] header = new byte[PacketHeader.Size];

    /// <summary>The next packet's sequence id, in either direction.</summary>
    public byte Sequence { get; set; }

    public async Task WriteAsync(PayloadWriter payload, CancellationToken cancel)
    {
        output.ResetWrittenCount();
        var writer = new PacketWriter(output) { Sequence = Sequence };
        writer.Write(payload.Written);
        Sequence = writer.Sequence;
        await stream.WriteAsync(output.WrittenMemory, cancel);
        await stream.FlushAsync(cancel);
        // What was written may hold a password.
        output.Clear();
    }

    /// <summary>The next payload, all its parts together.</summary>
    public async Task<byte[]> ReadAsync(LiveStage stage, CancellationToken cancel)
    {
        byte[] payload = [];
        int part;
        do
        {
            await FillAsync(header, stage, cancel);
            part = PacketHeader.LengthOf(header);
            int before = payload.Length;
            if (before + part > LargestPayload)
                throw new LiveException(stage, $"the server announced an answer of more than {LargestPayload >> 20} MB; is it a MySQL server?");
            Array.Resize(ref payload, before + part);
            await FillAsync(payload.AsMemory(before), stage, cancel);
            // An error that nobody asked for comes with 0 and is the reason for what follows.
            if (header[3] != Sequence && !(payload.Length > 0 && payload[0] == 0xFF))
                throw new LiveException(stage, $"packets out of order: expected {Sequence}, received {header[3]}; what answers is no MySQL server, or something changes the stream");
            Sequence = (byte)(header[3] + 1);
        }
        while (part == PacketHeader.MaxPart);
        return payload;
    }

    private async Task FillAsync(Memory<byte> target, LiveStage stage, CancellationToken cancel)
    {
        int at = 0;
        while (at < target.Length)
        {
            int read = await stream.ReadAsync(target[at..], cancel);
            if (read == 0)
                throw new LiveException(stage, stage switch
                {
                    LiveStage.Greeting => "the other side closed the connection before it sent a greeting",
                    LiveStage.Login => "the server closed the connection during the login",
                    _ => "the server closed the connection",
                });
            at += read;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
