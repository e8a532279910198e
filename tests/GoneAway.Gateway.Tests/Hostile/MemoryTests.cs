using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>What hostile clients cost in memory, while another works. No other tests run meanwhile: the memory measured is the whole process's.</summary>
[Collection(Alone.Name)]
public sealed class MemoryTests(HostileServer mariaDb)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    [ServerFact(Flavour.MariaDb)]
    public void Handshakes_that_are_half_open_cost_little_and_end()
    {
        const int Clients = 300;
        // Two buffers of 4 KB, the session and its socket; a header claims 64 KB.
        const long MostOfEach = 32 * 1024;
        using var gateway = new HostileGateway(mariaDb.Server!, static options => options with { Clients = options.Clients with { HandshakeTimeout = TimeSpan.FromSeconds(8) } });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var open = new List<RawClient>();
        for (int i = 0; i < Clients; i++)
        {
            open.Add(new RawClient(gateway.Port));
            open[^1].Send([0xFF, 0xFF, 0, 1, 0x85]);
        }
        Assert.True(Poll.Until(() => gateway.Core.Status.Clients > Clients / 2, Patience));
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Clients;
        Assert.True(each < MostOfEach, $"{each} bytes for each");
        gateway.AssertUnharmed();
        Assert.True(Poll.Until(() => gateway.Counters.HandshakeTimeouts == Clients, Patience), $"{gateway.Counters.HandshakeTimeouts} timed out");
        open.ForEach(static one => one.Dispose());
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_header_that_claims_a_megabyte_costs_what_has_come()
    {
        const int Clients = 100;
        using var gateway = new HostileGateway(mariaDb.Server!);
        var open = new List<RawClient>();
        for (int i = 0; i < Clients; i++)
            open.Add(RawClient.LoggedIn(gateway.Port));
        long before = GC.GetTotalMemory(forceFullCollection: true), received = gateway.Counters.Queries;
        foreach (RawClient one in open)
            one.Send([0, 0, 0x10, 0, CommandCode.Query, (byte)'S']);
        gateway.AssertUnharmed();
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Clients;
        Assert.True(each < 16 * 1024, $"{each} bytes for each");
        Assert.True(received <= gateway.Counters.Queries);
        open.ForEach(static one => one.Dispose());
        gateway.AssertUnharmed();
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

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<HostileServer>
{
    public const string Name = "alone";
}
