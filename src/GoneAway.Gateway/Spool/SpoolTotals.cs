namespace GoneAway.Gateway.Spool;

/// <summary>What all spools of a gateway have taken together. Any thread.</summary>
internal sealed class SpoolTotals
{
    private long memoryReserved;
    private long diskReserved;
    private long diskAllocated;
    private long inMemory;
    private long onDisk;

    /// <summary>Bytes of results that lie there now.</summary>
    public long InMemory => Volatile.Read(ref inMemory);
    public long OnDisk => Volatile.Read(ref onDisk);

    /// <summary>Bytes that spools may have in memory, whether they use them or not.</summary>
    public long MemoryReserved => Volatile.Read(ref memoryReserved);

    public long DiskReserved => Volatile.Read(ref diskReserved);

    /// <summary>Bytes that spools may take on the disk and have not yet.</summary>
    public long DiskUnused => Volatile.Read(ref diskReserved) - Volatile.Read(ref diskAllocated);

    public bool TryReserveMemory(long bytes, long limit) => TryReserve(ref memoryReserved, bytes, limit);

    public bool TryReserveDisk(long bytes, long limit) => TryReserve(ref diskReserved, bytes, limit);

    public void ReleaseMemory(long bytes) => Interlocked.Add(ref memoryReserved, -bytes);

    public void ReleaseDisk(long bytes) => Interlocked.Add(ref diskReserved, -bytes);

    public void AddAllocated(long bytes) => Interlocked.Add(ref diskAllocated, bytes);

    public void AddInMemory(long bytes) => Interlocked.Add(ref inMemory, bytes);

    public void AddOnDisk(long bytes) => Interlocked.Add(ref onDisk, bytes);

    private static bool TryReserve(ref long sum, long bytes, long limit)
    {
        if (Interlocked.Add(ref sum, bytes) <= limit)
            return true;
        Interlocked.Add(ref sum, -bytes);
        return false;
    }
}
