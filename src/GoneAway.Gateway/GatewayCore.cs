using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Sessions;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway;

/// <summary>Loops, sessions, pools and backends of a running gateway.</summary>
internal sealed class GatewayCore : IGatewayCore, IGatewayStatus
{
    /// <summary>Servers tell of every change of a session's variables, schema and other state.</summary>
    public const string TrackEverything = "SET SESSION session_track_system_variables='*',session_track_schema=1,session_track_state_change=1";

    private const string Ask = "SELECT @@max_allowed_packet,@@wait_timeout,@@interactive_timeout,@@max_connections,@@init_connect<>''";
    /// <summary>Of nobody: who waits with it gets a place.</summary>
    private static readonly PoolKey AnyKey = new() { User = "", Capabilities = 0, Collation = 0, Credential = null };

    private const long AskAgainAfter = 60_000;
    private const long SchemaKnownFor = 60_000;

    private readonly IGatewayEvents events;
    private readonly EventLoop[] loops;
    private readonly LoopPool[] pools;
    private readonly GatewayCounters[] counters;
    private readonly ConcurrentDictionary<uint, ClientSession> sessions = new();
    private readonly ConcurrentDictionary<(PoolKey Key, string Schema), long> schemas = new();
    private readonly BackendWatch watch;
    private Listener? listener;
    private uint lastSession;
    private int lastIncident;
    private int nextLoop;
    private SslStreamCertificateContext? certificate;

    public GatewayCore(GatewayOptions options, IGatewayEvents events)
    {
        Options = options;
        this.events = events;
        int count = options.Operation.Threads > 0 ? options.Operation.Threads : Environment.ProcessorCount;
        Backends = new BackendSet(options.Backends, options.Balance) { RampUp = (long)options.Health.RampUp.TotalMilliseconds, IdleLost = OnIdleLost };
        loops = [.. Enumerable.Range(0, count).Select(i => new EventLoop($"loop {i}", OnFault))];
        counters = [.. loops.Select(static _ => new GatewayCounters())];
        pools = [.. loops.Select(l => new LoopPool(l, Backends))];
        Backends.Use(pools);
        Accounts = new Accounts(options.Accounts, RsaKey.Create(), TimeProvider.System);
        watch = new BackendWatch(this, loops[0]);
        foreach (Backend backend in Backends.All)
            backend.OnState = OnBackendState;
    }

    public GatewayOptions Options { get; private set; }
    public BackendSet Backends { get; }
    public Accounts Accounts { get; }
    public bool IsDraining { get; private set; }
    public bool HasCertificate => certificate is not null;

    /// <summary>What clients are greeted with: the first server's words.</summary>
    public ServerInfo? Face => Backends.All.FirstOrDefault(static b => b.Info is not null)?.Info;

    public IGatewayStatus Status => this;

    public void Start(IReadOnlyList<ListeningSocket> sockets)
    {
        certificate = MakeCertificate();
        watch.Start();
        for (int i = 0; i < loops.Length; i++)
        {
            LoopPool pool = pools[i];
            loops[i].Post(() => Sweep(pool));
        }
        listener = new Listener(loops[0], sockets, Accept);
    }

    public void Reload(GatewayOptions options, IReadOnlyList<ListeningSocket> sockets)
    {
        Options = options;
        Accounts.Reload(options.Accounts);
        Backends.Balance = options.Balance;
        Backends.RampUp = (long)options.Health.RampUp.TotalMilliseconds;
        Backend[] old = [.. Backends.All];
        var next = new List<Backend>();
        foreach (BackendOptions wanted in options.Backends)
        {
            Backend? same = Array.Find(old, b => b.Options.Address == wanted.Address);
            if (same is not null)
                same.Options = wanted;
            next.Add(same ?? new Backend(wanted, next.Count) { OnState = OnBackendState });
        }
        foreach (Backend gone in old.Except(next))
            gone.IsRetired = true;
        Backends.Replace([.. next]);
        listener?.Dispose();
        listener = new Listener(loops[0], sockets, Accept);
    }

