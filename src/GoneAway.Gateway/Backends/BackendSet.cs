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

    public void Use(LoopPool[] loopPools)
    {
        pools = loopPools;
        Replace(all);
    }

    /// <summary>After a reload. Servers that are in both keep their state.</summary>
    public void Replace(Backend[] backends)
    {
        foreach (Backend backend in backends)
            backend.OnFree = OnFree;
        all = backends;
    }

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

    /// <summary>Somewhere sessions wait for a connection: who comes now stands behind them.</summary>
    public bool IsQueued
    {
        get
        {
            foreach (LoopPool pool in pools)
                if (pool.Waiting > 0)
                    return true;
            return false;
        }
    }

    /// <summary>Of the other loops the one in which somebody has waited longest; null where nobody waits there.</summary>
    public LoopPool? Eldest(LoopPool self)
    {
        LoopPool? eldest = null;
        foreach (LoopPool pool in pools)
            if (pool != self && pool.Waiting > 0 && (eldest is null || pool.WaitingSince < eldest.WaitingSince))
                eldest = pool;
        return eldest;
    }

    /// <summary>A place on any server that takes work; it is reserved.</summary>
    public Backend? ReserveElsewhere(Backend except)
    {
        foreach (Backend backend in all)
            if (backend != except && backend.TakesWork && backend.TryReserve())
                return backend;
        return null;
    }

    public void AskOthers(LoopPool self, PoolKey key)
    {
        foreach (LoopPool pool in pools)
            if (pool != self)
                pool.Loop.Post(() => pool.DonateIdle(key, self));
    }

    public void TellOthers(LoopPool self, PoolKey key, KnownLogin login)
    {
        foreach (LoopPool pool in pools)
            if (pool != self)
                pool.Loop.Post(() => pool.Know(key, login));
    }

    public void OnIdleLost(BackendConnection connection) => IdleLost?.Invoke(connection);

    private void OnFree(Backend backend)
    {
        foreach (LoopPool pool in pools)
            if (pool.Waiting > 0)
                pool.Loop.Post(() => pool.Serve(backend));
    }
}
