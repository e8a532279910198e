using System.Collections.Concurrent;
using System.Net.Security;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Incidents;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Sessions;
using GoneAway.Gateway.Spool;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway;

/// <summary>Loops, sessions, pools and backends of a running gateway.</summary>
internal sealed partial class GatewayCore : IGatewayCore, IGatewayStatus
{
    private const long SchemaKnownFor = 60_000;
    private const int MostSchemas = 10_000;

    private readonly IGatewayEvents events;
    private readonly EventLoop[] loops;
    private readonly LoopPool[] pools;
    private readonly GatewayCounters[] counters;
    private readonly ConcurrentDictionary<uint, ClientSession> sessions = new();
    private readonly ConcurrentDictionary<(PoolKey Key, string Schema), long> schemas = new();
    private readonly BackendWatch watch;
    private Listener? listener;
    /// <summary>Begins anywhere: a number that a client has from another process, or another gateway, is hardly ever somebody else's here.</summary>
    private uint lastSession = (uint)Random.Shared.Next(1 << 30);
    private int nextLoop;
    private readonly Certificates certificates;

    public GatewayCore(GatewayOptions options, IGatewayEvents events, IIncidentJudge? judge = null)
    {
        Incidents = new IncidentDesk(events, judge, TimeProvider.System, () => Options!.Operation.LogStatements);
        Options = options;
        this.events = events;
        int count = options.Operation.Threads > 0 ? options.Operation.Threads : Environment.ProcessorCount;
        Backends = new BackendSet(options.Backends, options.Balance) { IdleLost = OnIdleLost };
        loops = [.. Enumerable.Range(0, count).Select(i => new EventLoop($"loop {i}", OnFault))];
        counters = [.. loops.Select(static _ => new GatewayCounters())];
        pools = [.. loops.Select(l => new LoopPool(l, Backends))];
        Backends.Use(pools);
        certificates = Certificates.Load(options.Clients, [Environment.MachineName], TimeProvider.System);
        Accounts = new Accounts(options.Accounts, certificates.Key, TimeProvider.System, new ServerHashes(() => watch?.Monitor, Backends, loops, () => Options.Health));
        ReadClientOptions();
        watch = new BackendWatch(this, loops[0]);
        foreach (Backend backend in Backends.All)
            (backend.OnState, backend.OnAttempt) = (OnBackendState, Incidents.OnAttempt);
    }

    public GatewayOptions Options { get; private set; }
    public BackendSet Backends { get; }
    public Accounts Accounts { get; }
    public IncidentDesk Incidents { get; }
    public Spools Spools { get; } = new();
    /// <summary>No client is accepted any more.</summary>
    public bool IsDraining { get; private set; }
    /// <summary>Sessions end at their next safe point.</summary>
    public bool EndsSessions { get; private set; }

    /// <summary>What clients are greeted with: the first server's words.</summary>
    public ServerInfo? Face => Backends.All.FirstOrDefault(static b => b.Info is not null)?.Info;

    /// <summary>What each server that has greeted knows.</summary>
    public ulong KnownToAll => Backends.All.Aggregate(ulong.MaxValue, static (all, one) => all & (one.Info?.Capabilities ?? ulong.MaxValue));

    public IGatewayStatus Status => this;

    /// <summary>Finds servers' addresses; to be set before the start.</summary>
    public NameLookup Lookup
    {
        set => watch.Lookup = value;
    }

    public void Start(IReadOnlyList<ListeningSocket> sockets)
    {
        watch.Start();
        for (int i = 0; i < loops.Length; i++)
        {
            LoopPool pool = pools[i];
            int index = i;
            loops[i].Post(() => Sweep(pool, index));
        }
        listener = new Listener(loops[0], sockets, Accept, OnAcceptFailed);
    }

    public void Reload(GatewayOptions options, IReadOnlyList<ListeningSocket> sockets)
    {
        // What can fail comes before all that changes anything.
        SslStreamCertificateContext certificate = certificates.Read(options.Clients);
        Accounts.Reload(options.Accounts);
        certificates.Use(certificate);
        Options = options;
        Backends.Balance = options.Balance;
        Backend[] old = [.. Backends.All];
        var next = new List<Backend>();
        foreach (BackendOptions wanted in options.Backends)
        {
            Backend? same = Array.Find(old, b => b.Options.Address == wanted.Address);
            if (same is not null)
                same.Options = wanted;
            next.Add(same ?? new Backend(wanted, next.Count) { OnState = OnBackendState, OnAttempt = Incidents.OnAttempt });
        }
        foreach (Backend gone in old.Except(next))
            gone.IsRetired = true;
        Backends.Replace([.. next]);
        ReadClientOptions();
        watch.Reload();
        foreach (Backend one in old)
            Unsettle(one);
        listener?.Dispose();
        listener = new Listener(loops[0], sockets, Accept, OnAcceptFailed);
    }

