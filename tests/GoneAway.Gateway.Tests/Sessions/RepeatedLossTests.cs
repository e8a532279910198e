using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Hostile;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>What must not be done again, or not again and again.</summary>
[Collection(SessionServers.Name)]
public sealed class RepeatedLossTests(SessionServer fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>MariaDB has this number for another error than the one that ends an idle connection.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnErrorOf4031IsTheStatementsOwn(bool replay)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay));
        using Application application = await gateway.ConnectAsync();
        foreach (string statement in (string[])["CREATE OR REPLACE TABLE shop.once (v INT)", "BEGIN", "INSERT INTO shop.once VALUES (1)"])
            Assert.Equal("", await application.AskAsync(statement));
        Assert.StartsWith("4031", await application.AskAsync("CREATE TRIGGER shop.x BEFORE INSERT ON shop.once FOR EACH ROW FOLLOWS nope SET NEW.v = 1"), StringComparison.Ordinal);
        Assert.Equal("1", await application.AskAsync("SELECT COUNT(*) FROM shop.once"));
        Assert.Equal("", await application.AskAsync("CREATE OR REPLACE PROCEDURE shop.says() BEGIN INSERT INTO shop.once VALUES (2); SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 4031; END"));
        using Application caller = await gateway.ConnectAsync();
        Assert.StartsWith("4031", await caller.AskAsync("CALL shop.says()"), StringComparison.Ordinal);
        Assert.Equal("1", await caller.AskAsync("SELECT COUNT(*) FROM shop.once WHERE v = 2"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AStatementThatEndsItsServerEachTimeIsNotRepeatedForEver()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("", await application.AskAsync("BEGIN"));
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
        Task<string> asked = application.AskAsync("DO SLEEP(60.5)");
        int runs = 0;
        for (; runs < 9 && Runs(gateway, "DO SLEEP(60.5)", asked); runs++)
            fixture.Restart();
        Assert.StartsWith("1213", await asked, StringComparison.Ordinal);
        Assert.True(runs == 3, $"it ran {runs} times\n" + string.Join('\n', gateway.Events.Select(static e => e.Name + ": " + e.Text)));
    }

    /// <summary>A server that dies ends its connections one after the other: an idle one may still be taken for the replay.</summary>
    [Fact]
    public async Task AReplayWhoseNewConnectionEndsBeforeItBeginsTakesAnother()
    {
        using var server = new ScriptedServer { Offered = Conversation.Usual | Capabilities.SessionTrack };
        GatewayOptions options = RunningGateway.Before(server);
        await using var gateway = new RunningGateway(options with { Loss = new LossOptions { TransactionReplay = true }, Operation = options.Operation with { Threads = 1 } });
        gateway.Await(BackendState.Up);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        using (RawClient other = RawClient.LoggedIn(gateway.Port))
            Assert.Equal("1", other.Ask("SELECT 1"));
        gateway.Await(static one => one is { Idle: 1, InUse: 1 });
        server.Status = 3;
        Assert.Equal("OK", client.Ask("BEGIN"));
        Assert.Equal("1", client.Ask("SELECT 1"));
        server.Ends["SELECT 2"] = server.Ends["SELECT ID,HOST FROM information_schema.PROCESSLIST WHERE ID IN (42,CONNECTION_ID())"] = true;
        string said = client.Ask("SELECT 2");
        Assert.True(said == "1", $"{said}\n{string.Join('\n', gateway.Events.Select(static e => e.Name + ": " + e.Text))}");
        Assert.Empty(server.Ends);
        Assert.Contains(gateway.Events, static e => e.Name == "replayed-transaction");
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhatATableWithoutTransactionsKeepsIsNotWrittenAgain()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        try
        {
            foreach (string statement in (string[])["CREATE TABLE shop.plain (v INT) ENGINE=MyISAM", "BEGIN", "INSERT INTO shop.plain VALUES (1)"])
                Assert.Equal("", await application.AskAsync(statement));
            fixture.Restart();
            Assert.StartsWith("1213", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('plain')"), StringComparison.Ordinal);
            Assert.Contains(gateway.Events, static e => e.Name == "transaction-replay-refused" && e.Text.Contains("shop.plain is of MyISAM", StringComparison.Ordinal));
            Assert.Equal("1", await application.AskAsync("SELECT COUNT(*) FROM shop.plain"));
        }
        finally
        {
            await application.AskAsync("DROP TABLE shop.plain");
        }
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("SELECT ROW_COUNT(), LAST_INSERT_ID()")]
    [InlineData("CALL shop.asks()")]
    public async Task AnInsertIdThatWasLostIsToldWhereverItMayBeAskedFor(string statement)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using (Application author = await gateway.ConnectAsync())
            Assert.Equal("", await author.AskAsync("CREATE OR REPLACE PROCEDURE shop.asks() SELECT LAST_INSERT_ID()"));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('parent')");
        fixture.Restart();
        Assert.StartsWith("3168 Not executed: LAST_INSERT_ID() was lost", await application.AskAsync(statement), StringComparison.Ordinal);
    }

    /// <summary>Until it runs; false: it was answered.</summary>
    private static bool Runs(RunningGateway gateway, string text, Task asked)
    {
        bool runs = false;
        Assert.True(Poll.Until(() => asked.IsCompleted || (runs = Counts(gateway, text) == "1"), Patience), text + " neither runs nor ends");
        return runs;
    }

    private static string Counts(RunningGateway gateway, string text)
    {
        using Application looker = gateway.ConnectAsync().GetAwaiter().GetResult();
        return looker.AskAsync($"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = '{text}'").GetAwaiter().GetResult();
    }
}
