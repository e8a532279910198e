using System.Numerics;
using System.Runtime.InteropServices;

namespace GoneAway.Gateway.Spool;

/// <content>What runs off the loop: one write or read of the file. Its fields are the loop's again once the step is over.</content>
internal sealed partial class ResultSpool
{
    private const long FirstGrant = 4L << 20;
    private const long LargestGrant = 64L << 20;

    private ISpoolFile? file;
    private long fileEnd;
    /// <summary>Bytes of the disk that this file holds, and that it may hold.</summary>
    private long allocated;
    private long granted;
    private string? stepProblem;
    private bool stepFailed;
    private long stepAt;
    private uint stepChecksum;

    /// <summary>Runs the step that was begun; on no loop.</summary>
    public void RunStep()
    {
        stepProblem = null;
        stepFailed = false;
        try
        {
            if (step == Step.Write)
                RunWrite();
            else
                RunRead();
        }
        catch (Exception failed)
        {
            stepFailed = true;
            stepProblem = $"the disk failed: {failed.Message}";
        }
        post(stepIsOver);
    }

    private void RunWrite()
    {
        long length = 0;
        foreach (Chunk chunk in moving)
            length += chunk.End - chunk.Start;
        if (allocated + length > granted && !Grow(length))
            return;
        file ??= folder.Create();
        stepAt = fileEnd;
        stepChecksum = 0;
        long at = fileEnd;
        foreach (Chunk chunk in moving)
        {
            ReadOnlySpan<byte> bytes = chunk.Bytes.AsSpan(chunk.Start, chunk.End - chunk.Start);
            stepChecksum = Checksum(stepChecksum, bytes);
            file.Write(bytes, at);
            at += bytes.Length;
        }
        fileEnd = at;
        allocated += length;
        totals.AddAllocated(length);
    }

    private void RunRead()
    {
        Segment segment = segments.Peek();
        uint checksum = 0;
        long at = segment.At;
        foreach (Chunk chunk in moving)
        {
            Span<byte> bytes = chunk.Bytes.AsSpan(0, chunk.End);
            if (file!.Read(bytes, at) != bytes.Length)
                throw new IOException("the file is shorter than what was written");
            checksum = Checksum(checksum, bytes);
            at += bytes.Length;
        }
        if (checksum != segment.Checksum)
            throw new IOException("the file does not hold what was written");
        bool isLast = segments.Count == 1;
        if (isLast)
            Empty();
        else if (file!.Punch(segment.At, segment.Length))
        {
            allocated -= segment.Length;
            totals.AddAllocated(-segment.Length);
        }
    }

    private void Empty()
    {
        try
        {
            file!.Clear();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return;
        }
        totals.AddAllocated(-allocated);
        totals.ReleaseDisk(granted);
        allocated = granted = fileEnd = 0;
    }

    /// <summary>Asks for more of the disk, ahead of need; false: a limit is met, and <see cref="stepProblem"/> names it.</summary>
    private bool Grow(long length)
    {
        long least = allocated + length - granted;
        long free = folder.Free();
        long wanted = Math.Max(least, Math.Clamp(granted, FirstGrant, LargestGrant));
        foreach (long bytes in (ReadOnlySpan<long>)[wanted, least])
        {
            if (granted + bytes > options.DiskPerClient)
                stepProblem = $"spool.disk_per_client ({options.DiskPerClient} bytes) is reached";
            else if (!totals.TryReserveDisk(bytes, options.DiskTotal))
                stepProblem = $"spool.disk_total ({options.DiskTotal} bytes) is reached";
            else if (free - totals.DiskUnused < options.KeepFree)
            {
                totals.ReleaseDisk(bytes);
                stepProblem = $"less than spool.keep_free ({options.KeepFree} bytes) would stay free in {options.Folder}";
            }
            else
            {
                granted += bytes;
                stepProblem = null;
                return true;
            }
        }
        return false;
    }

    private void FreeFile()
    {
        // To give back a large file takes its time.
        if (file is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static gone => gone.Dispose(), file, preferLocal: false);
        file = null;
        totals.AddAllocated(-allocated);
        totals.ReleaseDisk(granted);
        allocated = granted = 0;
    }

    /// <summary>CRC-32C, which processors have; the rest in single bytes.</summary>
    private static uint Checksum(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            checksum = BitOperations.Crc32C(checksum, word);
        foreach (byte one in bytes[(words.Length * sizeof(ulong))..])
            checksum = BitOperations.Crc32C(checksum, one);
        return checksum;
    }
}
