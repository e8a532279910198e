using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Sessions that wait for their client to read, and the limit that will cut them.</summary>
internal sealed class SlowReaders : HazardRule
{
    private static readonly string[] Sending = ["Sending to client", "Writing to net"];

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Variable("net_write_timeout") is not { Number: > 0 and var limit } variable)
            yield break;
        Sighting[] slow = [.. known.Sessions.Where(s => s.State is { } state && Sending.Contains(state) && s.Elapsed?.TotalSeconds >= Math.Min(limit / 2, 10)).OrderByDescending(static s => s.Elapsed)];
        if (slow.Length > 0)
            yield return new Hazard("slow-reader", $"{slow.Length} {(slow.Length == 1 ? "session has" : "sessions have")} been sending for {Spans.Show(slow[0].Elapsed!.Value)} and wait for the client to read ({SleepersNearTimeout.Who(slow[0])}); {variable.Value} s without progress (net_write_timeout) end the connection in the middle of its result",
                slow[0].Source, "fetch the result at once and work on it afterwards, or in pages; for exports SET SESSION net_write_timeout = 600");
        else if (limit < 30)
            yield return new Hazard("slow-reader", $"net_write_timeout = {variable.Value} s: a client that pauses so long while it reads a result loses the connection", variable.Source, "SET GLOBAL net_write_timeout = 60");
    }
}
