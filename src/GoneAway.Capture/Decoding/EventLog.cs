using GoneAway.Model;

namespace GoneAway.Capture.Decoding;

/// <summary>The last events of a connection; older ones fall out.</summary>
internal sealed class EventLog
{
    public const int Capacity = 32;

    private ConnectionEvent[] ring = new ConnectionEvent[4];
    private long count;

    public void Add(in ConnectionEvent item)
    {
        if (count == ring.Length && ring.Length < Capacity)
            Array.Resize(ref ring, Math.Min(Capacity, ring.Length * 2));
        // Runs of the same kind are one event with the first time and the sum.
        if (count > 0 && item.Kind is EventKind.KeepAlive or EventKind.Data or EventKind.Retransmission)
        {
            ref ConnectionEvent last = ref ring[(count - 1) % ring.Length];
            if (last.Kind == item.Kind && last.Side == item.Side)
            {
                last = last with { Amount = last.Amount + item.Amount };
                return;
            }
        }
        ring[count++ % ring.Length] = item;
    }

    public List<ConnectionEvent> ToList()
    {
        var all = new List<ConnectionEvent>((int)Math.Min(count, ring.Length));
        for (long i = Math.Max(0, count - ring.Length); i < count; i++)
            all.Add(ring[i % ring.Length]);
        return all;
    }
}
