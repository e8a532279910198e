using System.Buffers;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Spool;

/// <summary>
/// Bytes on their way to a slow reader, first in, first out: the oldest in memory (the head), then those in a file, then the newest in
/// memory (the tail). Belongs to one loop; steps at the disk run elsewhere, one at a time, and are taken over on the loop.
/// </summary>
internal sealed partial class ResultSpool : IDisposable
{
    public const int ChunkSize = 64 * 1024;
    /// <summary>With fewer the head, a step and what comes meanwhile have no room.</summary>
    public const int FewestChunks = 4;

    private const int MostPut = 2;

    private enum Step : byte
    {
        None,
        Write,
        Read,
    }

    private readonly SpoolOptions options;
    private readonly SpoolTotals totals;
    private readonly GatewayCounters counters;
    private readonly ISpoolFolder folder;
    private readonly Action<ResultSpool> start;
    private readonly Action<Action> post;
    private readonly Action wake;
    private readonly Action stepIsOver;
    private readonly int batch;
    private readonly Queue<Chunk> head = new();
    private readonly Queue<Chunk> tail = new();
    private readonly Queue<Segment> segments = new();
    private readonly List<Chunk> moving = [];
    private Chunk? filling;
    private int most;
    private int chunks;
    private int fullInTail;
    private Step step;
    private bool diskIsOff = true;
    private bool diskFailed;
    private bool isSealed;
    private bool disposed;

    /// <param name="most">Chunks at once; reserved by the caller.</param>
    public ResultSpool(SpoolOptions options, SpoolTotals totals, GatewayCounters counters, ISpoolFolder folder, Action<ResultSpool> start, Action<Action> post, Action wake, int most)
    {
        (this.options, this.totals, this.counters, this.folder, this.start, this.post, this.wake, this.most) = (options, totals, counters, folder, start, post, wake, most);
        batch = Math.Max(1, most / 4);
        stepIsOver = TakeOver;
    }

    /// <summary>Nothing is left, and nothing is going on.</summary>
    public bool IsEmpty => head.Count == 0 && tail.Count == 0 && segments.Count == 0 && step == Step.None;

    /// <summary>There is room for another read of the server, 64 KB.</summary>
    public bool Takes => chunks + MostPut + batch <= most;

    /// <summary>What keeps it from taking more, in words; null while nothing does, or only until a step at the disk is over.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What the client has not got is lost: the disk does not give it back. Why, in words.</summary>
    public string? Loss { get; private set; }

    /// <summary>Bytes that lie in memory, steps under way included; never more than was reserved.</summary>
    public int MemoryUsed => chunks * ChunkSize;

    /// <summary>The disk waits to be allowed, for the first time or after a refusal.</summary>
    public bool DiskIsOff => diskIsOff && !diskFailed;

