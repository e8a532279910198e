using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Spool;

/// <summary>The spools of a gateway: what they share.</summary>
internal sealed class Spools
{
    private const int MostStepsAtOnce = 4;

    private readonly SpoolDisk disk = new(MostStepsAtOnce);

    public SpoolTotals Totals { get; } = new();

    /// <summary>A spool with as much memory as there is; null where the memory for all of them is taken.</summary>
    /// <param name="options">Stay those of this spool.</param>
    /// <param name="counters">Of the spool's loop.</param>
    /// <param name="post">Runs code on the spool's loop.</param>
    /// <param name="wake">Called on the loop when a step at the disk is over.</param>
    public ResultSpool? TryBegin(SpoolOptions options, GatewayCounters counters, Action<Action> post, Action wake) =>
        TryBegin(options, counters, new SpoolFolder(options.Folder), disk.Start, post, wake);

    internal ResultSpool? TryBegin(SpoolOptions options, GatewayCounters counters, ISpoolFolder folder, Action<ResultSpool> start, Action<Action> post, Action wake)
    {
        long full = Math.Max(options.MemoryPerClient / ResultSpool.ChunkSize, ResultSpool.FewestChunks);
        // Once half of the memory for all is taken, further spools get the least.
        if (Totals.TryReserveMemory(full * ResultSpool.ChunkSize, options.MemoryTotal / 2))
            return new ResultSpool(options, Totals, counters, folder, start, post, wake, (int)full);
        if (Totals.TryReserveMemory(ResultSpool.FewestChunks * ResultSpool.ChunkSize, options.MemoryTotal))
            return new ResultSpool(options, Totals, counters, folder, start, post, wake, ResultSpool.FewestChunks);
        return null;
    }
}
