using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Few connections for many sessions.</summary>
[Collection(BackendServers.Name)]
public sealed class PoolTests(TwoServers servers)
{
    private const int Sessions = 40;

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ManySessionsOfTwoAccountsOnThreeConnectionsAllGetOnAlike(int threads)
    {
        GatewayOptions options = RunningGateway.Plain(servers.One);
        await using var gateway = new RunningGateway(options with
        {
            Backends = [options.Backends[0] with { MaxConnections = 3 }],
            Accounts = options.Accounts with { Entries = [options.Accounts.Entries[0], options.Accounts.Entries[0] with { User = "other" }] },
            Operation = new OperationOptions { Threads = threads },
        });
        gateway.Await(BackendState.Up);
        int[] done = new int[Sessions];
        int[]? whenOneHadFifty = null;
        async Task WorkAsync(int number)
        {
            using Application application = await Application.ConnectAsync(gateway.Port, number % 2 == 0 ? "app" : "other", RunningGateway.Password);
            for (int i = 0; i < 60; i++)
            {
                Assert.Equal("0", await application.AskAsync("SELECT SLEEP(0.002)"));
                if (Interlocked.Increment(ref done[number]) == 50)
                    Interlocked.CompareExchange(ref whenOneHadFifty, [.. done], null);
            }
        }
        Task all = Task.WhenAll(Enumerable.Range(0, Sessions).Select(WorkAsync));
        await all.WaitAsync(TimeSpan.FromSeconds(120));
        Assert.All(done, static one => Assert.Equal(60, one));
        Assert.True(whenOneHadFifty!.Min() >= 15, string.Join(' ', whenOneHadFifty!));
        Assert.InRange(gateway.Backends[0].Open, 1, 3);
        // The last one's answer is there before its connection is given back.
        Assert.True(Poll.Until(() => gateway.Backends[0].InUse == 0 && gateway.Core.Status.Waiting == 0, TimeSpan.FromSeconds(20)));
    }

    /// <summary>Both servers are full, one of them with connections that nobody uses: whichever is picked, nobody waits for the one at work.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task WhatLiesIdleOnAnotherServerMakesRoom()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with
        {
            Backends = [.. options.Backends.Select(static one => one with { MaxConnections = 1 })],
            Accounts = options.Accounts with { Entries = [options.Accounts.Entries[0], options.Accounts.Entries[0] with { User = "other" }] },
            Pool = options.Pool with { Mode = PoolMode.Transaction },
            Operation = new OperationOptions { Threads = 1 },
        });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        Task<Application> OtherAsync() => Application.ConnectAsync(gateway.Port, "other", RunningGateway.Password);
        using Application first = await gateway.ConnectAsync(), second = await gateway.ConnectAsync();
        using Application slow = await OtherAsync(), quick = await OtherAsync();
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(["0", "0"], await Task.WhenAll(first.AskAsync("SELECT SLEEP(0.1)"), second.AskAsync("SELECT SLEEP(0.1)")));
            gateway.Await(_ => gateway.Backends[0].InUse + gateway.Backends[1].InUse == 0);
            Task<string> works = slow.AskAsync("SELECT SLEEP(4)");
            Assert.True(Poll.Until(() => gateway.Backends[0].InUse + gateway.Backends[1].InUse == 1, TimeSpan.FromSeconds(20)));
            Assert.Equal("1", await quick.AskAsync("SELECT 1"));
            Assert.False(works.IsCompleted, $"it waited, in round {round}");
            Assert.Equal("0", await works);
        }
    }

    /// <summary>Of an account that is not known: a server decides, whichever has room.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task ALoginGoesToAServerThatHasRoom()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with
        {
            Backends = [.. options.Backends.Select(static one => one with { MaxConnections = 1 })],
            Accounts = new AccountOptions(),
            Operation = new OperationOptions { Threads = 1 },
        });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        // It has its server connection for good: what can be learned of such an account is not enough for another login.
        using Application holder = await gateway.ConnectAsync();
        Assert.Equal("", await holder.AskAsync("BEGIN"));
        for (int i = 0; i < 4; i++)
        {
            using Application application = await gateway.ConnectAsync().WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal("1", await application.AskAsync("SELECT 1"));
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhereOthersHaveTakenTheServersConnectionsSessionsWait()
    {
        await using var gateway = new RunningGateway(RunningGateway.Plain(servers.One));
        gateway.Await(BackendState.Up);
        var others = new List<Application>();
        for (int i = 0; i < 30; i++)
            others.Add(await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password));
        async Task WorkAsync()
        {
            using Application application = await gateway.ConnectAsync();
            for (int i = 0; i < 10; i++)
                Assert.Equal("0", await application.AskAsync("SELECT SLEEP(0.02)"));
        }
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => WorkAsync())).WaitAsync(TimeSpan.FromSeconds(120));
        others.ForEach(static one => one.Dispose());
        Assert.Equal(BackendState.Up, gateway.Backends[0].State);
        gateway.Await(one => one.InUse == 0 && gateway.Core.Status.Waiting == 0);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ConnectionsThatAreOnlyPingedGoInTime()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One);
        await using var gateway = new RunningGateway(options with { Pool = options.Pool with { Mode = PoolMode.Transaction, IdleTimeout = TimeSpan.FromSeconds(3) } });
        using Application application = await gateway.ConnectAsync();
        // A ping is due after half of it.
        Assert.Equal("", await application.AskAsync("SET SESSION wait_timeout=2"));
        await application.AskAsync("SELECT 1");
        gateway.Await(static one => one is { Open: 1, InUse: 0 });
        gateway.Await(static one => one.Open == 0);
        Assert.Equal("2", await application.AskAsync("SELECT @@wait_timeout"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WarmConnectionsOfOneServerDoNotWaitForAnotherThatIsFull()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { MaxConnections = 1 }, options.Backends[1]], Pool = options.Pool with { Warm = 3 } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
        gateway.Await(static one => one.Idle >= 3, 1);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ConnectionsAreKeptWarmOnEachServer()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Pool = options.Pool with { Warm = 3 } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using (Application application = await gateway.ConnectAsync())
            Assert.Equal("1", await application.AskAsync("SELECT 1"));
        gateway.Await(static one => one.Idle >= 3);
        gateway.Await(static one => one.Idle >= 3, 1);
        servers.Two.Crash();
        servers.Two.StartAgain();
        gateway.Await(static one => one is { State: BackendState.Up or BackendState.Ramping, Idle: >= 3 }, 1);
    }
}
