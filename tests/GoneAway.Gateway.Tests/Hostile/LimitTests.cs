using System.Net.Security;
using System.Net.Sockets;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Times, sizes and numbers that no client can exceed, while another works.</summary>
[Collection(HostileServers.Name)]
public sealed class LimitTests(HostileServer mariaDb)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] AsksForTls = RawClient.Framed(1, new PayloadWriter().UInt32((uint)(Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.Ssl)).UInt32(1 << 24).Byte(45).Bytes(new byte[23]).Written);

    /// <summary>The beginning of a TLS ClientHello of 512 bytes.</summary>
    private static readonly byte[] HalfHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. new byte[100]];

    [ServerFact(Flavour.MariaDb)]
    public void One_client_too_many_is_told_so()
    {
        // The client at work is one of them.
        using var gateway = new HostileGateway(mariaDb.Server!, static options => options with { Clients = options.Clients with { MaxConnections = 3 } });
        gateway.AssertUnharmed();
        using RawClient first = RawClient.LoggedIn(gateway.Port), second = RawClient.LoggedIn(gateway.Port);
        using (var third = new RawClient(gateway.Port))
            Assert.StartsWith("1040 Too many connections", RawClient.ErrorText(third.Read()!), StringComparison.Ordinal);
        gateway.Incident("too-many-connections");
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Sixteen_megabytes_of_nothing_are_refused_at_their_beginning()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        byte[] nothing = new byte[16 << 20];
        try
        {
            client.Send(nothing);
        }
        catch (SocketException)
        {
            // The gateway does not read it all.
        }
        Assert.True(Poll.Until(() => gateway.Counters.StrayBytes > 0, Patience));
        Assert.InRange(gateway.Counters.StrayBytes, 1, 128 * 1024);
        gateway.AssertUnharmed();
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true)]
    [InlineData(false)]
    public void Tls_that_stops_half_way_ends_in_time(bool staysOpen)
    {
        using var gateway = new HostileGateway(mariaDb.Server!, static options => options with { Clients = options.Clients with { HandshakeTimeout = TimeSpan.FromSeconds(2) } });
        var open = new List<RawClient>();
        for (int i = 0; i < 50; i++)
        {
            var client = new RawClient(gateway.Port);
            client.Read();
            client.Send(AsksForTls);
            client.Send(HalfHello);
            open.Add(client);
            if (!staysOpen)
                client.Dispose();
        }
        gateway.AssertUnharmed();
        if (staysOpen)
            Assert.All(open, static client => Assert.True(client.IsEnded()));
        Assert.True(Poll.Until(() => gateway.Core.Status.Clients == 1, Patience), $"{gateway.Core.Status.Clients} clients are left");
        open.ForEach(static one => one.Dispose());
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task Bytes_that_are_no_tls_record_end_the_session()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using var client = new RawClient(gateway.Port);
        client.Read();
        client.Send(AsksForTls);
#pragma warning disable CA5359 // The certificate is the gateway's own, made for this run.
        await using var tls = new SslStream(new NetworkStream(client.Socket), leaveInnerStreamOpen: true, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(Patience);
        client.Send("SELECT 1, in clear text"u8);
        Assert.True(client.IsEnded());
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Commands_that_come_byte_by_byte_are_answered_and_keep_nobody_waiting()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        var open = new List<RawClient>();
        for (int i = 0; i < 30; i++)
            open.Add(RawClient.LoggedIn(gateway.Port));
        byte[] query = RawClient.Query("SELECT 4711");
        for (int i = 0; i < query.Length; i++)
            foreach (RawClient one in open)
                one.Send(query.AsSpan(i, 1));
        gateway.AssertUnharmed();
        Assert.All(open, static one => Assert.Equal("4711", one.Answer()));
        open.ForEach(static one => one.Dispose());
    }
}
