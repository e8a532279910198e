using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Time, memory and numbers that no client can exceed, while another works.</summary>
[Collection(HostileServers.Name)]
public sealed class LimitTests(HostileServer mariaDb)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
        catch (System.Net.Sockets.SocketException)
        {
            // The gateway does not read it all.
        }
        Assert.True(Poll.Until(() => gateway.Counters.StrayBytes > 0, Patience));
        Assert.InRange(gateway.Counters.StrayBytes, 1, 128 * 1024);
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
}
