using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Spool;

namespace GoneAway.Gateway.Tests.Spool;

/// <summary>A disk in memory that can fail, and whose steps run when the test says so.</summary>
internal sealed class FakeDisk : ISpoolFolder
{
    private readonly Queue<ResultSpool> begun = new();
    private readonly Queue<Action> posted = new();

    public Spools Spools { get; } = new();
    public GatewayCounters Counters { get; } = new();
    /// <summary>Bytes that are free while no spool has any.</summary>
    public long FreeBytes { get; set; } = long.MaxValue / 2;
    public bool FailsWrites { get; set; }
    public bool IsGone { get; set; }
    public bool FailsReads { get; set; }
    public bool Lies { get; set; }
    public bool CanPunch { get; set; } = true;
    /// <summary>Files that are open.</summary>
    public int Open;
    public int Woken { get; private set; }

    public ResultSpool Begin(SpoolOptions options, bool allowed = true)
    {
        ResultSpool spool = Spools.TryBegin(options, Counters, this, begun.Enqueue, posted.Enqueue, () => Woken++)!;
        if (allowed)
            spool.AllowDisk();
        return spool;
    }

    /// <summary>Runs one step, if one was begun; the loop hears of it later.</summary>
    public bool Step()
    {
        if (!begun.TryDequeue(out ResultSpool? next))
            return false;
        next.RunStep();
        return true;
    }

    public bool Tell()
    {
        if (!posted.TryDequeue(out Action? action))
            return false;
        action();
        return true;
    }

    public void RunAll()
    {
        while (Step() || Tell())
        {
        }
    }

    public ISpoolFile Create()
    {
        Interlocked.Increment(ref Open);
        return new MemoryFile(this);
    }

    public long Free() => IsGone ? throw new DirectoryNotFoundException() : FreeBytes - (Spools.Totals.DiskReserved - Spools.Totals.DiskUnused);

    private sealed class MemoryFile(FakeDisk disk) : ISpoolFile
    {
        private byte[] content = [];

        public void Write(ReadOnlySpan<byte> bytes, long at)
        {
            if (disk.FailsWrites)
                throw new IOException("No space left on device");
            if (content.Length < at + bytes.Length)
                Array.Resize(ref content, Math.Max((int)at + bytes.Length, content.Length * 2));
            bytes.CopyTo(content.AsSpan((int)at));
        }

        public int Read(Span<byte> target, long at)
        {
            if (disk.FailsReads)
                throw new IOException("Input/output error");
            content.AsSpan((int)at, target.Length).CopyTo(target);
            if (disk.Lies)
                target[target.Length / 2] ^= 1;
            return target.Length;
        }

        public bool Punch(long at, long length)
        {
            if (disk.CanPunch)
                content.AsSpan((int)at, (int)length).Clear();
            return disk.CanPunch;
        }

        public void Clear() => content = [];

        public void Dispose() => Interlocked.Decrement(ref disk.Open);
    }
}
