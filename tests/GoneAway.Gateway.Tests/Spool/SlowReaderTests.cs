using System.Security.Cryptography;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Spool;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Spool;

/// <summary>A server that ends connections whose client takes nothing for two seconds.</summary>
public sealed class ImpatientServer : IDisposable
{
    public ImpatientServer()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is null)
            Server = LocalServer.Start(Flavour.MariaDb, TwoServers.Statements.ReplaceLineEndings("\n"), "--net-write-timeout=2", "--max-connections=100");
    }

    public LocalServer? Server { get; }

    public void Dispose() => Server?.Dispose();
}

public sealed class SlowReaderTests(ImpatientServer impatient) : IClassFixture<ImpatientServer>
{
    private const int RowSize = 64_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private LocalServer Server => impatient.Server!;

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(PoolMode.Transaction, false)]
    [InlineData(PoolMode.Session, false)]
    [InlineData(PoolMode.Transaction, true)]
    public async Task A_reader_that_sleeps_longer_than_net_write_timeout_gets_every_row(PoolMode mode, bool inTransaction)
    {
        const int Rows = 800;
        await using var gateway = new RunningGateway(With(new SpoolOptions()) with { Pool = new PoolOptions { Mode = mode } });
        using Application slow = await gateway.ConnectAsync();
        if (inTransaction)
            Assert.Equal("", await slow.AskAsync("BEGIN"));
        await BeginAsync(slow, Rows);
        await AwaitIdleServerAsync();
        Assert.True(gateway.Core.Status.SpooledOnDisk > 0);
        await LetTimePassAsync();
        Assert.Equal(await DirectlyAsync(Rows), await FinishAsync(slow));
        Assert.Equal("1", await slow.AskAsync("SELECT 1"));
        if (inTransaction)
            Assert.Equal("", await slow.AskAsync("COMMIT"));
        AwaitNothingSpooled(gateway);
        Assert.True(Counted(gateway).SpooledResults > 0);
        Assert.Equal(0, Counted(gateway).BackendLosses);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task Without_the_gateway_the_same_reader_loses_rows()
    {
        using Application slow = await Application.ConnectAsync(Server.Port, RunningGateway.User, RunningGateway.Password);
        await BeginAsync(slow, 800);
        await AwaitIdleServerAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => FinishAsync(slow));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_large_result_waits_on_the_disk_and_not_in_memory()
    {
        const int Rows = 4800;
        await using var gateway = new RunningGateway(With(new SpoolOptions { MemoryPerClient = 1 << 20 }));
        using Application slow = await gateway.ConnectAsync();
        await BeginAsync(slow, Rows);
        await AwaitIdleServerAsync();
        Assert.InRange(gateway.Core.Status.SpooledOnDisk, 200L << 20, 320L << 20);
        Assert.InRange(gateway.Core.Spools.Totals.MemoryReserved, 1, 1 << 20);
        Assert.Equal(await DirectlyAsync(Rows), await FinishAsync(slow));
        AwaitNothingSpooled(gateway);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task Many_slow_readers_wait_at_once_and_leave_the_server_to_others()
    {
        const int Rows = 300, Readers = 24;
        await using var gateway = new RunningGateway(With(new SpoolOptions { MemoryPerClient = 256 << 10 }));
        Application[] slow = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => gateway.ConnectAsync()));
        foreach (Application one in slow)
            await BeginAsync(one, Rows);
        await AwaitIdleServerAsync();
        Assert.True(Poll.Until(() => gateway.Backends[0].InUse == 0, Patience));
        string all = await DirectlyAsync(Rows);
        Assert.Equal(all, await FinishAsync(slow[0]));
        Assert.Equal("1", await slow[0].AskAsync("SELECT 1"));
        foreach (Application one in slow[1..])
            Assert.Equal(all, await FinishAsync(one));
        AwaitNothingSpooled(gateway);
        foreach (Application one in slow)
            one.Dispose();
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task Past_the_limit_the_server_waits_and_that_is_said()
    {
        const int Rows = 800;
        await using var gateway = new RunningGateway(With(new SpoolOptions { DiskPerClient = 4 << 20 }) with { Pool = new PoolOptions { Mode = PoolMode.Session } });
        using Application slow = await gateway.ConnectAsync();
        Assert.Equal("", await slow.AskAsync("SET net_write_timeout=600"));
        await BeginAsync(slow, Rows);
        Assert.True(Poll.Until(() => gateway.Events.Any(static e => e.Name == "spool-full"), Patience));
        Assert.Contains("spool.disk_per_client", gateway.Events.First(static e => e.Name == "spool-full").Text, StringComparison.Ordinal);
        Assert.InRange(gateway.Core.Status.SpooledOnDisk, 1 << 20, 4 << 20);
        Assert.Equal(1, Counted(gateway).SpoolRefusals);
        Assert.Equal(await DirectlyAsync(Rows), await FinishAsync(slow));
        AwaitNothingSpooled(gateway);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_folder_that_cannot_be_used_leaves_back_pressure()
    {
        const int Rows = 800;
        await using var gateway = new RunningGateway(With(new SpoolOptions { Folder = "/proc/nowhere" }) with { Pool = new PoolOptions { Mode = PoolMode.Session } });
        using Application slow = await gateway.ConnectAsync();
        Assert.Equal("", await slow.AskAsync("SET net_write_timeout=600"));
        await BeginAsync(slow, Rows);
        Assert.True(Poll.Until(() => gateway.Events.Any(static e => e.Name == "spool-full"), Patience));
        Assert.Equal(await DirectlyAsync(Rows), await FinishAsync(slow));
        AwaitNothingSpooled(gateway);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_in_the_middle_or_is_killed_frees_memory_and_disk(bool isKilled)
    {
        await using var gateway = new RunningGateway(With(new SpoolOptions()));
        using Application slow = await gateway.ConnectAsync();
        await BeginAsync(slow, 800);
        await AwaitIdleServerAsync();
        Assert.True(gateway.Core.Status.SpooledOnDisk > 0);
        if (isKilled)
        {
            using Application killer = await gateway.ConnectAsync();
            Assert.Equal("", await killer.AskAsync($"KILL {slow.ThreadId}"));
            await Assert.ThrowsAnyAsync<IOException>(() => FinishAsync(slow));
        }
        else
            slow.Dispose();
        AwaitNothingSpooled(gateway);
        Assert.True(Poll.Until(() => gateway.Core.Status.Clients == 0, Patience));
    }

    private GatewayOptions With(SpoolOptions spool) => RunningGateway.Plain(Server) with { Spool = spool };

    /// <summary>Asks for rows, and reads the first.</summary>
    private static async Task BeginAsync(Application reader, int rows)
    {
        reader.Sequence = 0;
        await reader.WriteAsync((byte[])[CommandCode.Query, .. Encoding.UTF8.GetBytes($"SELECT seq,REPEAT(MD5(seq),{RowSize / 32}) FROM shop.seq_1_to_{rows}")]);
        for (int i = 0; i < 4; i++)
            await reader.ReadAsync();
        Assert.True((await reader.ReadAsync()).Length > RowSize);
    }

    /// <summary>How many rows there are behind the first, and their checksum; or the error among them.</summary>
    private static async Task<string> FinishAsync(Application reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int rows = 0;
        while (true)
        {
            ReadOnlyMemory<byte> payload = await reader.ReadAsync();
            if (payload.Length < 9 && payload.Span[0] == 0xFE)
                return $"{rows} rows, {Convert.ToHexString(hash.GetHashAndReset())}";
            if (ErrPacket.TryRead(payload.Span, out ErrPacket error))
                return $"{rows} rows, then {error.Code} {Encoding.UTF8.GetString(error.Message)}";
            hash.AppendData(payload.Span);
            rows++;
        }
    }

    private async Task<string> DirectlyAsync(int rows)
    {
        using Application fast = await Application.ConnectAsync(Server.Port, RunningGateway.User, RunningGateway.Password);
        await BeginAsync(fast, rows);
        string all = await FinishAsync(fast);
        Assert.StartsWith($"{rows - 1} rows, ", all, StringComparison.Ordinal);
        Assert.DoesNotContain("then", all, StringComparison.Ordinal);
        return all;
    }

    /// <summary>Until no connection of the application does anything at the server.</summary>
    private async Task AwaitIdleServerAsync()
    {
        using Application watcher = await Application.ConnectAsync(Server.Port, RunningGateway.User, RunningGateway.Password);
        Assert.True(Poll.Until(() => watcher.AskAsync("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER='app' AND COMMAND<>'Sleep' AND ID<>CONNECTION_ID()").Result == "0", Patience));
    }

    /// <summary>Twice as long as the server would wait, by its clock.</summary>
    private async Task LetTimePassAsync()
    {
        using Application watcher = await Application.ConnectAsync(Server.Port, RunningGateway.User, RunningGateway.Password);
        Assert.Equal("", await watcher.AskAsync("SET @then=NOW(6)"));
        Assert.True(Poll.Until(() => watcher.AskAsync("SELECT NOW(6)>@then+INTERVAL 4 SECOND").Result == "1", Patience));
    }

    private static void AwaitNothingSpooled(RunningGateway gateway)
    {
        SpoolTotals totals = gateway.Core.Spools.Totals;
        Assert.True(Poll.Until(() => (totals.InMemory, totals.OnDisk, totals.MemoryReserved, totals.DiskReserved) == (0, 0, 0, 0), Patience), $"{totals.InMemory} {totals.OnDisk} {totals.MemoryReserved} {totals.DiskReserved}");
    }

    private static GatewayCounters Counted(RunningGateway gateway)
    {
        var sum = new GatewayCounters();
        gateway.Core.Status.Count(sum);
        return sum;
    }
}