    public void StopAccepting()
    {
        // In this order: whom it accepts until it is gone is served, not turned away.
        listener?.Dispose();
        listener = null;
        IsDraining = true;
    }

    public async Task DrainAsync(CancellationToken enough)
    {
        EndsSessions = true;
        while (Volatile.Read(ref clients) > 0 && !enough.IsCancellationRequested)
        {
            foreach (ClientSession session in sessions.Values)
                session.Loop.Post(() => session.Notify(Ready.Signal));
            try
            {
                await Task.Delay(50, enough);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        listener?.Dispose();
        watch.Dispose();
        foreach (EventLoop loop in loops)
            loop.Dispose();
        certificates.Dispose();
        Incidents.Complete();
        return default;
    }

    // What sessions ask for.

    public GatewayCounters CountersOf(EventLoop loop) => counters[Array.IndexOf(loops, loop)];

    public Task ServeTlsAsync(SslStream stream, CancellationToken cancel) =>
        stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificates.Context, AllowRenegotiation = false }, cancel);

    public ClientSession? FindSession(ulong id) => id <= uint.MaxValue ? sessions.GetValueOrDefault((uint)id) : null;

    /// <summary>The one session that holds this thread of a server now; null for none, or where threads of several servers have the number.</summary>
    public ClientSession? FindHolder(ulong thread, Backend? server)
    {
        ClientSession? found = null;
        foreach (ClientSession session in sessions.Values)
        {
            if (session.Holds is not { } held || held.ThreadId != thread || server is not null && held.Backend != server)
                continue;
            if (found is not null)
                return null;
            found = session;
        }
        return found;
    }

    public bool KnowsSchema(PoolKey key, string schema) => schemas.TryGetValue((key, schema), out long at) && Environment.TickCount64 - at < SchemaKnownFor;

    public void KnowSchema(PoolKey key, string schema)
    {
        if (schemas.Count >= MostSchemas)
            schemas.Clear();
        schemas[(key, schema)] = Environment.TickCount64;
    }

    public string WhyNoBackend() =>
        Backends.All.Count == 0 ? "none is configured" : string.Join("; ", Backends.All.Select(static b => $"{b.Name}: {(b.TakesWork ? "not asked yet" : b.StateReason)}"));

    public string NameIncident() => Incidents.NextId();

    /// <summary>Why a server connection ended, in words for the client; the incident is noted.</summary>
    public string WhyLost(ClientSession session, BackendConnection connection, Relayed how, string incident, LossVerdict verdict) =>
        Incidents.OnLost(session, connection, how, incident, verdict);

    public void OnLost(ClientSession session, BackendConnection connection, Relayed how)
    {
        Incidents.OnUnharmed(session, connection, how);
        if (connection.Backend.Open <= 1)
            watch.LookNow(connection.Backend);
    }

    public void NoteDecision(ClientSession session, string name, string text, string incident) =>
        events.Note(new GatewayEvent { Kind = EventKind.Decision, Level = EventLevel.Warning, Name = name, Text = text, IncidentId = incident, Client = session.Remote?.ToString(), Session = session.Id });

    public void OnEnded(ClientSession session)
    {
        if (sessions.TryRemove(session.Id, out _))
            Interlocked.Decrement(ref clients);
        if (session.CountedAs is { } address)
            addresses.Leave(address);
    }

    public void OnFault(Exception fault) =>
        events.Note(new GatewayEvent { Kind = EventKind.Operation, Level = EventLevel.Error, Name = "fault", Text = "a fault of the gateway itself: " + fault });

    /// <summary>A server has refused this login: connections that it opened before serve nobody any more.</summary>
    public void ForgetLogin(LoginRequest request, Credential credential)
    {
        Accounts.Forget(request, credential);
        foreach (LoopPool pool in pools)
            pool.Loop.Post(() => pool.CloseIdle(credential));
    }

    private void OnAcceptFailed(string why) =>
        events.Note(new GatewayEvent { Kind = EventKind.Operation, Level = EventLevel.Error, Name = "accept-failed", Text = why });