    /// <summary>Adds bytes behind all others. Takes all of them; the caller has asked <see cref="Takes"/>.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        counters.SpoolBytesToMemory += bytes.Length;
        totals.AddInMemory(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (filling is null)
            {
                filling = new Chunk();
                chunks++;
                bool isNext = tail.Count == 0 && segments.Count == 0 && head.Count < batch;
                (isNext ? head : tail).Enqueue(filling);
                filling.IsInTail = !isNext;
            }
            int take = Math.Min(bytes.Length, ChunkSize - filling.End);
            bytes[..take].CopyTo(filling.Bytes.AsSpan(filling.End));
            filling.End += take;
            bytes = bytes[take..];
            if (filling.End < ChunkSize)
                continue;
            fullInTail += filling.IsInTail ? 1 : 0;
            filling = null;
        }
        Work();
    }

    /// <summary>The next bytes to be sent; none where there are none, or the disk has not given them yet.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        if (head.Count == 0 && segments.Count == 0 && step == Step.None)
            while (head.Count < batch && tail.TryDequeue(out Chunk? chunk))
            {
                fullInTail -= chunk.End == ChunkSize ? 1 : 0;
                chunk.IsInTail = false;
                head.Enqueue(chunk);
            }
        return head.TryPeek(out Chunk? next) ? next.Bytes.AsSpan(next.Start, next.End - next.Start) : default;
    }

    /// <summary>Bytes of <see cref="Peek"/> have been sent.</summary>
    public void Advance(int count)
    {
        Chunk next = head.Peek();
        next.Start += count;
        totals.AddInMemory(-count);
        if (next.Start < next.End)
            return;
        head.Dequeue();
        if (filling == next)
            filling = null;
        Return(next);
        Work();
    }

    /// <summary>The file may be used, for the first time or again.</summary>
    public void AllowDisk()
    {
        diskIsOff = false;
        Work();
    }

    /// <summary>Nothing more will be put: the memory that it cannot need any more goes to others.</summary>
    public void Seal()
    {
        isSealed = true;
        int needed = Math.Min(most, chunks + (segments.Count > 0 || step != Step.None ? batch : 0));
        totals.ReleaseMemory((most - needed) * (long)ChunkSize);
        most = needed;
    }

    /// <summary>Frees memory and file; where a step is under way, when it is over.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        if (step == Step.None)
            Free();
    }

    private void Work()
    {
        if (step != Step.None || disposed || Loss is not null)
            return;
        if (segments.Count > 0 && head.Count == 0)
            BeginRead();
        else if (!isSealed && tail.Count > 0 && (fullInTail >= batch || !Takes) && MayWrite())
            BeginWrite();
        else if (segments.Count > 0 && head.Count <= batch / 2 && chunks + batch <= most)
            BeginRead();
    }

    private bool MayWrite()
    {
        if (options.DiskPerClient == 0)
            Refusal = "spool.disk_per_client is 0";
        return !diskIsOff && !diskFailed && options.DiskPerClient > 0;
    }

    private void BeginWrite()
    {
        int count = Takes ? batch : Math.Min(batch, tail.Count);
        foreach (Chunk chunk in tail)
        {
            if (moving.Count == count)
                break;
            moving.Add(chunk);
            if (chunk == filling)
                filling = null;
        }
        step = Step.Write;
        start(this);
    }

    private void BeginRead()
    {
        for (int left = segments.Peek().Length; left > 0; left -= ChunkSize)
        {
            moving.Add(new Chunk { End = Math.Min(left, ChunkSize) });
            chunks++;
        }
        step = Step.Read;
        start(this);
    }

    /// <summary>On the loop: a step is over.</summary>
    private void TakeOver()
    {
        Step what = step;
        step = Step.None;
        if (what == Step.Write)
            TakeOverWrite();
        else
            TakeOverRead();
        moving.Clear();
        if (disposed)
        {
            Free();
            return;
        }
        Work();
        wake();
    }

    private void TakeOverWrite()
    {
        if (stepProblem is not null)
        {
            Refusal = stepProblem;
            diskFailed = stepFailed;
            diskIsOff = true;
            return;
        }
        Refusal = null;
        int length = 0;
        foreach (Chunk chunk in moving)
        {
            tail.Dequeue();
            fullInTail -= chunk.End == ChunkSize ? 1 : 0;
            length += chunk.End - chunk.Start;
            Return(chunk);
        }
        segments.Enqueue(new Segment(stepAt, length, stepChecksum));
        counters.SpoolBytesToDisk += length;
        totals.AddInMemory(-length);
        totals.AddOnDisk(length);
    }

    private void TakeOverRead()
    {
        if (stepProblem is not null)
        {
            Loss = stepProblem;
            moving.ForEach(Return);
            return;
        }
        int length = segments.Dequeue().Length;
        moving.ForEach(head.Enqueue);
        totals.AddInMemory(length);
        totals.AddOnDisk(-length);
    }

    private void Return(Chunk chunk)
    {
        ArrayPool<byte>.Shared.Return(chunk.Bytes);
        chunks--;
    }

    private void Free()
    {
        long left = 0;
        foreach (Chunk chunk in head.Concat(tail))
        {
            left += chunk.End - chunk.Start;
            Return(chunk);
        }
        totals.AddInMemory(-left);
        totals.AddOnDisk(-segments.Sum(static s => (long)s.Length));
        head.Clear();
        tail.Clear();
        segments.Clear();
        totals.ReleaseMemory(most * (long)ChunkSize);
        most = 0;
        FreeFile();
    }

    private sealed class Chunk
    {
        public byte[] Bytes { get; } = ArrayPool<byte>.Shared.Rent(ChunkSize);
        public int Start { get; set; }
        public int End { get; set; }
        public bool IsInTail { get; set; }
    }

    /// <summary>What one write brought to the file, and one read takes from it.</summary>
    private readonly record struct Segment(long At, int Length, uint Checksum);
}
