using System.Net;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Backends;

/// <summary>A server, as all loops see it. Any thread may ask and report.</summary>
internal sealed class Backend(BackendOptions options, int index)
{
    private volatile ServerTls? tls;
    /// <summary>Connections of the server's max_connections that are left to its administrator, to checks and to KILL.</summary>
    private const int LeftFree = 3;
    private const double LeastWeight = 0.1;
    /// <summary>After a 1040 the limit stays low for so long, and then grows by one in each further step. Milliseconds.</summary>
    private const long LowFor = 5_000;
    private const long LowStep = 200;

    private readonly Lock gate = new();
    private int open;
    private int busy;
    private int failures;
    private int unfit;
    private int good;
    private volatile EndPoint[] addresses = [];
    private volatile BackendState state;
    private long stateSince = Environment.TickCount64;
    private int lowLimit = int.MaxValue;
    private long lowSince;

    public BackendOptions Options
    {
        get;
        set
        {
            bool connectsAlike = (field.Tls, field.AuthorityFile, field.Compression, field.SendProxyHeader) == (value.Tls, value.AuthorityFile, value.Compression, value.SendProxyHeader);
            field = value;
            tls = null;
            if (!connectsAlike)
                ConnectVersion++;
        }
    } = options;

    /// <summary>Counts the changes of what a connection has from its start: TLS, compression, the PROXY header.</summary>
    public int ConnectVersion { get; private set; }

    /// <summary>Of the present options; a <see cref="DialException"/> where its files cannot be read.</summary>
    public ServerTls Tls => tls ??= new ServerTls(Options);
    public int Index { get; } = index;
    public string Name => Options.Name ?? Options.Address;

    /// <summary>Last known; null until it has greeted once.</summary>
    public ServerInfo? Info { get; set; }

    /// <summary>Resolved, the one to try first at first; none until the name was resolved once.</summary>
    public EndPoint[] Addresses
    {
        get => addresses;
        set
        {
            addresses = value;
            AddressVersion++;
        }
    }

    /// <summary>This address answers: it is the first to be tried from now on.</summary>
    /// <param name="reached">One of the addresses.</param>
    /// <param name="of">The addresses as they were when it was tried.</param>
    public void Prefer(EndPoint reached, EndPoint[] of)
    {
        if (ReferenceEquals(of[0], reached) || !ReferenceEquals(of, addresses))
            return;
        addresses = [reached, .. of.Where(one => !ReferenceEquals(one, reached))];
    }

    /// <summary>Its name still has this address.</summary>
    public bool Has(EndPoint address) => Array.Exists(addresses, one => one.Equals(address));

    /// <summary>Counts the changes of <see cref="Addresses"/>.</summary>
    public int AddressVersion { get; private set; }

    public BackendState State => state;
    /// <summary>For people; empty while it is up.</summary>
    public string StateReason { get; private set; } = "";
    /// <summary>In milliseconds of the monotonic clock.</summary>
    public long StateSince => Volatile.Read(ref stateSince);

    /// <summary>Milliseconds until a server that came back gets its full share; 0: at once.</summary>
    public long RampUp { get; set; }

    /// <summary>Checks with an account of their own say when it is up again; sessions' successes alone do not.</summary>
    public bool IsMonitored { get; set; }

    /// <summary>Removed by a reload.</summary>
    public bool IsRetired { get; set; }

    public int Open => open;
    public int Busy => busy;

    /// <summary>Behind its source; null where it is no replica or was not asked.</summary>
    public TimeSpan? Lag { get; set; }

    /// <summary>Told of each place that was given back, on any thread.</summary>
    public Action<Backend>? OnFree { get; set; }

    /// <summary>Told of each change of state, on any thread.</summary>
    public Action<Backend, BackendState, string>? OnState { get; set; }

    /// <summary>Told of each connect without a session: what came of it, and the greeting's thread id. On any thread.</summary>
    public Action<Backend, Model.ConnectOutcome, uint>? OnAttempt { get; set; }

    public bool TakesWork => state is BackendState.Up or BackendState.Ramping or BackendState.Unknown && !IsRetired;

