using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>Finds a host's addresses.</summary>
internal delegate Task<IPAddress[]> NameLookup(string host, CancellationToken cancel);

/// <summary>
/// Keeps one server's addresses: looks its name up again and again, on other threads than the loop's. What is slow or fails leaves the
/// last good addresses as they are.
/// </summary>
internal sealed class NameWatch(Backend backend, EventLoop loop, NameLookup lookup)
{
    public const long Soonest = 5_000;
    public const long Latest = 30_000;
    private const long AfterFailure = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private long next;
    private long pause = Soonest;
    private bool isAsking;

    /// <summary>Why there are no addresses; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Called when the first addresses have come, or others; on the loop.</summary>
    public Action? Changed { get; set; }

    public static Task<IPAddress[]> System(string host, CancellationToken cancel) => Dns.GetHostAddressesAsync(host, cancel);

    /// <summary>Looks the name up if it is time to. On the loop; never waits.</summary>
    public void Tend()
    {
        if (isAsking || loop.Now < next)
            return;
        string text = backend.Options.Address;
        if (!Address.TryParse(text, 3306, out Address address))
        {
            Problem = $"{text} is no address";
            next = long.MaxValue;
            return;
        }
        if (address.Path is not null)
        {
            backend.Addresses = [new UnixDomainSocketEndPoint(address.Path)];
            next = long.MaxValue;
            return;
        }
        if (IPAddress.TryParse(address.Host, out IPAddress? literal))
        {
            backend.Addresses = [new IPEndPoint(literal, address.Port)];
            next = long.MaxValue;
            return;
        }
        isAsking = true;
        _ = Task.Run(() => AskAsync(address));
    }

    /// <summary>It does not answer: perhaps the name has moved.</summary>
    public void Hurry()
    {
        if (next != long.MaxValue)
            next = Math.Min(next, loop.Now + AfterFailure);
    }

    private async Task AskAsync(Address address)
    {
        IPAddress[] found = [];
        string problem = "";
        using var enough = new CancellationTokenSource(Patience);
        try
        {
            found = await lookup(address.Host!, enough.Token).WaitAsync(enough.Token);
        }
        catch (Exception failed) when (failed is SocketException or OperationCanceledException or ArgumentException)
        {
            problem = failed is OperationCanceledException ? "no answer from DNS" : failed.Message;
        }
        loop.Post(() => Take(address, found, problem));
    }

    private void Take(Address address, IPAddress[] found, string problem)
    {
        isAsking = false;
        if (found.Length == 0)
        {
            Problem = $"the name {address.Host} cannot be resolved: {(problem.Length > 0 ? problem : "it has no address")}";
            pause = AfterFailure;
            next = loop.Now + (backend.Addresses.Length == 0 ? AfterFailure : Soonest);
            if (backend.Addresses.Length == 0)
                Changed?.Invoke();
            return;
        }
        Problem = null;
        EndPoint[] before = backend.Addresses;
        var after = new List<EndPoint>(found.Length);
        // The order is kept as it was, the answering one first: name servers shuffle their answers.
        foreach (EndPoint old in before)
            if (Array.Exists(found, one => new IPEndPoint(one, address.Port).Equals(old)))
                after.Add(old);
        int kept = after.Count;
        foreach (IPAddress one in found)
        {
            var point = new IPEndPoint(one, address.Port);
            if (!after.Contains(point))
                after.Add(point);
        }
        bool same = kept == before.Length && after.Count == kept;
        pause = same ? Math.Min(Math.Max(pause, Soonest) * 2, Latest) : Soonest;
        next = loop.Now + pause;
        if (same)
            return;
        backend.Addresses = [.. after];
        Changed?.Invoke();
    }
}
