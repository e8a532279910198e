using System.Net;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Backends;

/// <summary>Whether a server gets work.</summary>
internal enum BackendState : byte
{
    /// <summary>Not tried yet.</summary>
    Unknown,
    Up,
    /// <summary>Does not answer.</summary>
    Down,
    /// <summary>Answers, and is to get no new work: it lags, is read only, is busy, or was taken out.</summary>
    Leaving,
}

/// <summary>A server, as all loops see it. Numbers are written by any thread.</summary>
internal sealed class Backend(BackendOptions options, int index)
{
    private int open;
    private int busy;
    private int failures;

    public BackendOptions Options { get; set; } = options;
    public int Index { get; } = index;
    public string Name => Options.Name ?? Options.Address;

    /// <summary>Last known; null until it has greeted once.</summary>
    public ServerInfo? Info { get; set; }

    /// <summary>Resolved; several where the name has several.</summary>
    public EndPoint[] Addresses { get; set; } = [];

    public BackendState State { get; private set; }
    /// <summary>For people; empty while it is up.</summary>
    public string StateReason { get; private set; } = "";
    /// <summary>In milliseconds of the monotonic clock.</summary>
    public long StateSince { get; private set; } = Environment.TickCount64;

    /// <summary>It came back: its share grows.</summary>
    public bool HasBeenDown { get; private set; }

    /// <summary>Removed by a reload.</summary>
    public bool IsRetired { get; set; }

    public int Open => open;
    public int Busy => busy;
    public double? LagSeconds { get; set; }

    /// <summary>Told of each change of state, on any thread.</summary>
    public Action<Backend, BackendState, string>? OnState { get; set; }

    public bool TakesWork => State is BackendState.Up or BackendState.Unknown && !IsRetired;

    /// <summary>Connections at most.</summary>
    public int Limit => Options.MaxConnections > 0 ? Options.MaxConnections : Info is { MaxConnections: > 0 } info ? Math.Max(1, info.MaxConnections - 3) : 100;

    /// <summary>Takes the place of one connection; false when all are taken.</summary>
    public bool TryReserve()
    {
        while (true)
        {
            int now = Volatile.Read(ref open);
            if (now >= Limit)
                return false;
            if (Interlocked.CompareExchange(ref open, now + 1, now) == now)
                return true;
        }
    }

    public void OnClosed() => Interlocked.Decrement(ref open);

    public void OnTaken() => Interlocked.Increment(ref busy);

    public void OnGivenBack() => Interlocked.Decrement(ref busy);

    /// <summary>A connect or login succeeded.</summary>
    public void ReportSuccess()
    {
        failures = 0;
        if (State is BackendState.Unknown or BackendState.Down)
            Set(BackendState.Up, "");
    }

    /// <summary>A connect failed or nobody greeted.</summary>
    public void ReportFailure(string why, int fall)
    {
        if (Interlocked.Increment(ref failures) >= fall || State == BackendState.Unknown)
            Set(BackendState.Down, why);
    }

    public void Set(BackendState state, string reason)
    {
        if (State == state && StateReason == reason)
            return;
        bool changed = State != state;
        HasBeenDown |= state is BackendState.Down or BackendState.Leaving;
        State = state;
        StateReason = reason;
        if (!changed)
            return;
        StateSince = Environment.TickCount64;
        OnState?.Invoke(this, state, reason);
    }
}
