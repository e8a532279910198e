using System.Net;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Sessions on servers that leave, freeze or move.</summary>
[Collection(BackendServers.Name)]
public sealed class LeavingTests(TwoServers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [ServerFact(Flavour.MariaDb)]
    public async Task AnIdleSessionMovesAndATransactionStaysToItsEnd()
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Pool = new PoolOptions { Mode = PoolMode.Session }, Health = options.Health with { RequireWritable = true } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application direct = await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password);
        using Application idle = await OnSecondAsync(gateway), busy = await OnSecondAsync(gateway);
        Assert.Equal("", await busy.AskAsync("START TRANSACTION"));
        Assert.Equal("2", await busy.AskAsync("SELECT @@server_id"));
        await direct.AskAsync("SET GLOBAL read_only = 1");
        try
        {
            gateway.Await(BackendState.Leaving, 1);
            gateway.Await(static one => one.Open == 1, 1);
            Assert.Equal("1", await idle.AskAsync("SELECT @@server_id"));
            Assert.Equal("2", await busy.AskAsync("SELECT @@server_id"));
            Assert.Equal("", await busy.AskAsync("COMMIT"));
            Assert.Equal("1", await busy.AskAsync("SELECT @@server_id"));
            gateway.Await(static one => one.Open == 0, 1);
        }
        finally
        {
            await direct.AskAsync("SET GLOBAL read_only = 0");
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AWriteWaitsForAServerThatIsFrozenAndIsDoneOnce()
    {
        await using var gateway = new RunningGateway(RunningGateway.Checked(servers.One, servers.Two));
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application direct = await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password);
        await direct.AskAsync("CREATE OR REPLACE TABLE shop.written (server INT)");
        using Application source = await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password);
        await source.AskAsync("CREATE OR REPLACE TABLE shop.written (server INT)");
        using Application application = await gateway.ConnectAsync();
        Assert.True(Poll.Until(() => application.AskAsync("SELECT @@server_id").Result == "1", Patience));
        Task<string> write;
        servers.Two.Signal("STOP");
        try
        {
            // Round robin: this one, or the next, is the frozen server's.
            write = application.AskAsync("INSERT INTO shop.written VALUES (@@server_id)");
            gateway.Await(BackendState.Down, 1);
            if (write.IsCompleted)
                return;
            Assert.Equal(1, gateway.Backends[1].InUse);
        }
        finally
        {
            servers.Two.Signal("CONT");
        }
        Assert.Equal("", await write);
        gateway.Await(BackendState.Up, 1);
        Assert.Equal("1", await direct.AskAsync("SELECT COUNT(*) FROM shop.written"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhereANameGetsAnotherAddressItsConnectionsAreLeftGently()
    {
        IPAddress[] found = [IPAddress.Loopback];
        GatewayOptions options = RunningGateway.Plain(servers.One);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { Address = $"db.example:{servers.One.Port}" }], Pool = new PoolOptions { Mode = PoolMode.Session } },
            (_, _) => Task.FromResult(found));
        gateway.Await(BackendState.Up);
        using Application application = await gateway.ConnectAsync();
        string before = await application.AskAsync("SELECT CONNECTION_ID()");
        Assert.Equal(before, await application.AskAsync("SELECT CONNECTION_ID()"));
        found = [IPAddress.Parse("127.0.0.2")];
        string after = before;
        Assert.True(Poll.Until(() => (after = application.AskAsync("SELECT CONNECTION_ID()").Result) != before, Patience));
        Assert.Equal(after, await application.AskAsync("SELECT CONNECTION_ID()"));
        gateway.Await(static one => one.Open == 1);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task OfSeveralAddressesOneThatAnswersIsEnough()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { Address = $"db.example:{servers.One.Port}" }] },
            static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")]));
        gateway.Await(BackendState.Up);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("1", await application.AskAsync("SELECT @@server_id"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AReloadTakesServersInAndOut()
    {
        GatewayOptions options = RunningGateway.Checked(servers.One);
        await using var gateway = new RunningGateway(options);
        gateway.Await(BackendState.Up);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("1", await application.AskAsync("SELECT @@server_id"));
        gateway.Reload(RunningGateway.Checked(servers.Two));
        gateway.Await(BackendState.Up);
        Assert.Equal("2", await application.AskAsync("SELECT @@server_id"));
        Assert.Single(gateway.Backends);
    }

    private static async Task<Application> OnSecondAsync(RunningGateway gateway)
    {
        while (true)
        {
            Application application = await gateway.ConnectAsync();
            if (await application.AskAsync("SELECT @@server_id") == "2")
                return application;
            application.Dispose();
        }
    }
}
