using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Sessions;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>What a session has set is there whatever server connection it has.</summary>
[Collection(SessionServers.Name)]
public sealed class StateTests(SessionServer fixture)
{
    private const string Settings = "SELECT CONCAT_WS('|', @@time_zone, @@sql_mode, IFNULL(DATABASE(),''), @@collation_connection, @@group_concat_max_len)";

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ManySessionsOnFewConnectionsKeepTheirOwnSettings(int connections)
    {
        GatewayOptions options = fixture.Options(PoolMode.Transaction);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { MaxConnections = connections }] });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ChangeAndLookAsync(gateway, new Random(connections * 100 + i)))));
        Assert.InRange(gateway.Backends[0].Open, 1, connections);
    }

    private static async Task ChangeAndLookAsync(RunningGateway gateway, Random random)
    {
        using Application application = await gateway.ConnectAsync();
        string zone = "+00:00", mode = "", schema = "shop", collation = "utf8mb4_bin", length = "1024";
        foreach (string first in (string[])[$"SET time_zone='{zone}'", "SET sql_mode=''", "USE shop", "SET NAMES utf8mb4 COLLATE utf8mb4_bin", "SET group_concat_max_len=1024"])
            Assert.Equal("", await application.AskAsync(first));
        for (int round = 0; round < 60; round++)
        {
            switch (random.Next(8))
            {
                case 0:
                    zone = $"+0{random.Next(1, 9)}:00";
                    Assert.Equal("", await application.AskAsync($"SET time_zone='{zone}'"));
                    break;
                case 1:
                    mode = random.Next(2) == 0 ? "ANSI_QUOTES" : "NO_BACKSLASH_ESCAPES";
                    Assert.Equal("", await application.AskAsync($"SET SESSION sql_mode='{mode}'"));
                    break;
                case 2:
                    schema = random.Next(2) == 0 ? "mysql" : "shop";
                    Assert.Equal("", await application.AskAsync($"USE {schema}"));
                    break;
                case 3:
                    collation = random.Next(2) == 0 ? "utf8mb4_unicode_ci" : "latin1_german1_ci";
                    Assert.Equal("", await application.AskAsync($"SET NAMES {collation[..collation.IndexOf('_')]} COLLATE {collation}"));
                    break;
                case 4:
                    length = random.Next(1000, 2000).ToString();
                    Assert.Equal("", await application.AskAsync($"SET @@session.group_concat_max_len={length}"));
                    break;
                case 5:
                    string name = "n" + random.Next();
                    Assert.Equal("", await application.AskAsync($"INSERT INTO shop.t (v) VALUES ('{name}')"));
                    Assert.Equal(name, await application.AskAsync("SELECT v FROM shop.t WHERE id = LAST_INSERT_ID()"));
                    break;
                case 6:
                    Assert.StartsWith("1146", await application.AskAsync("SELECT * FROM shop.nowhere"), StringComparison.Ordinal);
                    break;
                default:
                    Assert.Equal("", await application.AskAsync("BEGIN"));
                    string inside = await application.AskAsync("SELECT CONNECTION_ID()");
                    Assert.Equal("", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
                    Assert.Equal(inside, await application.AskAsync("SELECT CONNECTION_ID()"));
                    Assert.Equal("", await application.AskAsync(random.Next(2) == 0 ? "COMMIT" : "ROLLBACK"));
                    break;
            }
            Assert.Equal($"{zone}|{mode}|{schema}|{collation}|{length}", await application.AskAsync(Settings));
        }
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("SET @a = 7", "SELECT @a", "7")]
    [InlineData("SELECT @b := 8", "SELECT @b", "8")]
    [InlineData("CREATE TEMPORARY TABLE shop.tt AS SELECT 9 AS n", "SELECT n FROM shop.tt", "9")]
    [InlineData("SELECT GET_LOCK('l', 0)", "SELECT IS_USED_LOCK('l') = CONNECTION_ID()", "1")]
    [InlineData("PREPARE s FROM 'SELECT 10'", "EXECUTE s", "10")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT 11", "11")]
    public async Task WhatCannotBeSetAgainKeepsItsConnection(string first, string second, string expected)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Transaction));
        using Application application = await gateway.ConnectAsync();
        using Application other = await gateway.ConnectAsync();
        Assert.DoesNotContain(" ", await application.AskAsync(first), StringComparison.Ordinal);
        Assert.Equal(1, gateway.Backends[0].InUse);
        for (int i = 0; i < 3; i++)
            await other.AskAsync("SELECT 1");
        Assert.Equal(expected, await application.AskAsync(second));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AResetSessionIsAsNewOnEveryConnection()
    {
        GatewayOptions options = fixture.Options(PoolMode.Transaction);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { MaxConnections = 1 }] });
        using Application application = await gateway.ConnectAsync();
        using Application other = await gateway.ConnectAsync();
        string fresh = await application.AskAsync(Settings);
        await application.AskAsync("SET time_zone='+05:00', @a=1");
        await application.AskAsync("CREATE TEMPORARY TABLE shop.tr (a INT)");
        application.Sequence = 0;
        await application.WriteAsync(new byte[] { 31 });
        Assert.Equal(0, (await application.ReadAsync()).Span[0]);
        Assert.Equal("SYSTEM", await application.AskAsync("SELECT @@time_zone"));
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
        Assert.StartsWith("1146", await application.AskAsync("SELECT * FROM shop.tr"), StringComparison.Ordinal);
        Assert.Equal(fresh.Split('|')[0], (await application.AskAsync(Settings)).Split('|')[0]);
        Assert.Equal(fresh, await other.AskAsync(Settings));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ACollationIsThatOfTheCharacterSetThatWasNamedLast()
    {
        GatewayOptions options = fixture.Options(PoolMode.Transaction);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { MaxConnections = 1 }] });
        using Application one = await gateway.ConnectAsync(), other = await gateway.ConnectAsync();
        foreach (Application each in (Application[])[one, other])
            Assert.Equal("", await each.AskAsync("SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci"));
        Assert.Equal("", await one.AskAsync("SET character_set_connection = latin1"));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("utf8mb4_unicode_ci", await other.AskAsync("SELECT @@collation_connection"));
            Assert.Equal("latin1_swedish_ci", await one.AskAsync("SELECT @@collation_connection"));
        }
    }

    [Fact]
    public void TwoNamesOfOneVariableAreOneVariable()
    {
        SessionState old = SessionState.Fresh.With("tx_isolation", "SERIALIZABLE"), now = SessionState.Fresh.With("transaction_isolation", "READ-COMMITTED");
        Assert.Equal("SET @@SESSION.`tx_isolation`='SERIALIZABLE'", old.SetFrom(now));
        Assert.Equal("SET @@SESSION.`transaction_isolation`='READ-COMMITTED'", now.SetFrom(old));
        Assert.Equal("SET @@SESSION.`transaction_isolation`='READ-COMMITTED'", old.With("transaction_isolation", "READ-COMMITTED").SetFrom(SessionState.Fresh));
        Assert.Equal("SET @@SESSION.`transaction_isolation`=DEFAULT", SessionState.Fresh.SetFrom(now));
    }
}