    public void StopAccepting()
    {
        listener?.Dispose();
        listener = null;
    }

    public async Task DrainAsync(CancellationToken enough)
    {
        IsDraining = true;
        while (!sessions.IsEmpty && !enough.IsCancellationRequested)
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
        return default;
    }

    // What sessions ask for.

    public GatewayCounters CountersOf(EventLoop loop) => counters[Array.IndexOf(loops, loop)];

    public Task ServeTlsAsync(SslStream stream, CancellationToken cancel) =>
        stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate!, AllowRenegotiation = false }, cancel);

    /// <summary>A connection to a server, not logged in; the place is reserved here.</summary>
    public async ValueTask<BackendDial> DialAsync(Waiter waiter, LoopPool pool, BackendLoginRequest request, long deadline, EndPoint? client, EndPoint? gateway)
    {
        string why = "";
        long holdUntil = Math.Min(deadline, waiter.Loop.Now + (long)Options.Loss.Hold.TotalMilliseconds);
        while (true)
        {
            if (Backends.Pick() is not { } pick)
            {
                if (waiter.Loop.Now >= holdUntil || (await waiter.WaitAsync(Ready.ClientHangup, Math.Min(holdUntil, waiter.Loop.Now + 50)) & Ready.ClientHangup) != 0)
                    break;
                continue;
            }
            if (!pick.TryReserve() && !(pool.EvictOne(pick) && pick.TryReserve()) && !await WaitForPlaceAsync(waiter, pool, pick, deadline))
            {
                why = $"all {pick.Limit} connections of {pick.Name} are taken";
                break;
            }
            try
            {
                return await ConnectAsync(waiter, pick, request, deadline, client, gateway);
            }
            catch (DialException failed)
            {
                why = failed.Message;
            }
        }
        throw new LoginException(LoginFault.BackendGreeting, Refusal.Of(ClientSession.NotExecutedCode, "HY000", $"No server can be reached ({(why.Length > 0 ? why : WhyNoBackend())})"));
    }

    /// <summary>Stands in line for a place of this server, which is reserved then.</summary>
    private static async ValueTask<bool> WaitForPlaceAsync(Waiter waiter, LoopPool pool, Backend backend, long deadline)
    {
        var request = new PoolRequest(waiter, AnyKey, backend);
        pool.Enqueue(request);
        await waiter.WaitAsync(Ready.Signal | Ready.ClientHangup, deadline);
        request.IsOver = true;
        if (request.Place is not null)
            return true;
        pool.Leave(request);
        return false;
    }

    /// <summary>A connection to this server, logged in and set up. Its place is reserved.</summary>
    public async ValueTask<BackendConnection> OpenAsync(Waiter waiter, LoopPool pool, Backend backend, PoolKey key, BackendLoginRequest request, Credential credential, string schema, EndPoint? client, EndPoint? gateway)
    {
        _ = pool;
        long deadline = waiter.Loop.Now + 10_000;
        BackendDial dial = await ConnectAsync(waiter, backend, request, deadline, client, gateway);
        try
        {
            BackendGreeting greeting = await BackendLogin.RunAsync(dial.Talk, dial.Request, credential);
            return await SetUpAsync(dial, greeting, key, schema, waiter);
        }
        catch (Exception failed)
        {
            dial.Dispose();
            CountersOf(waiter.Loop).BackendConnectsFailed++;
            if (failed is TalkException)
                backend.ReportFailure(failed.Message, Options.Health.Fall);
            throw;
        }
    }

    /// <summary>A connection that a login has opened becomes the session's.</summary>
    public async ValueTask<BackendConnection> AdoptAsync(BackendDial dial, BackendGreeting greeting, PoolKey key, Waiter waiter)
    {
        try
        {
            return await SetUpAsync(dial, greeting, key, Encoding.Latin1.GetString(dial.Request.Database.Span), waiter);
        }
        catch
        {
            dial.Dispose();
            throw;
        }
    }

    /// <summary>Runs a KILL on a server, over a connection of its own.</summary>
    public async ValueTask<ServerRefusal?> KillAsync(Waiter waiter, LoopPool pool, Backend backend, uint thread, bool queryOnly, PoolKey key, BackendLoginRequest request, Credential? credential)
    {
        if (credential is null)
            return new ServerRefusal(ClientSession.NotExecutedCode, "HY000"u8.ToArray(), "The gateway cannot log in again as this user, so it cannot KILL for it"u8.ToArray());
        var own = new Waiter(waiter.Loop);
        try
        {
            if (!backend.TryReserve())
                pool.EvictOne(backend);
            BackendConnection connection = await OpenAsync(own, pool, backend, key, request, credential, "", null, null);
            using (var talk = new PacketTalk(connection.Link, own, isClient: false, static (_, _) => Task.CompletedTask, isPrivate: false) { Deadline = own.Loop.Now + 10_000 })
            {
                OwnAnswer answer = await talk.QueryAsync(queryOnly ? $"KILL QUERY {thread}" : $"KILL {thread}", connection.Capabilities);
                connection.Close(politely: true);
                return answer.Error;
            }
        }
        catch (Exception failed) when (failed is DialException or TalkException or LoginException)
        {
            return new ServerRefusal(ClientSession.NotExecutedCode, "HY000"u8.ToArray(), Encoding.UTF8.GetBytes("Not executed: " + failed.Message));
        }
    }

    /// <summary>The server's port is closed: its process is gone, and all its threads.</summary>
    public async ValueTask<bool> IsNobodyThereAsync(Waiter waiter, Backend backend)
    {
        _ = waiter;
        var own = new Waiter(waiter.Loop);
        if (!backend.TryReserve())
            return false;
        try
        {
            using BackendDial dial = await BackendDial.ConnectAsync(backend, own, own.Loop.Now + 2000, new BackendLoginRequest { User = default, Capabilities = 0 }, default);
            return false;
        }
        catch (DialException failed)
        {
            return failed.Message.StartsWith("connection refused", StringComparison.Ordinal);
        }
    }

    public ClientSession? FindSession(ulong id) => id <= uint.MaxValue ? sessions.GetValueOrDefault((uint)id) : null;

    public bool KnowsSchema(PoolKey key, string schema) => schemas.TryGetValue((key, schema), out long at) && Environment.TickCount64 - at < SchemaKnownFor;

    public void KnowSchema(PoolKey key, string schema) => schemas[(key, schema)] = Environment.TickCount64;

    public string WhyNoBackend() =>
        Backends.All.Count == 0 ? "none is configured" : string.Join("; ", Backends.All.Select(static b => $"{b.Name}: {(b.TakesWork ? "not asked yet" : b.StateReason)}"));

    public string NameIncident() => $"i{Interlocked.Increment(ref lastIncident)}";

    /// <summary>Why a server connection ended, in words for the client; the incident is noted.</summary>
    public string WhyLost(ClientSession session, BackendConnection connection, Relayed how, string incident, LossVerdict verdict)
    {
        string text = how switch
        {
            Relayed.Malformed => $"{connection.Backend.Name} sent what no server sends",
            _ => connection.Link.Error == 0 ? $"{connection.Backend.Name} closed the connection (thread {connection.ThreadId})" : $"The connection to {connection.Backend.Name} broke (thread {connection.ThreadId}, error {connection.Link.Error})",
        };
        events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Warning, Name = "backend-lost", Text = $"{text}; {verdict}", IncidentId = incident, Client = session.Remote?.ToString(), Backend = connection.Backend.Name, Session = session.Id, ServerThread = connection.ThreadId });
        return text;
    }

    public void OnLost(ClientSession session, BackendConnection connection, Relayed how)
    {
        _ = (session, how);
        if (connection.Backend.Open <= 1)
            watch.LookNow();
    }

    public void NoteDecision(ClientSession session, string name, string text, string incident) =>
        events.Note(new GatewayEvent { Kind = EventKind.Decision, Level = EventLevel.Warning, Name = name, Text = text, IncidentId = incident, Client = session.Remote?.ToString(), Session = session.Id });

    public void OnEnded(ClientSession session) => sessions.TryRemove(session.Id, out _);

    public void OnFault(Exception fault) =>
        events.Note(new GatewayEvent { Kind = EventKind.Operation, Level = EventLevel.Error, Name = "fault", Text = "a fault of the gateway itself: " + fault });

    private async ValueTask<BackendDial> ConnectAsync(Waiter waiter, Backend backend, BackendLoginRequest request, long deadline, EndPoint? client, EndPoint? gateway)
    {
        _ = (client, gateway);
        try
        {
            BackendDial dial = await BackendDial.ConnectAsync(backend, waiter, deadline, request with { Tls = backend.Options.Tls }, default);
            CountersOf(waiter.Loop).BackendConnects++;
            return dial;
        }
        catch (DialException failed)
        {
            CountersOf(waiter.Loop).BackendConnectsFailed++;
            backend.ReportFailure(failed.Message, 1);
            throw;
        }
    }

    private async ValueTask<BackendConnection> SetUpAsync(BackendDial dial, BackendGreeting greeting, PoolKey key, string schema, Waiter waiter)
    {
        Backend backend = dial.Backend;
        long now = waiter.Loop.Now;
        dial.PacketTalk.Deadline = now + 10_000;
        var info = new ServerInfo
        {
            Version = greeting.Version,
            IsMariaDb = greeting.IsMariaDb,
            Capabilities = greeting.Offered,
            Charset = greeting.Charset,
            AuthPlugin = greeting.AuthPlugin,
        };
        if (key.WasReset)
            await dial.PacketTalk.RunAsync(new byte[] { CommandCode.ResetConnection }, greeting.Capabilities);
        if ((greeting.Capabilities & Capabilities.SessionTrack) != 0)
        {
            OwnAnswer tracking = await dial.PacketTalk.QueryAsync(TrackEverything, greeting.Capabilities);
            if (tracking.Error is { } error)
                throw new LoginException(LoginFault.BackendMalformed, new Refusal(error.Code, error.SqlState, error.Message));
        }
        if (backend.Info is { MaxAllowedPacket: > 0 } known && now - known.AskedAt < AskAgainAfter && known.Version.Span.SequenceEqual(info.Version.Span))
            info = known;
        else
        {
            OwnAnswer answer = await dial.PacketTalk.QueryAsync(Ask, greeting.Capabilities);
            if (answer.Rows is [{ } row])
                info = info with { MaxAllowedPacket = Number(row[0]), WaitTimeout = (int)Number(row[1]), InteractiveTimeout = (int)Number(row[2]), MaxConnections = (int)Number(row[3]), HasInitConnect = row[4] == "1", AskedAt = now };
            backend.Info = info;
        }
        dial.HandOn();
        backend.ReportSuccess();
        var connection = new BackendConnection
        {
            Backend = backend,
            Link = dial.Link,
            Key = key,
            Server = info,
            ThreadId = greeting.ThreadId,
            Capabilities = greeting.Capabilities,
            Status = greeting.Status,
            State = SessionState.Fresh with { Schema = schema },
            OpenedAt = now,
            LastUsed = now,
            IdleLimit = 1000L * ((greeting.Capabilities & Capabilities.Interactive) != 0 ? info.InteractiveTimeout : info.WaitTimeout),
        };
        if (schema.Length > 0)
            KnowSchema(key, schema);
        return connection;
    }

    private static long Number(string? text) => long.TryParse(text, out long value) ? value : 0;

    private void Accept(Socket socket, EndPoint? remote)
    {
        if (IsDraining || sessions.Count >= Options.Clients.MaxConnections)
        {
            counters[0].HandshakesOverLimit++;
            socket.Dispose();
            return;
        }
        int index = nextLoop++ % loops.Length;
        uint id;
        do
            id = ++lastSession | 0x40000000;
        while (sessions.ContainsKey(id));
        loops[index].Post(() =>
        {
            var session = new ClientSession(this, pools[index], new Link(new LoopSocket(socket, loops[index])), id) { Remote = remote };
            sessions[id] = session;
            session.Run();
        });
    }

    /// <summary>Looks after idle connections, once a second, on the pool's loop.</summary>
    private async void Sweep(LoopPool pool)
    {
        var waiter = new Waiter(pool.Loop);
        while (true)
        {
            await waiter.WaitAsync(Ready.Signal, pool.Loop.Now + 1000);
            try
            {
                pool.Sweep(Options.Pool.Warm, (long)Options.Pool.IdleTimeout.TotalMilliseconds, connection => Ping(pool, connection));
            }
            catch (Exception fault)
            {
                OnFault(fault);
            }
        }
    }

    /// <summary>Keeps an idle connection alive, or closes it.</summary>
    private static async void Ping(LoopPool pool, BackendConnection connection)
    {
        var waiter = new Waiter(pool.Loop);
        connection.Link.Socket.Attach(waiter, isClient: false);
        try
        {
            using (var talk = new PacketTalk(connection.Link, waiter, isClient: false, static (_, _) => Task.CompletedTask, isPrivate: false) { Deadline = pool.Loop.Now + 5000 })
                await talk.RunAsync(new byte[] { CommandCode.Ping }, connection.Capabilities);
            connection.LastUsed = pool.Loop.Now;
            pool.GiveBack(connection);
        }
        catch (TalkException)
        {
            connection.Close(politely: false);
        }
    }

    private void OnIdleLost(BackendConnection connection)
    {
        events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Info, Name = "backend-lost-idle", Text = $"{connection.Backend.Name} closed an idle connection (thread {connection.ThreadId}); nobody was using it", Backend = connection.Backend.Name, ServerThread = connection.ThreadId });
        watch.LookNow();
    }

    private void OnBackendState(Backend backend, Backends.BackendState state, string reason)
    {
        events.Note(new GatewayEvent { Kind = EventKind.Backend, Level = state == Gateway.Backends.BackendState.Up ? EventLevel.Info : EventLevel.Warning, Name = "backend-" + state.ToString().ToLowerInvariant(), Text = reason.Length > 0 ? $"{backend.Name} is {state.ToString().ToLowerInvariant()}: {reason}" : $"{backend.Name} is {state.ToString().ToLowerInvariant()}", Backend = backend.Name });
        if (state == Gateway.Backends.BackendState.Up)
            foreach (LoopPool pool in pools)
                pool.Loop.Post(() => pool.Serve(backend));
    }

    private SslStreamCertificateContext MakeCertificate()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=goneaway", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        X509Certificate2 own = Options.Clients.CertificateFile is { } file
            ? X509Certificate2.CreateFromPemFile(file, Options.Clients.KeyFile)
            : request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(150));
        return SslStreamCertificateContext.Create(own, null, offline: true);
    }

    // IGatewayStatus

    IReadOnlyList<BackendStatus> IGatewayStatus.Backends =>
    [
        .. Backends.All.Select(b => new BackendStatus
        {
            Name = b.Name,
            Address = b.Options.Address,
            State = b.State switch { Gateway.Backends.BackendState.Up => Operations.BackendState.Up, Gateway.Backends.BackendState.Down => Operations.BackendState.Down, Gateway.Backends.BackendState.Leaving => Operations.BackendState.Leaving, _ => Operations.BackendState.Unknown },
            Reason = b.StateReason,
            Open = b.Open,
            InUse = b.Busy,
            Idle = Math.Max(0, b.Open - b.Busy),
            Waiting = pools.Sum(static p => p.Waiting),
            Weight = 1,
        }),
    ];

    long IGatewayStatus.Clients => sessions.Count;
    long IGatewayStatus.SpooledInMemory => 0;
    long IGatewayStatus.SpooledOnDisk => 0;
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
