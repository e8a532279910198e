using System.Runtime.Versioning;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Spool;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Spool;

public sealed class ResultSpoolTests
{
    private const int Chunk = ResultSpool.ChunkSize;
    private static readonly SpoolOptions Small = new() { MemoryPerClient = 4 * Chunk, DiskPerClient = 1L << 30, DiskTotal = 1L << 30, KeepFree = 0 };

    private readonly FakeDisk disk = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bytes_come_out_as_they_went_in_whatever_the_sizes_and_the_order_of_steps(int seed)
    {
        var random = new Random(seed);
        int most = random.Next(ResultSpool.FewestChunks, 24);
        disk.CanPunch = random.Next(2) == 0;
        ResultSpool spool = disk.Begin(Small with { MemoryPerClient = most * Chunk }, allowed: random.Next(2) == 0);
        byte[] data = new byte[random.Next(6 << 20)];
        random.NextBytes(data);
        int put = 0, taken = 0, eager = random.Next(4, 11);
        while (taken < data.Length)
        {
            switch (random.Next(12))
            {
                case 0:
                    disk.Step();
                    break;
                case 1:
                    disk.Tell();
                    break;
                case 2:
                    spool.AllowDisk();
                    break;
                case var some when some <= eager && spool.Takes && put < data.Length:
                    int size = Math.Min(random.Next(3) == 0 ? random.Next(1, 200) : random.Next(1, Chunk), data.Length - put);
                    spool.Put(data.AsSpan(put, size));
                    put += size;
                    if (put == data.Length)
                        spool.Seal();
                    break;
                default:
                    ReadOnlySpan<byte> next = spool.Peek();
                    int take = random.Next(4) == 0 ? random.Next(next.Length + 1) : next.Length;
                    if (take == 0)
                        break;
                    Assert.True(next[..take].SequenceEqual(data.AsSpan(taken, take)));
                    spool.Advance(take);
                    taken += take;
                    break;
            }
            Assert.True(spool.MemoryUsed <= most * Chunk, $"{spool.MemoryUsed} of {most * Chunk}");
            Assert.InRange(disk.Spools.Totals.InMemory + disk.Spools.Totals.OnDisk, put - taken, put - taken);
        }
        disk.RunAll();
        Assert.True(spool.IsEmpty);
        spool.Dispose();
        AssertNothingIsLeft();
        Assert.Equal(data.Length, disk.Counters.SpoolBytesToMemory);
    }

    [Fact]
    public void A_reader_that_takes_nothing_stops_no_one_until_the_disk_limit_of_one_client()
    {
        ResultSpool spool = disk.Begin(Small with { DiskPerClient = 20 * Chunk });
        int put = Fill(spool);
        Assert.InRange(put, 20 * Chunk, 24 * Chunk);
        Assert.Contains("spool.disk_per_client", spool.Refusal, StringComparison.Ordinal);
        Assert.Equal(put, Drain(spool));
        Assert.Null(spool.Loss);
        spool.Dispose();
        AssertNothingIsLeft();
    }

    [Fact]
    public void What_was_read_makes_room_on_the_disk_again()
    {
        ResultSpool spool = disk.Begin(Small with { DiskPerClient = 20 * Chunk });
        Fill(spool);
        for (int i = 0; i < 100; i++)
        {
            for (int read = 0; read < 8; read++)
            {
                spool.Advance(spool.Peek().Length);
                disk.RunAll();
            }
            spool.AllowDisk();
            disk.RunAll();
            Assert.True(Fill(spool) > 0, $"round {i}: {spool.Refusal}");
        }
    }

    [Fact]
    public void All_clients_together_stay_within_the_limit_of_all()
    {
        SpoolOptions options = Small with { DiskTotal = 40 * Chunk };
        ResultSpool one = disk.Begin(options), other = disk.Begin(options);
        int put = Fill(one) + Fill(other);
        Assert.InRange(put, 40 * Chunk, 48 * Chunk);
        Assert.Contains("spool.disk_total", other.Refusal, StringComparison.Ordinal);
        one.Dispose();
        other.AllowDisk();
        disk.RunAll();
        Assert.Null(other.Refusal);
        Assert.True(Fill(other) > 0);
        other.Dispose();
        AssertNothingIsLeft();
    }

