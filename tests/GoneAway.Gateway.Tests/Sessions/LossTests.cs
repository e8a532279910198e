using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

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

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterAKillNothingIsSentAgain(bool queryOnly)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Transaction));
        using Application application = await gateway.ConnectAsync();
        using Application killer = await gateway.ConnectAsync();
        Task<string> asked = application.AskAsync(LongRead);
        AwaitRunning(gateway, "seq_1_to_30000000");
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
