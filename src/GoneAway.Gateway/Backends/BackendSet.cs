using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Backends;

/// <summary>All servers, and which of them a new piece of work goes to.</summary>
internal sealed class BackendSet
{
    private int turn;
    private volatile Backend[] all;
    private LoopPool[] pools = [];

    public BackendSet(IEnumerable<BackendOptions> options, Balance balance)
    {
        all = [.. options.Select(static (o, i) => new Backend(o, i))];
        Balance = balance;
    }

    public IReadOnlyList<Backend> All => all;
    public Balance Balance { get; set; }
    public Action<BackendConnection>? IdleLost { get; set; }

    public bool AnyUp => Array.Exists(all, static b => b.State is BackendState.Up or BackendState.Ramping && !b.IsRetired);

    public void Use(LoopPool[] loopPools) => pools = loopPools;

    /// <summary>After a reload. Servers that are in both keep their state.</summary>
    public void Replace(Backend[] backends) => all = backends;

    /// <summary>The server for a new piece of work; null when none takes any.</summary>
    public Backend? Pick(Backend? except = null)
    {
        Backend[] servers = all;
        if (servers.Length == 1)
            return servers[0].TakesWork && servers[0] != except ? servers[0] : null;
        Backend? best = null;
        double least = double.MaxValue;
        int start = Interlocked.Increment(ref turn) & int.MaxValue;
        long now = Environment.TickCount64;
        for (int i = 0; i < servers.Length; i++)
        {
            Backend backend = servers[(start + i) % servers.Length];
            if (!backend.TakesWork || backend == except)
                continue;
            double share = backend.Weight(now);
            if (Balance == Balance.RoundRobin)
            {
                if (share >= 1 || Random.Shared.NextDouble() < share)
                    return backend;
                best ??= backend;
                continue;
            }
            double load = (backend.Busy + 1) / Math.Max(0.05, share);
            if (load < least)
                (best, least) = (backend, load);
        }
        return best;
    }

    /// <summary>A loop in which sessions wait for a connection, other than this one.</summary>
    public LoopPool? Starving(LoopPool self)
    {
        foreach (LoopPool pool in pools)
            if (pool != self && pool.Waiting > 0)
                return pool;
        return null;
    }

    public void AskOthers(LoopPool self, PoolKey key)
    {
        foreach (LoopPool pool in pools)
            if (pool != self)
                pool.Loop.Post(() => pool.DonateIdle(key, self));
    }

    public void OnIdleLost(BackendConnection connection) => IdleLost?.Invoke(connection);
}