    /// <summary>Connections at most, now.</summary>
    public int Limit
    {
        get
        {
            int limit = Options.MaxConnections > 0 ? Options.MaxConnections : Info is { MaxConnections: > 0 } info ? Math.Max(1, info.MaxConnections - LeftFree) : 100;
            return lowLimit == int.MaxValue ? limit : Math.Min(limit, Lowered(Environment.TickCount64));
        }
    }

    /// <summary>The server has refused a connection with 1040 a short while ago.</summary>
    public bool IsLimitLow => lowLimit != int.MaxValue;

    /// <summary>Its share of new work, 0 to 1.</summary>
    public double Weight(long now) => state switch
    {
        BackendState.Up or BackendState.Unknown when !IsRetired => 1,
        BackendState.Ramping when !IsRetired => RampUp <= 0 ? 1 : Math.Clamp((double)(now - StateSince) / RampUp, LeastWeight, 1),
        _ => 0,
    };

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

    /// <summary>Takes a place beyond the limit if need be: what the server keeps free is for this.</summary>
    public void Reserve() => Interlocked.Increment(ref open);

    /// <summary>A connection is gone, and with it its place is free.</summary>
    public void OnClosed()
    {
        Interlocked.Decrement(ref open);
        OnFree?.Invoke(this);
    }

    public void OnTaken() => Interlocked.Increment(ref busy);

    public void OnGivenBack() => Interlocked.Decrement(ref busy);

    /// <summary>The server has too many connections (1040), of others too: no more than there are now, for a while.</summary>
    public void OnTooMany()
    {
        lock (gate)
        {
            lowLimit = Math.Max(1, Volatile.Read(ref open) - 1);
            lowSince = Environment.TickCount64;
        }
    }

    /// <summary>A session has connected and logged in.</summary>
    public void ReportSuccess()
    {
        lock (gate)
        {
            failures = 0;
            if (state == BackendState.Unknown || state == BackendState.Down && !IsMonitored)
                GoUp();
        }
    }

    /// <summary>A check was good.</summary>
    /// <param name="rise">Good ones in a row that bring it back.</param>
    public void ReportGood(int rise)
    {
        lock (gate)
        {
            failures = unfit = 0;
            good++;
            if (state == BackendState.Unknown || state is BackendState.Down or BackendState.Leaving && good >= rise)
                GoUp();
        }
    }

    /// <summary>Up, once its time of less work is over.</summary>
    public void EndRamp()
    {
        lock (gate)
        {
            if (state == BackendState.Ramping && Environment.TickCount64 - stateSince >= RampUp)
                Set(BackendState.Up, "");
        }
    }

    /// <summary>It answers, and should get no work.</summary>
    /// <param name="why">For people.</param>
    /// <param name="fall">Such checks in a row that take it out.</param>
    public void ReportUnfit(string why, int fall)
    {
        lock (gate)
        {
            failures = good = 0;
            if (++unfit >= fall || state is BackendState.Unknown or BackendState.Leaving or BackendState.Down)
                Set(BackendState.Leaving, why);
        }
    }

    /// <summary>A connect failed, nobody greeted, or a check failed.</summary>
    /// <param name="why">For people.</param>
    /// <param name="fall">Failures in a row that take it out.</param>
    public void ReportFailure(string why, int fall)
    {
        lock (gate)
        {
            good = 0;
            if (++failures >= fall || state is BackendState.Unknown or BackendState.Down)
                Set(BackendState.Down, why);
        }
    }

    private void GoUp() => Set(state == BackendState.Unknown || RampUp <= 0 ? BackendState.Up : BackendState.Ramping, "");

    private void Set(BackendState next, string reason)
    {
        bool changed = state != next;
        StateReason = reason;
        if (!changed)
            return;
        Volatile.Write(ref stateSince, Environment.TickCount64);
        state = next;
        good = unfit = failures = 0;
        OnState?.Invoke(this, next, reason);
    }

    private int Lowered(long now)
    {
        long since = now - Volatile.Read(ref lowSince) - LowFor;
        if (since <= 0)
            return lowLimit;
        long limit = lowLimit + since / LowStep;
        if (limit >= (Info?.MaxConnections ?? 0))
            lowLimit = int.MaxValue;
        return (int)Math.Min(limit, int.MaxValue);
    }
}
