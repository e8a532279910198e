using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Connects without end, TLS that stops half-way, commands byte by byte, frames that lie: while another works.</summary>
[Collection(HostileServers.Name)]
public sealed class FloodTests(HostileServer mariaDb)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] AsksForTls = RawClient.Framed(1, new PayloadWriter().UInt32((uint)(Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.Ssl)).UInt32(1 << 24).Byte(45).Bytes(new byte[23]).Written);

    /// <summary>The beginning of a TLS ClientHello of 512 bytes.</summary>
    private static readonly byte[] HalfHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. new byte[100]];

    [ServerFact(Flavour.MariaDb)]
    public void Twenty_thousand_connects_leave_nothing_behind()
    {
        const int Threads = 4, Each = 5_000;
        using var gateway = new HostileGateway(mariaDb.Server!);
        gateway.AssertUnharmed();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            for (int i = 0; i < Each; i++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, gateway.Port);
                // With RST, so that no port of the host is kept for a minute.
                socket.LingerState = new LingerOption(true, 0);
            }
        });
        gateway.AssertUnharmed();
        Assert.True(Poll.Until(() => gateway.Core.Status.Clients == 1, Patience), $"{gateway.Core.Status.Clients} clients are left");
        Assert.True(gateway.Counters.ClientsAccepted > Each, $"{gateway.Counters.ClientsAccepted} were accepted");
        long left = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(left < 16 << 20, $"{left} bytes are left");
        Assert.True(gateway.Events.Count < 1_000, $"{gateway.Events.Count} events for one trouble");
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

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(20, 0xFFFFFF)]
    [InlineData(0xFFFFFF, 0xFFFFFF)]
    [InlineData(0, 1)]
    public void A_compressed_frame_that_lies_costs_its_own_session_alone(int length, int uncompressed)
    {
        using var gateway = new HostileGateway(mariaDb.Server!, static options => options with { Clients = options.Clients with { Compression = true, IdleTimeout = TimeSpan.FromSeconds(3) } });
        using RawClient client = RawClient.LoggedIn(gateway.Port, also: Capabilities.Compress);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        client.Send([(byte)length, (byte)(length >> 8), (byte)(length >> 16), 0, (byte)uncompressed, (byte)(uncompressed >> 8), (byte)(uncompressed >> 16), .. new byte[Math.Min(length, 20)]]);
        gateway.AssertUnharmed();
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 1 << 20);
        Assert.True(client.IsEnded());
        gateway.AssertUnharmed();
    }
}
