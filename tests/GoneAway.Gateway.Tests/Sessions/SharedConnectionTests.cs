using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Operations;
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

    /// <summary>Another account, with the same password.</summary>
    private static GatewayOptions With(GatewayOptions options, string user) =>
        options with { Accounts = options.Accounts with { Entries = [.. options.Accounts.Entries, options.Accounts.Entries[0] with { User = user }] } };

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
    public async Task AnInsertIdIsKnownInATransactionThatBeganElsewhere()
    {
        await StartAsync(connections: 1);
        await one.AskAsync("INSERT INTO shop.t (v) VALUES ('parent')");
        string parent = await one.AskAsync("SELECT LAST_INSERT_ID()");
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal("", await one.AskAsync("BEGIN"));
        Assert.Equal("", await one.AskAsync("INSERT INTO shop.t (v) VALUES (CONCAT('begun by ', LAST_INSERT_ID()))"));
        Assert.Equal("1", await one.AskAsync("SELECT LAST_INSERT_ID() = MAX(id) FROM shop.t"));
        Assert.Equal("", await one.AskAsync("COMMIT"));
        Assert.Equal("1", await one.AskAsync($"SELECT COUNT(*) FROM shop.t WHERE v = 'begun by {parent}'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WarningsAreThoseOfTheStatementBeforeAlsoOnAConnectionThatWasSomebodyElses()
    {
        await StartAsync(connections: 1);
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Equal("0", await one.AskAsync("SELECT CAST('none' AS SIGNED)"));
        Assert.Equal("1", await one.AskAsync("SELECT @@warning_count"));
        Assert.Equal("0", await one.AskAsync("SELECT CAST('none' AS SIGNED)"));
        Assert.Equal("Warning", await one.AskAsync("SHOW WARNINGS"));
    }

    /// <summary>Statements take turns with two servers, which are one here.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task AnInsertIdIsTheLastOneAlsoWhereTheSessionHasBeenBefore()
    {
        await StartAsync(connections: 1, static options => options with { Backends = [options.Backends[0], options.Backends[0] with { Address = options.Backends[0].Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) }] });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, backend: 1);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("", await one.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
            Assert.Equal("1", await one.AskAsync("SELECT LAST_INSERT_ID() = MAX(id) FROM shop.t"));
            if (i == 2)
                await one.AskAsync("SELECT 1");
        }
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("CALL shop.child()")]
    [InlineData("DO shop.bear()")]
    [InlineData("SELECT shop.bear() < 0")]
    [InlineData("INSERT INTO shop.born (n) VALUES (shop.bear())")]
    public async Task RoutinesSeeTheSessionsInsertId(string statement)
    {
        await StartAsync(connections: 1);
        using (Application author = await gateway.ConnectAsync())
        {
            await author.AskAsync("CREATE OR REPLACE TABLE shop.born (n INT)");
            await author.AskAsync("CREATE OR REPLACE PROCEDURE shop.child() INSERT INTO shop.t (v) VALUES (CONCAT('child of ', LAST_INSERT_ID()))");
            await author.AskAsync("CREATE OR REPLACE FUNCTION shop.bear() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO shop.t (v) VALUES (CONCAT('child of ', LAST_INSERT_ID())); RETURN 1; END");
        }
        await one.AskAsync("INSERT INTO shop.t (v) VALUES ('parent')");
        string parent = await one.AskAsync("SELECT LAST_INSERT_ID()");
        await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')");
        Assert.Contains(await one.AskAsync(statement), (string[])["", "0"]);
        Assert.Equal("1", await one.AskAsync($"SELECT COUNT(*) FROM shop.t WHERE v = 'child of {parent}'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task PartsOfAParameterThatNobodyExecutedAreNobodys()
    {
        await StartAsync(connections: 1);
        const string text = "INSERT INTO shop.t (v) VALUES (?)";
        uint others = await other.PrepareAsync(text), id = await one.PrepareAsync(text);
        await one.SendLongDataAsync(id, 0, "parts of one"u8.ToArray());
        await one.TellAsync([CommandCode.StmtClose, .. BitConverter.GetBytes(id)]);
        Assert.Equal("1", await one.AskAsync("SELECT 1"));
        Assert.Equal("", await other.ExecuteAsync(others, [253], [5, .. "other"u8]));
        Assert.Equal("other", await other.AskAsync("SELECT v FROM shop.t ORDER BY id DESC LIMIT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task LocksThatAreTakenBehindAnUnlockHold()
    {
        await StartAsync(connections: 2);
        using Application several = await gateway.ConnectAsync(Capabilities.MultiStatements);
        await several.TellAsync([CommandCode.Query, .. "UNLOCK TABLES; LOCK TABLES shop.t WRITE"u8]);
        await several.ReadAsync();
        await several.ReadAsync();
        gateway.Await(static one => one.InUse == 1);
        Assert.Equal("", await several.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
        Assert.StartsWith("1100", await several.AskAsync("SELECT * FROM mysql.user"), StringComparison.Ordinal);
        Assert.Equal("", await several.AskAsync("UNLOCK TABLES"));
        gateway.Await(static one => one.InUse == 0);
    }

    /// <summary>Its client knows EOF, which tells nothing of what was set.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task WhatAFunctionSetGoesWithItsSessionInSessionModeToo()
    {
        await StartAsync(connections: 2, static options => options with { Pool = options.Pool with { Mode = PoolMode.Session } });
        Assert.Equal("", await other.AskAsync("CREATE OR REPLACE FUNCTION shop.setting() RETURNS INT NO SQL BEGIN SET @x = 6; SET SESSION group_concat_max_len = 2000; RETURN 1; END"));
        Assert.Equal("1", await one.AskAsync("SELECT shop.setting()"));
        Assert.Equal("6", await one.AskAsync("SELECT @x"));
        one.Dispose();
        gateway.Await(static one => one.InUse == 1);
        using Application next = await gateway.ConnectAsync();
        Assert.Equal("1", await next.AskAsync("SELECT @x IS NULL AND @@group_concat_max_len > 2000"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhatATriggerSetIsNotWhatTheStatementBeforeItSet()
    {
        await StartAsync(connections: 2);
        await other.AskAsync("CREATE OR REPLACE TABLE shop.audited (v INT)");
        await other.AskAsync("CREATE OR REPLACE TRIGGER shop.audit BEFORE INSERT ON shop.audited FOR EACH ROW SET @audit = NEW.v");
        using Application several = await gateway.ConnectAsync(Capabilities.MultiStatements);
        await several.TellAsync([CommandCode.Query, .. "SET time_zone='+00:00'; INSERT INTO shop.audited VALUES (8)"u8]);
        await several.ReadAsync();
        await several.ReadAsync();
        for (int i = 0; i < 3; i++)
            Assert.Equal("1", await other.AskAsync("SELECT @audit IS NULL"));
        Assert.Equal("8", await several.AskAsync("SELECT @audit"));
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("DROP USER leaver", 1045)]
    [InlineData("ALTER USER leaver@'%' ACCOUNT LOCK", 4151)]
    public async Task AServerIsAskedAgainWhetherAnAccountIsStillGood(string statement, int code)
    {
        await StartAsync(connections: 3, static options => With(options, user: "leaver"));
        gateway.Core.Accounts.ConfirmAfter = TimeSpan.Zero;
        await one.AskAsync("CREATE OR REPLACE USER leaver@'%' IDENTIFIED BY 'secret'");
        using Application leaver = await Application.ConnectAsync(gateway.Port, "leaver", RunningGateway.Password);
        Assert.Equal("1", await leaver.AskAsync("SELECT 1"));
        using (Application again = await Application.ConnectAsync(gateway.Port, "leaver", RunningGateway.Password))
            Assert.Equal("1", await again.AskAsync("SELECT 1"));
        Assert.Equal("", await one.AskAsync(statement));
        for (int i = 0; i < 2; i++)
            Assert.Equal(code, (await Assert.ThrowsAsync<LoginException>(() => Application.ConnectAsync(gateway.Port, "leaver", RunningGateway.Password))).Refusal.Code);
        // Nor do those that are in go on with a connection of before.
        Assert.StartsWith($"{code}", await leaver.AskAsync("SELECT 1"), StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AnExpiredPasswordCanBeChanged()
    {
        await StartAsync(connections: 3, static options => With(options, user: "sleeper"));
        await one.AskAsync("CREATE OR REPLACE USER sleeper@'%' IDENTIFIED BY 'secret' PASSWORD EXPIRE");
        using Application sleeper = await Application.ConnectAsync(gateway.Port, "sleeper", RunningGateway.Password, capabilities: Application.Wanted | Capabilities.CanHandleExpiredPasswords);
        Assert.StartsWith("1820", await sleeper.AskAsync("SELECT 1"), StringComparison.Ordinal);
        Assert.Equal("", await sleeper.AskAsync("SET PASSWORD = PASSWORD('secret')"));
        Assert.Equal("1", await sleeper.AskAsync("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ASessionsStatementsAreBounded()
    {
        await StartAsync(connections: 2);
        const string text = "DO 1";
        uint first = await one.PrepareAsync(text);
        for (int i = 1; i < 16_382; i++)
            await one.PrepareAsync(text);
        await one.TellAsync([CommandCode.StmtPrepare, .. "DO 1"u8]);
        Assert.True(ErrPacket.TryRead((await one.ReadAsync()).Span, out ErrPacket error));
        Assert.Equal(1461, error.Code);
        await one.TellAsync([CommandCode.StmtClose, .. BitConverter.GetBytes(first)]);
        Assert.NotEqual(first, await one.PrepareAsync(text));
        Assert.NotEqual(0u, await other.PrepareAsync(text));
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
    [InlineData("CALL shop.selects()", "SELECT @x", "7")]
    [InlineData("SELECT NEXTVAL(shop.s) > 0", "SELECT LASTVAL(shop.s) > 0", "1")]
    public async Task WhatRoutinesSetStays(string first, string second, string expected)
    {
        await StartAsync(connections: 3);
        foreach (string statement in (string[])[
            "CREATE OR REPLACE PROCEDURE shop.sets() BEGIN SET SESSION group_concat_max_len = 2000; SET @x = 5; END",
            "CREATE OR REPLACE PROCEDURE shop.selects() SELECT 7 INTO @x",
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

    [ServerFact(Flavour.MariaDb)]
    public async Task AnInsertIdIsTheSessionsOwnAlsoBehindASettingForOneTransaction()
    {
        await StartAsync(connections: 1);
        foreach (string statement in (string[])["SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "BEGIN", "INSERT INTO shop.t (v) VALUES ('of one')", "COMMIT"])
            Assert.Equal("", await one.AskAsync(statement));
        Assert.Equal("", await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
        string id = await one.AskAsync("SELECT LAST_INSERT_ID()");
        Assert.Equal(await one.AskAsync("SELECT id FROM shop.t WHERE v = 'of one'"), id);
    }

    /// <summary>Whether a statement alone has used it up, no server says.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData("SET TRANSACTION READ ONLY", "DO 1")]
    [InlineData("SET insert_id = 7000001", "UPDATE shop.t SET v = v WHERE id = 0")]
    public async Task WhatIsSetForTheNextWorkIsNobodyElses(string set, string between)
    {
        await StartAsync(connections: 1, static options => options with { Pool = options.Pool with { QueueTimeout = TimeSpan.FromSeconds(1) } });
        Assert.Equal("", await one.AskAsync(set));
        Assert.Equal("", await one.AskAsync(between));
        Assert.StartsWith("1040", await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"), StringComparison.Ordinal);
        one.Dispose();
        Assert.Equal("", await other.AskAsync("INSERT INTO shop.t (v) VALUES ('x')"));
        Assert.Equal("1", await other.AskAsync("SELECT LAST_INSERT_ID() < 7000001"));
    }
}
