using System.Collections.Concurrent;
using System.Net;

namespace GoneAway.Gateway.Sessions;

/// <summary>Connections of each client address. Any thread may come.</summary>
internal sealed class AddressCount
{
    private readonly ConcurrentDictionary<IPAddress, int> counts = new();

    /// <summary>One more of this address, unless it has that many already.</summary>
    public bool TryEnter(IPAddress address, int most)
    {
        while (true)
        {
            if (!counts.TryGetValue(address, out int now))
            {
                if (counts.TryAdd(address, 1))
                    return true;
            }
            else if (now >= most)
                return false;
            else if (counts.TryUpdate(address, now + 1, now))
                return true;
        }
    }

    public void Leave(IPAddress address)
    {
        while (counts.TryGetValue(address, out int now))
            if (now > 1 ? counts.TryUpdate(address, now - 1, now) : counts.TryRemove(new KeyValuePair<IPAddress, int>(address, now)))
                return;
    }
}
