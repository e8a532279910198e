using System.Globalization;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Hostile;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>A server that reads no more, and then dies or goes on: what was on its way to it.</summary>
[Collection(SessionServers.Name)]
public sealed class CutShortTests(SessionServer fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ServerFact(Flavour.MariaDb)]
    public async Task AFetchInFlightReadsAndNoMore()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        uint rows = await application.PrepareAsync("SELECT CAST(seq AS CHAR) FROM shop.seq_1_to_9");
        await application.OpenCursorAsync(rows);
        Assert.Equal("1", await application.FetchAsync(rows));
        fixture.Server.Signal("STOP");
        Task<string> fetched = application.FetchAsync(rows);
        AwaitUnread(1);
        fixture.Restart();
        string said = await fetched;
        Assert.StartsWith("3168 Not executed", said, StringComparison.Ordinal);
        Assert.Contains("open cursor", said, StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AWriteOfWhichAPartWasSentWasNotExecuted()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SELECT 1");
        fixture.Server.Signal("STOP");
        // More than the buffers of all sockets on its way hold.
        Task<string> asked = application.AskAsync($"INSERT INTO shop.t (v) SELECT 'part' /* {new string('x', 15 << 20)} */");
        AwaitUnread(1);
        fixture.Restart();
        Assert.StartsWith("3168 Not executed", await asked, StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'part'"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_000_000)]
    public async Task AStatementThatFailedMayHaveCommittedTheTransactionThatIsLost(int size)
    {
        using var server = new ScriptedServer { Status = 2 };
        await using var gateway = new RunningGateway(RunningGateway.Before(server));
        gateway.Await(BackendState.Up);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        server.Status = 3;
        Assert.Equal("OK", client.Ask("BEGIN"));
        // It commits, and fails, and the server ends before it can be asked whether a transaction is open.
        server.Spoil(SpoiltAt.Answer, Payload.Framed(1, Payload.Error(1050, "42S01", "Table 't' already exists")));
        Assert.StartsWith("1050", client.Ask("CREATE TABLE t (id INT)"), StringComparison.Ordinal);
        server.Spoil(SpoiltAt.Nowhere, []);
        string said = client.Ask($"DO 1 /* {new string('x', size)} */");
        Assert.StartsWith("1105 Outcome unknown", said, StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ALargeStatementIsToldOfTheStateThatWasLost()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        await application.AskAsync("SET @a = 1");
        fixture.Restart();
        string said = await application.AskAsync($"DO @a /* {new string('x', 2_000_000)} */");
        Assert.StartsWith("3168 Not executed", said, StringComparison.Ordinal);
        Assert.Contains("user variable", said, StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task TwoKillsOfOneStatementLeaveNothingBehind()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application victim = await gateway.ConnectAsync(), one = await gateway.ConnectAsync(), two = await gateway.ConnectAsync();
        Task<string> asked = await OverlapAsync(victim, one, "KILL QUERY", two, "KILL QUERY");
        Assert.StartsWith("1317", await asked, StringComparison.Ordinal);
        Assert.Equal("1", await victim.AskAsync("SELECT 1"));
        fixture.Restart();
        Assert.Equal("1", await victim.AskAsync("SELECT 1"));
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("KILL", "KILL QUERY")]
    [InlineData("KILL QUERY", "KILL")]
    public async Task AKillEndsItsSessionWhateverElseIsKilledAtTheTime(string first, string second)
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application victim = await gateway.ConnectAsync(), one = await gateway.ConnectAsync(), two = await gateway.ConnectAsync();
        Task<string> asked = await OverlapAsync(victim, one, first, two, second);
        // Which of the two the server obeys first is its own affair.
        try
        {
            Assert.StartsWith("1317", await asked, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return;
        }
        await Assert.ThrowsAnyAsync<IOException>(() => victim.AskAsync("SELECT 1"));
    }

    /// <summary>Both are with the server before it obeys one. The victim's statement, under way.</summary>
    private async Task<Task<string>> OverlapAsync(Application victim, Application one, string first, Application two, string second)
    {
        // Each holds a connection of its own, on which its KILL goes.
        foreach (Application killer in (Application[])[one, two])
            Assert.Equal("", await killer.AskAsync("BEGIN"));
        Task<string> asked = victim.AskAsync("SELECT SLEEP(60.25)");
        Assert.True(Poll.Until(() => Sleeps(one), Patience));
        fixture.Server.Signal("STOP");
        Task<string> killed = one.AskAsync($"{first} {victim.ThreadId}");
        AwaitUnread(1);
        Task<string> again = two.AskAsync($"{second} {victim.ThreadId}");
        AwaitUnread(2);
        fixture.Server.Signal("CONT");
        await Task.WhenAll(killed, again);
        return asked;
    }

    private static bool Sleeps(Application looker) =>
        looker.AskAsync("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(60.25)'").GetAwaiter().GetResult() == "1";

    /// <summary>Until so many connections of the server have bytes that it has not read.</summary>
    private void AwaitUnread(int connections) => Assert.True(Poll.Until(() => Unread() == connections, Patience), $"{Unread()} connections have unread bytes");

    private int Unread() => Sockets(fixture.Server.Port).Count(static fields => !fields[4].EndsWith(":00000000", StringComparison.Ordinal));

    /// <summary>The kernel's words on the established connections of a listening port.</summary>
    private static IEnumerable<string[]> Sockets(int port)
    {
        string local = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines("/proc/net/tcp").Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith(local, StringComparison.Ordinal) && fields[3] == "01");
    }

    /// <summary>As a server with many transactions tells its GTIDs.</summary>
    [Fact]
    public async Task AnOkThatIsLargerThanABufferIsAnOk()
    {
        using var server = new ScriptedServer { Offered = Conversation.Usual | Capabilities.SessionTrack };
        await using var gateway = new RunningGateway(RunningGateway.Before(server));
        gateway.Await(BackendState.Up);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        byte[] gtids = [0, 252, .. BitConverter.GetBytes((ushort)60_000), .. new byte[60_000].Select(static _ => (byte)'1')];
        byte[] change = [3, 252, .. BitConverter.GetBytes((ushort)gtids.Length), .. gtids];
        byte[] changes = [.. change, .. change];
        server.Spoil(SpoiltAt.Answer, Payload.Framed(1, [0, 0, 0, 2, 0x40, 0, 0, 0, 253, (byte)changes.Length, (byte)(changes.Length >> 8), (byte)(changes.Length >> 16), .. changes]));
        client.Send(RawClient.Query("COMMIT"));
        // The client has not asked to be told of these.
        Assert.InRange(client.Read()!.Length, 7, 20);
        server.Spoil(SpoiltAt.Nowhere, []);
        Assert.Equal("1", client.Ask("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ASchemaThatWasDroppedCanBeLeft()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync(), other = await gateway.ConnectAsync();
        foreach (string each in (string[])["CREATE OR REPLACE DATABASE passing", "USE passing"])
            Assert.Equal("", await application.AskAsync(each));
        fixture.Restart();
        Assert.Equal("", await other.AskAsync("DROP DATABASE passing"));
        Assert.StartsWith("1049", await application.AskAsync("SELECT COUNT(*) FROM t"), StringComparison.Ordinal);
        Assert.Equal("", await application.AskAsync("USE shop"));
        Assert.Equal("shop", await application.AskAsync("SELECT DATABASE()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task CountsOfAStatementThatFailedCanBeAskedFor()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("", await application.AskAsync("CREATE OR REPLACE TABLE shop.u (id INT PRIMARY KEY)"));
        Assert.Equal("", await application.AskAsync("INSERT INTO shop.u VALUES (1)"));
        Assert.StartsWith("1062", await application.AskAsync("INSERT INTO shop.u VALUES (1)"), StringComparison.Ordinal);
        Assert.Equal("-1", await application.AskAsync("SELECT ROW_COUNT()"));
    }

    /// <summary>The kernel asks it whether it is there.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task AClientThatVanishesIsNoticed()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
        const string KeepAliveTimer = "02:";
        Assert.True(Poll.Until(() => Sockets(gateway.Port).Any(static fields => fields[5].StartsWith(KeepAliveTimer, StringComparison.Ordinal)), Patience));
    }
}
