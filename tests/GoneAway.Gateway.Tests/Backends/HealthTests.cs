using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Servers that die, freeze, lag and come back, behind a running core.</summary>
[Collection(BackendServers.Name)]
public sealed class HealthTests(TwoServers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [ServerFact(Flavour.MariaDb)]
    public async Task WorkGoesToBothServersAndToOneWhileTheOtherIsDead()
    {
        await using var gateway = new RunningGateway(RunningGateway.Checked(servers.One, servers.Two));
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal(["1", "2"], await SeenAsync(application));
        servers.Two.Crash();
        try
        {
            gateway.Await(BackendState.Down, 1);
            Assert.Equal(["1"], await SeenAsync(application));
        }
        finally
        {
            servers.Two.StartAgain();
        }
        gateway.Await(BackendState.Up, 1);
        Assert.Equal(["1", "2"], await SeenAsync(application));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AFrozenServerIsFoundAndOneThatThawsComesBack()
    {
        await using var gateway = new RunningGateway(RunningGateway.Checked(servers.One, servers.Two));
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        servers.Two.Signal("STOP");
        try
        {
            gateway.Await(BackendState.Down, 1);
            Assert.Equal(BackendState.Up, gateway.Backends[0].State);
        }
        finally
        {
            servers.Two.Signal("CONT");
        }
        gateway.Await(BackendState.Up, 1);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AReadThatWaitsOnAFrozenServerMovesToAnother(bool isChecked)
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(isChecked ? options : options with { Health = options.Health with { User = null } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application first = await gateway.ConnectAsync(), second = await gateway.ConnectAsync();
        Assert.Equal(["1", "2"], await SeenAsync(first));
        servers.Two.Signal("STOP");
        try
        {
            Task<string>[] reads = [first.AskAsync("SELECT @@server_id"), second.AskAsync("SELECT @@server_id")];
            Assert.Equal(["1", "1"], await Task.WhenAll(reads));
        }
        finally
        {
            servers.Two.Signal("CONT");
        }
        gateway.Await(BackendState.Up, 1);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AReadOnlyServerGetsNoWorkWhereWritesAreWanted()
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { RequireWritable = true } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application direct = await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password), application = await gateway.ConnectAsync();
        Assert.Equal("", await direct.AskAsync("SET GLOBAL read_only = 1"));
        try
        {
            gateway.Await(one => one is { State: BackendState.Leaving, Reason: "it is read only" }, 1);
            Assert.Equal(["1"], await SeenAsync(application));
            gateway.Await(static one => one is { InUse: 0, Open: 0 }, 1);
        }
        finally
        {
            await direct.AskAsync("SET GLOBAL read_only = 0");
        }
        gateway.Await(BackendState.Up, 1);
        Assert.Equal(["1", "2"], await SeenAsync(application));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AServerThatLeavesIsNotForgottenWhenNobodyChecksItAnyMore()
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { RequireWritable = true } });
        gateway.Await(BackendState.Up, 1);
        using Application direct = await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password);
        Assert.Equal("", await direct.AskAsync("SET GLOBAL read_only = 1"));
        try
        {
            gateway.Await(BackendState.Leaving, 1);
            gateway.Reload(options with { Health = new HealthOptions { Interval = options.Health.Interval } });
            gateway.Await(BackendState.Up, 1);
        }
        finally
        {
            await direct.AskAsync("SET GLOBAL read_only = 0");
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AReplicaThatStandsStillOrLagsGetsNoWorkUntilItHasCaughtUp()
    {
        using Application source = await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password);
        using Application replica = await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password);
        string position = await source.AskAsync("SELECT @@gtid_binlog_pos");
        Assert.Equal("", await replica.AskAsync("SET GLOBAL gtid_slave_pos = '" + position + "'"));
        Assert.Equal("", await replica.AskAsync($"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={servers.One.Port}, MASTER_USER='app', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos"));
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { MaxReplicaLag = TimeSpan.FromSeconds(1) } });
        try
        {
            gateway.Await(static one => one is { State: BackendState.Leaving, Lag: null } && one.Reason!.Contains("not running", StringComparison.Ordinal), 1);
            Assert.Equal("", await replica.AskAsync("START SLAVE"));
            gateway.Await(static one => one is { State: BackendState.Up, Lag: not null }, 1);
            Assert.Null(gateway.Backends[0].Lag);
            await replica.AskAsync("STOP SLAVE SQL_THREAD");
            gateway.Await(BackendState.Leaving, 1);
            await replica.AskAsync("START SLAVE SQL_THREAD");
            gateway.Await(BackendState.Up, 1);
            // A table that is locked keeps the replica from going on.
            await replica.AskAsync("LOCK TABLES shop.t WRITE");
            await source.AskAsync("INSERT INTO shop.t VALUES (1)");
            gateway.Await(static one => one.State == BackendState.Leaving && one.Lag > TimeSpan.FromSeconds(1), 1);
            await replica.AskAsync("UNLOCK TABLES");
            gateway.Await(static one => one.State == BackendState.Up && one.Lag == TimeSpan.Zero, 1);
        }
        finally
        {
            await replica.AskAsync("UNLOCK TABLES");
            await replica.AskAsync("STOP SLAVE");
            await replica.AskAsync("RESET SLAVE ALL");
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ABusyServerGetsNoNewWork()
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { MaxThreadsRunning = 6 } });
        gateway.Await(BackendState.Up, 1);
        var sleepers = new List<Application>();
        for (int i = 0; i < 8; i++)
            sleepers.Add(await Application.ConnectAsync(servers.Two.Port, RunningGateway.User, RunningGateway.Password));
        Task<string>[] asleep = [.. sleepers.Select(static one => one.AskAsync("SELECT SLEEP(3)"))];
        gateway.Await(static one => one.State == BackendState.Leaving && one.Reason!.Contains("threads are running", StringComparison.Ordinal), 1);
        await Task.WhenAll(asleep);
        sleepers.ForEach(static one => one.Dispose());
        gateway.Await(BackendState.Up, 1);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WithoutAnAccountAServerThatCameBackIsUpInTime()
    {
        GatewayOptions options = RunningGateway.Plain(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { RampUp = TimeSpan.FromSeconds(1) } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application application = await gateway.ConnectAsync();
        servers.Two.Crash();
        while (gateway.Backends[1].State == BackendState.Up)
            await application.AskAsync("SELECT 1");
        servers.Two.StartAgain();
        gateway.Await(BackendState.Ramping, 1);
        gateway.Await(BackendState.Up, 1);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AReloadReadsThePasswordAnew()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "");
            GatewayOptions options = RunningGateway.Checked(servers.One);
            options = options with { Health = options.Health with { PasswordFile = file } };
            await using var gateway = new RunningGateway(options);
            gateway.Await(BackendState.Up);
            using Application application = await gateway.ConnectAsync();
            Assert.Equal("", await application.AskAsync("ALTER USER monitor@'%' IDENTIFIED BY 'rotated'"));
            File.WriteAllText(file, "rotated\n");
            gateway.Reload(options);
            servers.One.Crash();
            gateway.Await(BackendState.Down);
            servers.One.StartAgain();
            gateway.Await(BackendState.Up);
            Assert.Equal("", await application.AskAsync("ALTER USER monitor@'%' IDENTIFIED BY ''"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ChecksAreNoConnects()
    {
        using Application direct = await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password);
        GatewayOptions options = RunningGateway.Checked(servers.One);
        await using var gateway = new RunningGateway(options with { Health = options.Health with { Interval = TimeSpan.FromMilliseconds(100) } });
        gateway.Await(BackendState.Up);
        // The first may still be on its way.
        string monitor = "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'monitor'";
        Assert.True(Poll.Until(() => direct.AskAsync(monitor).Result != "0", Patience));
        string aborted = await CountAsync(direct, "Aborted_connects"), connects = await CountAsync(direct, "Connections"), asked = await CountAsync(direct, "Com_select");
        Assert.True(Poll.Until(() => int.Parse(CountAsync(direct, "Com_select").Result, null) > int.Parse(asked, null) + 20, Patience));
        Assert.Equal(aborted, await CountAsync(direct, "Aborted_connects"));
        Assert.Equal(connects, await CountAsync(direct, "Connections"));
        Assert.Equal(0, gateway.Backends[0].Open);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WithoutAnAccountNothingIsAskedWhileAllIsWell()
    {
        using Application direct = await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password);
        GatewayOptions options = RunningGateway.Plain(servers.One);
        await using var gateway = new RunningGateway(options);
        gateway.Await(BackendState.Up);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
        string connects = await CountAsync(direct, "Connections");
        Assert.Equal("0", await application.AskAsync("SELECT SLEEP(2)"));
        Assert.Equal(connects, await CountAsync(direct, "Connections"));
    }

    private static async Task<string> CountAsync(Application direct, string name) =>
        await direct.AskAsync($"SELECT VARIABLE_VALUE FROM information_schema.global_status WHERE VARIABLE_NAME = '{name}'");

    private static async Task<string[]> SeenAsync(Application application)
    {
        var seen = new SortedSet<string>();
        for (int i = 0; i < 20; i++)
            seen.Add(await application.AskAsync("SELECT @@server_id"));
        return [.. seen];
    }
}
