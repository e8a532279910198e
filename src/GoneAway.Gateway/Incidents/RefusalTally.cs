using System.Net;

namespace GoneAway.Gateway.Incidents;

/// <summary>Counts refused logins by address. Bounded: where there are too many addresses the count begins anew.</summary>
internal sealed class RefusalTally
{
    private const int MostAddresses = 1024, Flood = 20;
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<IPAddress, Tally> tallies = [];

    /// <summary>One more. A number where a flood has reached it: 20, 200, 2000 ... within the window; else null.</summary>
    public int? Count(IPAddress address)
    {
        long now = Environment.TickCount64;
        lock (tallies)
        {
            if (!tallies.TryGetValue(address, out Tally tally) || now - tally.Since > Window.TotalMilliseconds)
            {
                if (tallies.Count >= MostAddresses)
                    tallies.Clear();
                tally = new Tally(now, 0, Flood);
            }
            tally = tally with { Seen = tally.Seen + 1 };
            bool told = tally.Seen == tally.TellAt;
            tallies[address] = told ? tally with { TellAt = tally.TellAt * 10 } : tally;
            return told ? tally.Seen : null;
        }
    }

    private readonly record struct Tally(long Since, int Seen, int TellAt);
}
