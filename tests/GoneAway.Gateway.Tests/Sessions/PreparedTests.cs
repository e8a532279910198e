using System.Security.Cryptography;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>Prepared statements of sessions that share server connections: clients tell parameters' types once, and each server connection must know them.</summary>
public sealed class PreparedTests : IDisposable
{
    private const byte VarString = 253, Blob = 252, Long = 3;
    private const int LargestPart = 0xFFFFFF;

    private readonly LocalServer? server = LocalServer.Missing(Flavour.MariaDb) is null
        ? LocalServer.Start(Flavour.MariaDb, """
            CREATE DATABASE shop;
            CREATE TABLE shop.p (k VARCHAR(100), v LONGBLOB);
            CREATE USER app@'%' IDENTIFIED BY 'secret';
            GRANT ALL ON *.* TO app@'%';
            """.ReplaceLineEndings("\n"), "--max-allowed-packet=128M")
        : null;

    public void Dispose() => server?.Dispose();

    private RunningGateway Gateway(int connections, bool replay = false, int threads = 2)
    {
        GatewayOptions options = RunningGateway.Plain(server!);
        return new RunningGateway(options with
        {
            Pool = new PoolOptions { Mode = PoolMode.Transaction },
            Loss = new LossOptions { TransactionReplay = replay },
            Backends = [options.Backends[0] with { MaxConnections = connections }],
            Operation = options.Operation with { Threads = threads },
        });
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EachSessionsTypesAreKnownWhereItIsExecuted(bool replay)
    {
        await using RunningGateway gateway = Gateway(connections: 4, replay);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => InsertAsync(gateway, i))));
        using Application looker = await gateway.ConnectAsync();
        Assert.Equal("1600", await looker.AskAsync("SELECT COUNT(*) FROM shop.p WHERE v = CONCAT('v', SUBSTRING(k, 2))"));
    }

    /// <summary>All prepare the same text; the even ones tell numbers, the odd ones text.</summary>
    private static async Task InsertAsync(RunningGateway gateway, int session)
    {
        var random = new Random(session);
        using Application application = await gateway.ConnectAsync();
        uint id = 0;
        bool told = false;
        for (int i = 0; i < 100; i++)
        {
            if (i == 0 || random.Next(10) == 0)
                (id, told) = (await application.PrepareAsync("INSERT INTO shop.p (k, v) VALUES (CONCAT('k', ?), CONCAT('v', ?))"), false);
            bool inTransaction = random.Next(4) == 0;
            if (inTransaction)
                Assert.Equal("", await application.AskAsync("BEGIN"));
            int number = session * 1000 + i;
            byte[] value = session % 2 == 0 ? BitConverter.GetBytes(number) : Text(number.ToString());
            byte type = session % 2 == 0 ? Long : VarString;
            Assert.Equal("", await application.ExecuteAsync(id, told ? null : [type, type], value, value));
            told = true;
            if (inTransaction)
                Assert.Equal("", await application.AskAsync("COMMIT"));
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task TypesToldOnOneServerConnectionAreToldWhereTheStatementWasPrepared()
    {
        await using RunningGateway gateway = Gateway(connections: 2);
        using Application application = await gateway.ConnectAsync();
        using Application left = await gateway.ConnectAsync();
        using Application right = await gateway.ConnectAsync();
        string first = await TakeAsync(left);
        uint id = await application.PrepareAsync("INSERT INTO shop.p (k, v) VALUES (?, CONNECTION_ID())");
        string second = await TakeAsync(right);
        Assert.Equal("", await left.AskAsync("COMMIT"));
        Assert.Equal("", await application.ExecuteAsync(id, [VarString], Text("a")));
        Assert.Equal(first, await TakeAsync(left));
        Assert.Equal("", await right.AskAsync("COMMIT"));
        Assert.Equal("", await application.ExecuteAsync(id, null, Text("b")));
        Assert.Equal($"{first},{second}", await application.AskAsync("SELECT v FROM shop.p ORDER BY k"));
    }

    /// <summary>A statement means what it meant when it was prepared, whoever else prepared the same text, and whatever its session has set since.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData("SET sql_mode='ANSI_QUOTES'", "SET sql_mode=''", "INSERT INTO shop.p (k) SELECT \"c\" FROM (SELECT 'column' AS c) t", "column", "c")]
    [InlineData("USE a", "USE b", "INSERT INTO shop.p (k) SELECT v FROM t", "of a", "of b")]
    [InlineData("SET NAMES utf8mb4", "SET NAMES latin1", "INSERT INTO shop.p (k) SELECT CHARSET('x')", "utf8mb4", "latin1")]
    public async Task TheSameTextIsAnotherStatementInAnotherState(string here, string there, string text, string first, string second)
    {
        await using RunningGateway gateway = Gateway(connections: 2);
        using Application application = await gateway.ConnectAsync();
        using Application other = await gateway.ConnectAsync();
        using Application left = await gateway.ConnectAsync();
        using Application right = await gateway.ConnectAsync();
        foreach (string statement in (string[])["CREATE SCHEMA a", "CREATE TABLE a.t AS SELECT 'of a' AS v", "CREATE SCHEMA b", "CREATE TABLE b.t AS SELECT 'of b' AS v"])
            Assert.Equal("", await left.AskAsync(statement));
        await TakeAsync(left);
        Assert.Equal("", await application.AskAsync(here));
        Assert.Equal("", await other.AskAsync(there));
        uint id = await application.PrepareAsync(text), sameText = await other.PrepareAsync(text);
        Assert.Equal("", await application.ExecuteAsync(id, null));
        Assert.Equal("", await other.ExecuteAsync(sameText, null));
        // Where it is not prepared yet, and in another state than it was.
        await TakeAsync(right);
        Assert.Equal("", await left.AskAsync("COMMIT"));
        Assert.Equal("", await application.AskAsync(there));
        Assert.Equal("", await application.ExecuteAsync(id, null));
        Assert.Equal("", await other.ExecuteAsync(sameText, null));
        Assert.Equal($"{first},{second},{first},{second}", await application.AskAsync("SELECT k FROM shop.p"));
        Assert.Equal("", await application.ExecuteAsync(await application.PrepareAsync(text), null));
        Assert.Equal(second, await application.AskAsync("SELECT k FROM shop.p LIMIT 4, 1"));
    }

    /// <summary>MariaDB leaves out the columns' metadata where they are as it has told them; whom it has told is not always who asks.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task MetadataThatChangedIsToldAlsoByAServerConnectionThatToldItToSomebodyElse()
    {
        await using RunningGateway gateway = Gateway(connections: 2);
        using Application application = await Application.ConnectAsync(gateway.Port, RunningGateway.User, RunningGateway.Password,
            capabilities: Capabilities.LongFlag | Capabilities.Transactions | Capabilities.MultiResults | Capabilities.MariaDbCacheMetadata);
        using Application left = await gateway.ConnectAsync();
        using Application right = await gateway.ConnectAsync();
        await left.AskAsync("CREATE TABLE shop.m AS SELECT 7 AS v");
        await TakeAsync(left);
        uint id = await application.PrepareAsync("SELECT v FROM shop.m");
        await TakeAsync(right);
        Assert.Equal("", await left.AskAsync("COMMIT"));
        Assert.Equal("", await left.AskAsync("ALTER TABLE shop.m MODIFY v VARCHAR(10)"));
        application.Sequence = 0;
        await application.WriteAsync((byte[])[CommandCode.StmtExecute, .. BitConverter.GetBytes(id), 0, 1, 0, 0, 0]);
        Assert.True(ResultSetHeader.TryRead((await application.ReadAsync()).Span, application.Agreed, out ResultSetHeader header));
        Assert.True(header.MetadataFollows);
        byte[] column = (await application.ReadAsync()).ToArray();
        Assert.Equal(VarString, column[^6]);
    }

    /// <summary>Too large to be kept; and where the types that are put in move what stands at the border of two parts.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(2_000_000)]
    [InlineData(LargestPart - 5)]
    [InlineData(LargestPart - 4)]
    [InlineData(LargestPart - 3)]
    [InlineData(LargestPart - 1)]
    [InlineData(LargestPart)]
    [InlineData(LargestPart + 1)]
    [InlineData(2 * LargestPart - 5)]
    [InlineData(2 * LargestPart - 4)]
    [InlineData(2 * LargestPart - 3)]
    [InlineData(2 * LargestPart)]
    [InlineData(3 * LargestPart - 2)]
    public async Task ALargeExecuteHasItsTypesWhereverItGoes(int length)
    {
        await using RunningGateway gateway = Gateway(connections: 2);
        using Application application = await gateway.ConnectAsync();
        using Application left = await gateway.ConnectAsync();
        using Application right = await gateway.ConnectAsync();
        string first = await TakeAsync(left);
        uint id = await application.PrepareAsync("INSERT INTO shop.p (k, v) VALUES (?, ?)");
        Assert.Equal("", await application.ExecuteAsync(id, [VarString, Blob], Text("first"), Text("first")));
        string second = await TakeAsync(right);
        Assert.Equal("", await left.AskAsync("COMMIT"));
        // Command, id, flags, iterations, nulls, "types follow": twelve bytes; the key two; the length of the value.
        byte[] value = new byte[length - 12 - 2 - (length > LargestPart + 18 ? 9 : 4)];
        new Random(1).NextBytes(value);
        Assert.Equal("", await application.ExecuteAsync(id, null, Text("a"), Text(value)));
        Assert.Equal(first, await application.AskAsync("SELECT CONNECTION_ID()"));
        Assert.Equal("", await application.ExecuteAsync(id, null, Text("b"), Text(value)));
        string sum = Convert.ToHexStringLower(SHA256.HashData(value));
        Assert.Equal($"{sum},{sum}", await application.AskAsync("SELECT SHA2(v, 256) FROM shop.p WHERE k <> 'first' ORDER BY k"));
        Assert.NotEqual(first, second);
    }

    /// <summary>As a server does; also where the statement is a transaction's.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task APrepareThatWaitsForALockIsWaitedFor()
    {
        const string waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata lock%'";
        await using RunningGateway gateway = Gateway(connections: 3, threads: 1);
        using Application application = await gateway.ConnectAsync();
        using Application left = await gateway.ConnectAsync();
        using Application alters = await gateway.ConnectAsync();
        uint id = await application.PrepareAsync("INSERT INTO shop.p (k) VALUES ('waited')");
        string preparedOn = await application.AskAsync("SELECT CONNECTION_ID()");
        Assert.Equal(preparedOn, await TakeAsync(left));
        Assert.Equal("0", await left.AskAsync("SELECT COUNT(*) FROM shop.p"));
        await TakeAsync(application);
        Task<string> altered = alters.AskAsync("ALTER TABLE shop.p ADD x INT");
        await AwaitAsync(left, waiting, "1");
        Task<string> executed = application.ExecuteAsync(id, null);
        await AwaitAsync(left, waiting, "2");
        await Task.WhenAny(executed, Task.Delay(TimeSpan.FromSeconds(12)));
        Assert.False(executed.IsCompleted);
        Assert.Equal("", await left.AskAsync("COMMIT"));
        Assert.Equal("", await altered);
        Assert.Equal("", await executed);
        Assert.Equal("", await application.AskAsync("COMMIT"));
        Assert.Equal("1", await left.AskAsync("SELECT COUNT(*) FROM shop.p"));
    }

    private static async Task AwaitAsync(Application application, string question, string answer)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await application.AskAsync(question) != answer)
            await Task.Delay(20, enough.Token);
    }

    /// <summary>Takes the one server connection that is free: its thread.</summary>
    private static async Task<string> TakeAsync(Application application)
    {
        Assert.Equal("", await application.AskAsync("BEGIN"));
        return await application.AskAsync("SELECT CONNECTION_ID()");
    }

    private static byte[] Text(string value) => Text(Encoding.ASCII.GetBytes(value));

    private static byte[] Text(byte[] value) => value.Length switch
    {
        < 251 => [(byte)value.Length, .. value],
        <= 0xFFFFFF => [0xFD, .. BitConverter.GetBytes(value.Length).AsSpan(0, 3), .. value],
        _ => [0xFE, .. BitConverter.GetBytes((long)value.Length), .. value],
    };

    /// <summary>MariaDB's clients send prepare and execute in one go.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(10)]
    [InlineData(2_000_000)]
    public async Task TheLastPreparedIsNoneAfterAPrepareThatFailed(int size)
    {
        await using RunningGateway gateway = Gateway(connections: 1);
        using Application application = await gateway.ConnectAsync();
        await application.PrepareAsync("INSERT INTO shop.p VALUES ('nobody asked', '')");
        await application.TellAsync([CommandCode.StmtPrepare, .. Encoding.UTF8.GetBytes($"INSERT INTO shop.none /* {new string('x', size)} */ VALUES (1)")]);
        Assert.True(ErrPacket.TryRead((await application.ReadAsync()).Span, out _));
        Assert.StartsWith("1243", await application.ExecuteAsync(0xFFFFFFFF, null), StringComparison.Ordinal);
        Assert.Equal("0", await application.AskAsync("SELECT COUNT(*) FROM shop.p WHERE k = 'nobody asked'"));
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(10)]
    [InlineData(2_000_000)]
    [InlineData(LargestPart + 10)]
    public async Task AStatementThatCannotBePreparedAgainIsAnErrorAndNoMore(int size)
    {
        await using RunningGateway gateway = Gateway(connections: 1);
        using Application application = await gateway.ConnectAsync(), other = await gateway.ConnectAsync();
        Assert.Equal("", await application.AskAsync("CREATE OR REPLACE TABLE shop.gone (v LONGBLOB)"));
        uint insert = await application.PrepareAsync("INSERT INTO shop.gone VALUES (?)");
        server!.Crash();
        server.StartAgain();
        Assert.Equal("", await other.AskAsync("DROP TABLE shop.gone"));
        Assert.StartsWith("1146", await application.ExecuteAsync(insert, [Blob], Text(new string('b', size))), StringComparison.Ordinal);
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AStatementTooLargeToBeKeptIsNotClosedForOthers()
    {
        await using RunningGateway gateway = Gateway(connections: 1);
        using Application application = await gateway.ConnectAsync();
        uint large = await application.PrepareAsync($"SELECT 'large' /* {new string('x', 2_000_000)} */");
        for (int i = 0; i < 250; i++)
            await application.PrepareAsync($"SELECT {i}");
        // A binary row, in which no text is looked for; and no error.
        Assert.Equal("", await application.ExecuteAsync(large, null));
    }
}
