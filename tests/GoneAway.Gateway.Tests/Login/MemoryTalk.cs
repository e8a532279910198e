using System.Threading.Channels;
using GoneAway.Gateway.Login;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>Two ends of a connection in memory. An end that is closed ends the other's reads with IOException.</summary>
internal sealed class MemoryTalk : IPacketTalk
{
    private readonly Channel<byte[]> incoming = Channel.CreateUnbounded<byte[]>();
    private MemoryTalk other = null!;

    public byte Sequence { get; set; }
    public bool IsPrivate { get; set; }

    /// <summary>All that was read.</summary>
    public List<byte[]> Seen { get; } = [];

    public static (MemoryTalk Client, MemoryTalk Server) Pair()
    {
        var client = new MemoryTalk();
        var server = new MemoryTalk { other = client };
        client.other = server;
        return (client, server);
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        try
        {
            byte[] payload = await incoming.Reader.ReadAsync();
            Seen.Add(payload);
            return payload;
        }
        catch (ChannelClosedException error)
        {
            throw new IOException("closed", error);
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> payload)
    {
        other.incoming.Writer.TryWrite(payload.ToArray());
        return ValueTask.CompletedTask;
    }

    public ValueTask SecureAsync()
    {
        IsPrivate = true;
        return ValueTask.CompletedTask;
    }

    public void Close() => other.incoming.Writer.TryComplete();
}
