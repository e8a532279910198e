using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>Nothing of one session reaches another that has its server connection after it, and nothing of it is lost.</summary>
[Collection(SessionServers.Name)]
public sealed class SharedConnectionTests(SessionServer fixture) : IAsyncLifetime
{
    private RunningGateway gateway = null!;
    private Application one = null!, other = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        one?.Dispose();
        other?.Dispose();
        if (gateway is not null)
            await gateway.DisposeAsync();
    }

    private async Task StartAsync(int connections, Func<GatewayOptions, GatewayOptions>? change = null)
    {
        GatewayOptions options = fixture.Options(PoolMode.Transaction);
        options = options with { Backends = [options.Backends[0] with { MaxConnections = connections }] };
        gateway = new RunningGateway(change?.Invoke(options) ?? options);
        one = await gateway.ConnectAsync();
        other = await gateway.ConnectAsync();
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task InsertIdsAreEachSessionsOwn()
    {
        await StartAsync(connections: 1);
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal("0", await one.AskAsync("SELECT LAST_INSERT_ID()"));
        Assert.Equal("42", await one.AskAsync("SELECT LAST_INSERT_ID(42)"));
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal("42", await one.AskAsync("SELECT LAST_INSERT_ID()"));
        string id = await one.AskAsync("INSERT INTO shop.t (v) VALUES ('x') RETURNING id");
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal(id, await one.AskAsync("SELECT LAST_INSERT_ID()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AResetAfterAResetResets()
    {
        await StartAsync(connections: 1);
        await one.OrderAsync(CommandCode.ResetConnection);
        await one.AskAsync("SET time_zone='+05:00'");
        await other.AskAsync("SELECT 1");
        await one.OrderAsync(CommandCode.ResetConnection);
        Assert.Equal("SYSTEM", await one.AskAsync("SELECT @@time_zone"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task TheSameTextTwiceHasTwoCursors()
    {
        await StartAsync(connections: 1);
        const string text = "SELECT v FROM (SELECT 'a' AS v UNION SELECT 'b') t ORDER BY v";
        uint first = await one.PrepareAsync(text), second = await one.PrepareAsync(text);
        await one.OpenCursorAsync(first);
        Assert.Equal("a", await one.FetchAsync(first));
        await one.OpenCursorAsync(second);
        Assert.Equal("b", await one.FetchAsync(first));
        Assert.Equal("a", await one.FetchAsync(second));
        uint third = await one.PrepareAsync(text);
        await one.OpenCursorAsync(third);
        Assert.Equal("b", await one.FetchAsync(second));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AClosedStatementIsNobodysAnyMore()
    {
        await StartAsync(connections: 1);
        const string text = "SELECT v FROM (SELECT 'a' AS v UNION SELECT 'b') t ORDER BY v";
        uint others = await other.PrepareAsync(text), id = await one.PrepareAsync(text);
        await one.OpenCursorAsync(id);
        await one.FetchAsync(id);
        await one.TellAsync([CommandCode.StmtClose, .. BitConverter.GetBytes(id)]);
        Assert.Equal("", await one.ExecuteAsync(await one.PrepareAsync("DO 1"), null));
        await other.OpenCursorAsync(others);
        Assert.Equal("a", await other.FetchAsync(others));
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("CALL shop.sets()", "SELECT @x", "5")]
    [InlineData("SELECT shop.setting()", "SELECT @x", "6")]
    [InlineData("SELECT NEXTVAL(shop.s) > 0", "SELECT LASTVAL(shop.s) > 0", "1")]
    public async Task WhatRoutinesSetStays(string first, string second, string expected)
    {
        await StartAsync(connections: 3);
        foreach (string statement in (string[])[
            "CREATE OR REPLACE PROCEDURE shop.sets() BEGIN SET SESSION group_concat_max_len = 2000; SET @x = 5; END",
            "CREATE OR REPLACE FUNCTION shop.setting() RETURNS INT NO SQL BEGIN SET @x = 6; RETURN 1; END",
            "CREATE SEQUENCE IF NOT EXISTS shop.s"])
            Assert.Equal("", await other.AskAsync(statement));
        Assert.DoesNotContain(" ", await one.AskAsync(first), StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
            Assert.NotEqual(expected, await other.AskAsync(second));
        Assert.Equal(expected, await one.AskAsync(second));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhatAFailedRoutineHasSetIsItsSessions()
    {
        await StartAsync(connections: 2);
        await other.AskAsync("CREATE OR REPLACE PROCEDURE shop.fails() BEGIN SET SESSION foreign_key_checks = 0; SIGNAL SQLSTATE '45000'; END");
        Assert.StartsWith("1644", await one.AskAsync("CALL shop.fails()"), StringComparison.Ordinal);
        Assert.Equal("0", await one.AskAsync("SELECT @@foreign_key_checks"));
        for (int i = 0; i < 3; i++)
            Assert.Equal("1", await other.AskAsync("SELECT @@foreign_key_checks"));
        Assert.Equal("0", await one.AskAsync("SELECT @@foreign_key_checks"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AReadThatFailsHasBegunATransactionToo()
    {
        await StartAsync(connections: 1, static options => options with { Pool = options.Pool with { DiagnosticsHold = TimeSpan.Zero, QueueTimeout = TimeSpan.FromMilliseconds(300) } });
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x'), ('y')");
        await one.AskAsync("SET autocommit=0");
        Assert.StartsWith("1242", await one.AskAsync("SELECT (SELECT v FROM shop.t)"), StringComparison.Ordinal);
        Assert.StartsWith("1040", await other.AskAsync("SELECT 1"), StringComparison.Ordinal);
        Assert.Equal("", await one.AskAsync("COMMIT"));
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhatHoldsForTheNextTransactionWaitsForIt()
    {
        await StartAsync(connections: 2);
        Assert.Equal("", await one.AskAsync("SET TRANSACTION READ ONLY"));
        await one.OrderAsync(CommandCode.Ping);
        await one.PrepareAsync("SELECT 1");
        await one.AskAsync("SELECT @@version");
        for (int i = 0; i < 3; i++)
            Assert.Equal("", await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
        Assert.Equal("", await one.AskAsync("BEGIN"));
        Assert.StartsWith("1792", await one.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"), StringComparison.Ordinal);
        Assert.Equal("", await one.AskAsync("ROLLBACK"));
        Assert.Equal("", await one.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ASessionThatAsksForCountsGetsItsOwn()
    {
        await StartAsync(connections: 2);
        await one.AskAsync("SELECT ROW_COUNT()");
        Assert.Equal("", await one.AskAsync("INSERT INTO shop.t (v) VALUES ('n'), ('n'), ('n')"));
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal("3", await one.AskAsync("SELECT ROW_COUNT()"));
        Assert.NotEqual("0", await one.AskAsync("SELECT LAST_INSERT_ID()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task SeveralStatementsAreOnForWhoTurnedThemOn()
    {
        await StartAsync(connections: 1);
        await one.OrderAsync(27, 0, 0);
        Assert.StartsWith("1064", await other.AskAsync("DO 1; DO 2"), StringComparison.Ordinal);
        Assert.Equal("", await one.AskAsync("DO 1; DO 2"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task NoCharacterSetOfResultsIsSetAgainToo()
    {
        await StartAsync(connections: 1);
        Assert.Equal("", await one.AskAsync("SET character_set_results=NULL"));
        Assert.Equal("0", await other.AskAsync("SELECT @@character_set_results IS NULL"));
        Assert.Equal("1", await one.AskAsync("SELECT @@character_set_results IS NULL"));
    }
}
