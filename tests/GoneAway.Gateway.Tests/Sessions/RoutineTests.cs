using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>What routines set goes with their session, whatever the server tells of it, and whichever end of results the client knows.</summary>
public sealed class RoutineTests
{
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(0)]
    [InlineData(Capabilities.DeprecateEof)]
    public Task OnMariaDb(ulong also) => NothingStaysAsync(Flavour.MariaDb, also);

    [ServerTheory(Flavour.MySql)]
    [InlineData(0)]
    [InlineData(Capabilities.DeprecateEof)]
    public Task OnMySql(ulong also) => NothingStaysAsync(Flavour.MySql, also);

    private static async Task NothingStaysAsync(Flavour flavour, ulong also)
    {
        using var server = LocalServer.Start(flavour, """
            CREATE DATABASE shop;
            CREATE USER app@'%' IDENTIFIED BY 'secret';
            GRANT ALL ON *.* TO app@'%';
            """.ReplaceLineEndings("\n"), flavour == Flavour.MySql ? ["--log-bin-trust-function-creators=1"] : []);
        GatewayOptions options = RunningGateway.Plain(server);
        await using var gateway = new RunningGateway(options with { Operation = options.Operation with { Threads = 1 }, Pool = new PoolOptions { Mode = PoolMode.Session }, Accounts = flavour == Flavour.MySql ? new AccountOptions() : options.Accounts });
        using (Application author = await Application.ConnectAsync(gateway.Port, RunningGateway.User, RunningGateway.Password))
            foreach (string statement in (string[])[
                "CREATE PROCEDURE shop.selects() SELECT 7 INTO @x",
                "CREATE PROCEDURE shop.sets() SET @x = 7",
                "CREATE FUNCTION shop.assigns() RETURNS INT NO SQL BEGIN SET @x = 7, SESSION group_concat_max_len = 2000; RETURN 1; END",
                "CREATE FUNCTION shop.into_it() RETURNS INT NO SQL BEGIN SELECT 7 INTO @x; RETURN 1; END"])
                Assert.Equal("", await author.AskAsync(statement));
        gateway.Await(static one => one.InUse == 0);
        foreach (string statement in (string[])["CALL shop.sets()", "SELECT shop.assigns()", "CALL shop.selects()", "SELECT shop.into_it()"])
        {
            Task<Application> Connect() => gateway.ConnectAsync(also);
            string thread;
            using (Application one = await Connect())
                thread = await one.AskAsync("SELECT CONNECTION_ID()");
            gateway.Await(static one => one.InUse == 0);
            using (Application one = await Connect())
            {
                Assert.Equal(thread, await one.AskAsync("SELECT CONNECTION_ID()"));
                Assert.Equal(statement[0] == 'C' ? "" : "1", await one.AskAsync(statement));
            }
            gateway.Await(static one => one.InUse == 0);
            using Application next = await Connect();
            Assert.Equal($"{statement}: 1", $"{statement}: {await next.AskAsync("SELECT @x IS NULL AND @@group_concat_max_len <> 2000")}");
            next.Dispose();
            gateway.Await(static one => one.InUse == 0);
        }
    }
}