    /// <summary>Looks after idle connections, once a second, on the pool's loop.</summary>
    private async void Sweep(LoopPool pool, int index)
    {
        var waiter = new Waiter(pool.Loop);
        while (true)
        {
            await waiter.WaitAsync(Ready.Signal, pool.Loop.Now + 1000);
            try
            {
                int warm = (Options.Pool.Warm + loops.Length - 1 - index) / loops.Length;
                pool.Sweep(warm, (long)Options.Pool.IdleTimeout.TotalMilliseconds, connection => Ping(pool, connection));
                if (warm > 0 && !pool.IsWarming)
                    WarmUp(pool, warm);
            }
            catch (Exception fault)
            {
                OnFault(fault);
            }
        }
    }

    /// <summary>Keeps an idle connection alive, or closes it.</summary>
    private async void Ping(LoopPool pool, BackendConnection connection)
    {
        var waiter = new Waiter(pool.Loop);
        long idleSince = connection.IdleSince;
        connection.Link.Socket.Attach(waiter, isClient: false);
        try
        {
            using (var talk = OwnStatements.TalkTo(connection, waiter))
                await talk.RunAsync(new byte[] { CommandCode.Ping }, connection.Capabilities);
            connection.LastUsed = pool.Loop.Now;
            pool.GiveBack(connection);
            // A ping is no use: what nobody wants goes in time.
            connection.IdleSince = idleSince;
        }
        catch (Exception failed)
        {
            if (failed is not TalkException)
                OnFault(failed);
            OnIdleLost(connection);
            connection.Close(politely: false);
        }
    }

    private void OnIdleLost(BackendConnection connection)
    {
        Incidents.OnUnharmed(null, connection, Relayed.Lost);
        watch.LookNow(connection.Backend);
    }

    /// <summary>An answer from there takes long.</summary>
    public void OnSilence(Backend backend) => watch.Doubt(backend);

    /// <summary>After each round of its care.</summary>
    public void OnBackendRound(Backend backend)
    {
        if (backend.TakesWork && pools.Any(static p => p.Waiting > 0))
            ServeWaiting(backend);
    }

    private void ServeWaiting(Backend backend)
    {
        foreach (LoopPool pool in pools)
            pool.Loop.Post(() => pool.Serve(backend));
    }

    private void OnBackendState(Backend backend, BackendState state, string reason)
    {
        bool isGood = state is BackendState.Up or BackendState.Ramping;
        string word = Metrics.Word(state);
        events.Note(new GatewayEvent { Kind = EventKind.Backend, Level = isGood ? EventLevel.Info : EventLevel.Warning, Name = "backend-" + word, Text = reason.Length > 0 ? $"{backend.Name} is {word}: {reason}" : $"{backend.Name} is {word}", Backend = backend.Name });
        if (isGood)
            ServeWaiting(backend);
        else
            Unsettle(backend);
    }

    /// <summary>Sessions on a server that gets no work any more look whether they can leave it.</summary>
    private void Unsettle(Backend backend)
    {
        foreach (EventLoop loop in loops)
            loop.Post(() =>
            {
                foreach (ClientSession session in sessions.Values)
                    if (session.Loop == loop && session.IsOn(backend))
                        session.Notify(Ready.Signal);
            });
    }

    // IGatewayStatus

    IReadOnlyList<BackendStatus> IGatewayStatus.Backends =>
    [
        .. Backends.All.Select(b => new BackendStatus
        {
            Name = b.Name,
            Address = b.Options.Address,
            State = b.State,
            Reason = b.StateReason,
            Open = b.Open,
            InUse = b.Busy,
            Idle = Math.Max(0, b.Open - b.Busy),
            Lag = b.Lag,
            Weight = b.Weight(Environment.TickCount64),
        }),
    ];

    long IGatewayStatus.Clients => Volatile.Read(ref clients);
    long IGatewayStatus.Waiting => pools.Sum(static p => p.Waiting);
    long IGatewayStatus.SpooledInMemory => Spools.Totals.InMemory;
    long IGatewayStatus.SpooledOnDisk => Spools.Totals.OnDisk;
    bool IGatewayStatus.Draining => IsDraining;

    void IGatewayStatus.Count(GatewayCounters sum)
    {
        foreach (GatewayCounters one in counters)
            sum.Add(one);
    }

    async Task IGatewayStatus.AnswerAsync(CancellationToken cancel)
    {
        foreach (EventLoop loop in loops)
        {
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() => answered.TrySetResult());
            await answered.Task.WaitAsync(cancel);
        }
    }
}