    [Fact]
    public void So_much_stays_free_on_the_disk_as_was_asked_for()
    {
        disk.FreeBytes = 30 * Chunk;
        ResultSpool spool = disk.Begin(Small with { KeepFree = 20 * Chunk });
        Assert.InRange(Fill(spool), 10 * Chunk, 14 * Chunk);
        Assert.Contains("spool.keep_free", spool.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_disk_memory_alone_is_used()
    {
        ResultSpool spool = disk.Begin(Small with { DiskPerClient = 0 });
        Assert.InRange(Fill(spool), Chunk, 4 * Chunk);
        Assert.Contains("spool.disk_per_client is 0", spool.Refusal, StringComparison.Ordinal);
        Assert.Equal(0, disk.Open);
    }

    [Fact]
    public void A_disk_that_takes_no_more_leaves_what_it_has_and_what_is_in_memory()
    {
        ResultSpool spool = disk.Begin(Small);
        int put = Fill(spool, atMost: 30 * Chunk);
        disk.FailsWrites = true;
        put += Fill(spool, seed: put);
        Assert.Contains("No space left on device", spool.Refusal, StringComparison.Ordinal);
        Assert.False(spool.DiskIsOff);
        Assert.Equal(put, Drain(spool));
        Assert.Null(spool.Loss);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_disk_does_not_give_back_is_a_loss_and_never_other_bytes(bool lies)
    {
        ResultSpool spool = disk.Begin(Small);
        int put = Fill(spool, atMost: 30 * Chunk);
        (disk.Lies, disk.FailsReads) = (lies, !lies);
        Assert.InRange(Drain(spool), 1, put - Chunk);
        Assert.NotNull(spool.Loss);
        spool.Dispose();
        AssertNothingIsLeft();
    }

    [Fact]
    public void An_end_in_the_middle_of_a_step_frees_all_when_the_step_is_over()
    {
        ResultSpool spool = disk.Begin(Small);
        while (!disk.Step())
            spool.Put(new byte[Chunk / 2]);
        spool.Dispose();
        Assert.NotEqual(0, disk.Spools.Totals.MemoryReserved);
        disk.RunAll();
        AssertNothingIsLeft();
    }

    [Fact]
    public void Memory_for_all_is_shared_out_and_ends()
    {
        SpoolOptions options = Small with { MemoryPerClient = 16 * Chunk, MemoryTotal = 40 * Chunk };
        ResultSpool?[] spools = [.. Enumerable.Range(0, 8).Select(_ => disk.Spools.TryBegin(options, disk.Counters, disk, static _ => { }, static _ => { }, static () => { }))];
        Assert.Equal([true, true, true, true, true, true, true, false], spools.Select(static s => s is not null));
        spools[0]!.Seal();
        Assert.NotNull(disk.Spools.TryBegin(options, disk.Counters, disk, static _ => { }, static _ => { }, static () => { }));
        foreach (ResultSpool? spool in spools)
            spool?.Dispose();
    }

    [Fact]
    public void The_disk_is_not_touched_before_it_is_allowed()
    {
        ResultSpool spool = disk.Begin(Small, allowed: false);
        Fill(spool);
        Assert.Equal(0, disk.Open);
        spool.AllowDisk();
        disk.RunAll();
        Assert.Equal(1, disk.Open);
        Assert.True(spool.Takes);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_file_has_no_name_and_is_its_owners_alone()
    {
        string folder = Directory.CreateTempSubdirectory("spool-").FullName;
        try
        {
            using ISpoolFile file = new SpoolFolder(folder).Create();
            file.Write("rows"u8, 100);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
            string link = Assert.Single(Directory.GetFileSystemEntries("/proc/self/fd"), one => new FileInfo(one).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(link));
            byte[] back = new byte[8];
            Assert.Equal(4, file.Read(back, 100));
            Assert.True(back.AsSpan(0, 4).SequenceEqual("rows"u8));
            file.Punch(0, 64);
            file.Clear();
            Assert.Equal(0, file.Read(back, 0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_is_gone_costs_the_others_nothing()
    {
        disk.IsGone = true;
        ResultSpool spool = disk.Begin(Small);
        int put = Fill(spool);
        Assert.NotNull(spool.Refusal);
        Assert.Equal(put, Drain(spool));
        spool.Dispose();
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_disk_that_fails()
    {
        var folder = new SpoolFolder("/proc/no such folder");
        Assert.Throws<IOException>(() => folder.Create());
    }

    /// <summary>Puts until the spool takes no more though all steps have run.</summary>
    private int Fill(ResultSpool spool, int atMost = int.MaxValue, int seed = 0)
    {
        int put = 0;
        byte[] part = new byte[10_000];
        disk.RunAll();
        while (put < atMost && spool.Takes)
        {
            for (int i = 0; i < part.Length; i++)
                part[i] = ByteAt(seed + put + i);
            spool.Put(part);
            put += part.Length;
            disk.RunAll();
        }
        return put;
    }

    private int Drain(ResultSpool spool)
    {
        int taken = 0;
        while (true)
        {
            disk.RunAll();
            ReadOnlySpan<byte> next = spool.Peek();
            if (next.IsEmpty)
                return taken;
            for (int i = 0; i < next.Length; i++)
                if (next[i] != ByteAt(taken + i))
                    Assert.Fail($"another byte at {taken + i}");
            taken += next.Length;
            spool.Advance(next.Length);
        }
    }

    private static byte ByteAt(int index) => (byte)(index ^ index >> 8 ^ index >> 16);

    private void AssertNothingIsLeft()
    {
        SpoolTotals totals = disk.Spools.Totals;
        Assert.Equal((0, 0, 0, 0, 0), (totals.InMemory, totals.OnDisk, totals.MemoryReserved, totals.DiskReserved, totals.DiskUnused));
        Assert.True(Poll.Until(() => Volatile.Read(ref disk.Open) == 0, TimeSpan.FromSeconds(30)));
    }
}
