using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Hostile;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>A server that knows less than the one that the client was greeted for.</summary>
public sealed class OldServerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_gets_the_end_of_its_results_as_it_was_agreed(bool newerFirst)
    {
        const ulong New = Conversation.Usual | Capabilities.DeprecateEof;
        using var server = new ScriptedServer { Offered = newerFirst ? New : Conversation.Usual, Version = newerFirst ? "8.0.36" : "5.6.51" };
        await using var gateway = new RunningGateway(RunningGateway.Before(server));
        gateway.Await(BackendState.Up);
        using RawClient client = RawClient.LoggedIn(gateway.Port, also: newerFirst ? Capabilities.DeprecateEof : 0);
        List<(byte Sequence, byte[] Payload)> before = Ask(client);

        (server.Offered, server.Version) = newerFirst ? (Conversation.Usual, "5.6.51") : (New, "8.0.36");
        server.CutAll();
        List<(byte Sequence, byte[] Payload)> after = Ask(client);

        Assert.Equal(newerFirst ? 4 : 5, before.Count);
        Assert.Equal(before.Select(static one => (one.Sequence, Convert.ToHexString(one.Payload))), after.Select(static one => (one.Sequence, Convert.ToHexString(one.Payload))));
    }

    /// <summary>What clients put into their commands, once it was agreed, no server may get that does not know it.</summary>
    [Fact]
    public async Task Nothing_is_agreed_that_one_of_the_servers_does_not_know()
    {
        const ulong New = Conversation.Usual | Capabilities.QueryAttributes;
        using var server = new ScriptedServer { Offered = New };
        using var older = new ScriptedServer { Version = "8.0.20" };
        GatewayOptions options = RunningGateway.Before(server);
        await using var gateway = new RunningGateway(options);
        gateway.Await(BackendState.Up);
        using RawClient before = RawClient.LoggedIn(gateway.Port, also: Capabilities.QueryAttributes);
        byte[] statement = Payload.Framed(0, [CommandCode.Query, 0, 1, .. "SELECT 1"u8]);
        before.Send(statement);
        Assert.Equal([1], before.Read());

        options = options with { Backends = [options.Backends[0] with { Address = $"127.0.0.1:{older.Port}" }] };
        gateway.Reload(options);
        gateway.Await(BackendState.Up);
        for (int i = 0; i < 4; i++)
            before.Read();
        before.Send(statement);
        Assert.True(ErrPacket.TryRead(before.Read(), out ErrPacket error));
        Assert.Equal(3168, error.Code);
        using RawClient after = RawClient.LoggedIn(gateway.Port);
        Assert.Equal((Capabilities.QueryAttributes, 0ul), (before.Offered & Capabilities.QueryAttributes, after.Offered & Capabilities.QueryAttributes));
        Assert.Equal(5, Ask(after).Count);
    }

    /// <summary>The packets of one answer: column count, column, row, and the ends that were agreed on.</summary>
    private static List<(byte Sequence, byte[] Payload)> Ask(RawClient client)
    {
        client.Send(RawClient.Query("SELECT 1"));
        var packets = new List<(byte, byte[])>();
        int rowsSeen = 0;
        while (true)
        {
            byte[] payload = client.Read() ?? throw new IOException("the answer has no end");
            packets.Add((client.LastSequence, payload));
            rowsSeen += payload.AsSpan().SequenceEqual("\u00011"u8) ? 1 : 0;
            if (payload[0] == 0xFF || payload[0] == 0xFE && rowsSeen > 0)
                return packets;
        }
    }
}
