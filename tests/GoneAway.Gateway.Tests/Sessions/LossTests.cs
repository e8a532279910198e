using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>Each rule of loss, with a server that is killed.</summary>
[Collection(SessionServers.Name)]
public sealed class LossTests(SessionServer fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Pure, and a second or more of work.</summary>
    private const string LongRead = "SELECT COUNT(*) FROM shop.seq_1_to_30000000 WHERE seq % 7 = 3";

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(PoolMode.Session)]
    [InlineData(PoolMode.Transaction)]
    public async Task ALossWhileIdleIsUnseen(PoolMode mode)
    {
        await using var gateway = new RunningGateway(fixture.Options(mode));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SET time_zone='+05:00'");
        await application.AskAsync("USE shop");
        fixture.Restart();
        Assert.Equal("+05:00shop", await application.AskAsync("SELECT CONCAT(@@time_zone, DATABASE())"));
        fixture.Restart();
        Assert.Equal("", await application.AskAsync("INSERT INTO t (v) VALUES ('after a loss')"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task APureReadInFlightIsSentAgain()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        Task<string> asked = application.AskAsync(LongRead);
        AwaitRunning(gateway, "seq_1_to_30000000");
        fixture.Restart();
        Assert.Equal("4285714", await asked);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AWriteInFlightHasAnUnknownOutcomeAndTheSessionGoesOn()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        Task<string> asked = application.AskAsync("INSERT INTO shop.t (v) SELECT SLEEP(30)");
        AwaitRunning(gateway, "SLEEP(30)");
        fixture.Restart();
        Assert.StartsWith("1105 Outcome unknown", await asked, StringComparison.Ordinal);
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = '0'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ALostTransactionWasRolledBackAndSaysSoWithTheNextStatement()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('rolled back')");
        fixture.Restart();
        Assert.StartsWith("1213 The transaction was rolled back", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('rolled back')"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'rolled back'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ATransactionThatIsLostInTheMiddleOfALargeStatementWasRolledBack()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('large')");
        // Header, command, and no more yet: the session is in the middle of its command when its server goes.
        Assert.StartsWith("1213", await application.AskInTwoAsync($"INSERT INTO shop.t (v) SELECT 'large' /* {new string('x', 2_000_000)} */", 6, fixture.Restart), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'large'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AStatementThatIsTooLargeLeavesTheTransactionOpen()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session) with { Clients = new ClientOptions { MaxAllowedPacket = 1 << 20 } });
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('kept')");
        Assert.StartsWith("1153", await application.AskAsync("SELECT '" + new string('x', 2 << 20) + "'"), StringComparison.Ordinal);
        Assert.Equal("", await application.AskAsync("COMMIT"));
        Assert.Equal("1", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'kept'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AStatementOfWhichAPartWasSentBeforeItProvedTooLargeEndsItsTransactionAndSaysSo()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('cut')");
        Assert.StartsWith("1153", await application.AskAsync("SELECT '" + new string('x', 17 << 20) + "'"), StringComparison.Ordinal);
        Assert.StartsWith("1213", await application.AskAsync("COMMIT"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'cut'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ARollbackOfALostTransactionSucceeds()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('rolled back')");
        fixture.Restart();
        Assert.Equal("", await application.AskAsync("ROLLBACK"));
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task LostStateIsToldNeverHidden()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SET @a = 1");
        fixture.Restart();
        string said = await application.AskAsync("SELECT @a");
        Assert.StartsWith("3168 Not executed", said, StringComparison.Ordinal);
        Assert.Contains("user variable", said, StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task StatementsWaitForAServerThatIsDown()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SELECT 1");
        fixture.Server.Crash();
        gateway.Await(static one => one.State == BackendState.Down);
        Task<string> asked = application.AskAsync("INSERT INTO shop.t (v) VALUES ('held')");
        Task<Application> connecting = gateway.ConnectAsync();
        fixture.Server.StartAgain();
        Assert.Equal("", await asked);
        using Application other = await connecting;
        Assert.Equal("1", await other.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'held'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task PastTheHoldAStatementWasNotExecuted()
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with { Loss = options.Loss with { Hold = TimeSpan.FromMilliseconds(300) } });
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SELECT 1");
        fixture.Server.Crash();
        try
        {
            gateway.Await(static one => one.State == BackendState.Down);
            Assert.StartsWith("3168 Not executed", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('never')"), StringComparison.Ordinal);
        }
        finally
        {
            fixture.Server.StartAgain();
        }
        gateway.Await(BackendState.Up);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'never'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ALostTransactionIsRepeatedWhereAsked()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (id, v) VALUES (1000001, 'repeated')");
        Assert.Equal("1", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'repeated'"));
        fixture.Restart();
        Assert.Equal("", await application.AskAsync("INSERT INTO shop.t (id, v) VALUES (1000002, 'repeated')"));
        Assert.Equal("", await application.AskAsync("COMMIT"));
        Assert.Equal("2", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'repeated'"));
        Assert.Contains(gateway.Events, static e => e.Name == "replayed-transaction");
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ATransactionWhoseAnswersWouldDifferIsNotRepeated()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        await application.AskAsync("SELECT NOW(6)");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('not repeated')");
        fixture.Restart();
        Assert.StartsWith("1213", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('not repeated')"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'not repeated'"));
    }

    /// <summary>What is not kept, or would be written otherwise the second time with the same answer.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData("large")]
    [InlineData("long data")]
    [InlineData("time zone")]
    public async Task ATransactionIsNotRepeatedWithoutAllOfIt(string what)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SET time_zone='+01:00'");
        uint insert = await application.PrepareAsync("INSERT INTO shop.t (v) VALUES (?)");
        await application.AskAsync("BEGIN");
        switch (what)
        {
            case "large":
                Assert.Equal("", await application.AskAsync($"INSERT INTO shop.t (v) VALUES ('whole') /* {new string('x', 2_000_000)} */"));
                break;
            case "long data":
                await application.SendLongDataAsync(insert, 0, "whole"u8.ToArray());
                Assert.Equal("", await application.ExecuteAsync(insert, [252]));
                break;
            default:
                Assert.Equal("", await application.AskAsync("DO (SELECT COUNT(*) FROM shop.t)"));
                Assert.Equal("", await application.AskAsync("SET time_zone='+02:00'"));
                break;
        }
        fixture.Restart();
        Assert.StartsWith("1213", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('whole')"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'whole'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ARollbackWithSomethingBehindItIsNoRollbackAlone()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync(Capabilities.MultiStatements);
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('before')");
        fixture.Restart();
        Assert.StartsWith("1213", await application.AskAsync("ROLLBACK; INSERT INTO shop.t (v) VALUES ('behind')"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'behind'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ARollbackThatBeginsATransactionBehindIsNoRollbackAlone()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        foreach (string statement in (string[])["SET completion_type='CHAIN'", "BEGIN", "INSERT INTO shop.t (v) VALUES ('before')"])
            Assert.Equal("", await application.AskAsync(statement));
        fixture.Restart();
        Assert.StartsWith("1213", await application.AskAsync("ROLLBACK"), StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task WhatHasNoAnswerGetsNone()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        uint insert = await application.PrepareAsync("INSERT INTO shop.t (v) VALUES (?)");
        await application.AskAsync("BEGIN");
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('before')");
        fixture.Restart();
        await application.SendLongDataAsync(insert, 0, "parts"u8.ToArray());
        // The execute's answer is the loss, and no other follows it.
        Assert.StartsWith("1213", await application.ExecuteAsync(insert, [252]), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => application.AskAsync("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AnInsertIdThatWasLostIsToldOnce()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("INSERT INTO shop.t (v) VALUES ('parent')");
        fixture.Restart();
        Assert.StartsWith("3168", await application.AskAsync("INSERT INTO shop.t (v) VALUES (LAST_INSERT_ID())"), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT LAST_INSERT_ID()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AStatementThatRunsAnotherMayHaveCommitted()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        Task<string> asked = application.AskAsync("EXECUTE IMMEDIATE 'DO SLEEP(30.5)'");
        AwaitRunning(gateway, "SLEEP(30.5)");
        fixture.Restart();
        Assert.StartsWith("1105", await asked, StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task APreparedBranchIsNotToldAsRolledBack()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        foreach (string statement in (string[])["XA START 'branch'", "INSERT INTO shop.t (v) VALUES ('branch')", "XA END 'branch'", "XA PREPARE 'branch'"])
            Assert.Equal("", await application.AskAsync(statement));
        fixture.Restart();
        Assert.StartsWith("3168", await application.AskAsync("XA COMMIT 'branch'"), StringComparison.Ordinal);
        using Application coordinator = await gateway.ConnectAsync();
        Assert.Equal("", await coordinator.AskAsync("XA COMMIT 'branch'"));
        Assert.Equal("1", await coordinator.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'branch'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ATransactionThatARoutineBeganIsNotRepeatedFromItsMiddle()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("CREATE OR REPLACE PROCEDURE shop.begins() BEGIN START TRANSACTION; INSERT INTO shop.t (v) VALUES ('routine'); SIGNAL SQLSTATE '45000'; END");
        Assert.StartsWith("1644", await application.AskAsync("CALL shop.begins()"), StringComparison.Ordinal);
        Assert.Equal("", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('middle')"));
        fixture.Restart();
        // The server says that the routine changed something and not what: the session ends with its connection.
        Assert.StartsWith("3168", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('middle')"), StringComparison.Ordinal);
        using Application looker = await gateway.ConnectAsync();
        Assert.Equal("0", await looker.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v IN ('middle', 'routine')"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ATransactionThatPreparesIsRepeated()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session, replay: true));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("BEGIN");
        uint insert = await application.PrepareAsync("INSERT INTO shop.t (id, v) VALUES (?, 'prepared')");
        Assert.Equal("", await application.ExecuteAsync(insert, [3], BitConverter.GetBytes(2000001)));
        Assert.Equal("", await application.ExecuteAsync(insert, null, BitConverter.GetBytes(2000002)));
        fixture.Restart();
        Assert.Equal("", await application.ExecuteAsync(insert, null, BitConverter.GetBytes(2000003)));
        Assert.Equal("", await application.AskAsync("COMMIT"));
        Assert.Equal("2000001,2000002,2000003", await application.AskAsync("SELECT id FROM shop.t WHERE v = 'prepared' ORDER BY id"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AFileThatIsSentToALostServerIsNoCommand()
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with { Clients = options.Clients with { LocalInfile = true } });
        using Application application = await gateway.ConnectAsync(Capabilities.LocalFiles);
        await application.TellAsync([CommandCode.Query, .. "LOAD DATA LOCAL INFILE 'f' INTO TABLE shop.t (v)"u8]);
        Assert.Equal(0xFB, (await application.ReadAsync()).Span[0]);
        await application.WriteAsync("one\n"u8.ToArray());
        fixture.Restart();
        for (int i = 0; i < 3; i++)
            await application.WriteAsync((byte[])[CommandCode.Query, .. "INSERT INTO shop.t (v) VALUES ('file')\n"u8]);
        await application.WriteAsync(Array.Empty<byte>());
        byte[] answer = (await application.ReadAsync()).ToArray();
        Assert.True(ErrPacket.TryRead(answer, out ErrPacket error));
        Assert.Equal(1105, error.Code);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v LIKE '%file%'"));
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterAKillNothingIsSentAgain(bool queryOnly)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Transaction));
        using Application application = await gateway.ConnectAsync();
        using Application killer = await gateway.ConnectAsync();
        Task<string> asked = application.AskAsync("SELECT COUNT(*) FROM shop.seq_1_to_9000000000 WHERE seq % 7 = 3");
        AwaitRunning(gateway, "seq_1_to_9000000000");
        Assert.Equal("", await killer.AskAsync($"KILL {(queryOnly ? "QUERY " : "")}{application.ThreadId}"));
        if (queryOnly)
        {
            Assert.StartsWith("1317", await asked, StringComparison.Ordinal);
            Assert.Equal("1", await application.AskAsync("SELECT 1"));
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => asked);
        }
    }

    /// <summary>Until the server shows the statement in its list.</summary>
    private static void AwaitRunning(RunningGateway gateway, string text) =>
        Assert.True(Poll.Until(() => Seen(gateway, text), Patience), text + " does not run");

    private static bool Seen(RunningGateway gateway, string text)
    {
        using Application looker = gateway.ConnectAsync().GetAwaiter().GetResult();
        return looker.AskAsync($"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%{text}%' AND ID <> CONNECTION_ID()").GetAwaiter().GetResult() == "1";
    }
}
