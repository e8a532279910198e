using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>A session that waits for a server connection while all are taken.</summary>
internal sealed class PoolRequest(Waiter waiter, PoolKey key, Backend? only)
{
    public Waiter Waiter { get; } = waiter;
    public PoolKey Key { get; } = key;
    /// <summary>When it began to wait, in the loops' milliseconds.</summary>
    public long Since { get; } = waiter.Loop.Now;
    public Backend? Only { get; } = only;
    /// <summary>What it got: a connection with its key, or a place in which it may open one.</summary>
    public BackendConnection? Connection { get; set; }
    public Backend? Place { get; set; }
    public bool IsOver { get; set; }
}

/// <summary>The idle server connections of one loop, and those who wait for one. Only the loop's thread comes here.</summary>
internal sealed class LoopPool(EventLoop loop, BackendSet backends)
{
    private readonly Dictionary<PoolKey, List<BackendConnection>> idle = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<PoolRequest> queue = new();
    /// <summary>Milliseconds that another loop's first in line may have waited longer than this one's, before it comes first: to hand a connection over costs.</summary>
    private const long Patience = 20;
    /// <summary>Loops that a connection is offered to before it lies idle.</summary>
    private const int MostHops = 4;
    /// <summary>An account that nobody has used for so long needs no warm connections.</summary>
    private const long ForgetAfter = 600_000;
    private const int MostKnown = 1_000;
    private const int MostTexts = 4_096, LongestText = 4_096;

    private readonly Dictionary<PoolKey, KnownLogin> known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PoolKey, long> usesSeen = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PreparedText, PreparedText> texts = [];
    private long waitingSince = long.MaxValue;
    private volatile int waiting;

    public EventLoop Loop => loop;

    /// <summary>The same object for the same text, so that to compare them costs nothing.</summary>
    public PreparedText Intern(PreparedText text)
    {
        if (texts.TryGetValue(text, out PreparedText? known) || text.Sql.Length > LongestText)
            return known ?? text;
        if (texts.Count >= MostTexts)
            texts.Clear();
        return texts[text] = text;
    }

    /// <summary>Requests in the queue; any thread may look.</summary>
    public int Waiting => waiting;

    /// <summary>Since when the first in line waits, in the loops' milliseconds; any thread may look.</summary>
    public long WaitingSince => Volatile.Read(ref waitingSince);

    /// <summary>A warm connection is being opened.</summary>
    public bool IsWarming { get; set; }

    public int Idle { get; private set; }

    /// <summary>An idle connection to this server, the one used last; null when there is none.</summary>
    public BackendConnection? Take(PoolKey key, Backend backend, object session)
    {
        if (!idle.TryGetValue(key, out List<BackendConnection>? list))
            return null;
        int found = -1;
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (list[i].Backend != backend)
                continue;
            if (list[i].LastSession == session)
            {
                found = i;
                break;
            }
            if (found < 0)
                found = i;
            if (list.Count - i > 8)
                break;
        }
        if (found < 0)
            return null;
        BackendConnection connection = list[found];
        list.RemoveAt(found);
        Idle--;
        bool isQuiet = connection.Link.Socket.IsQuiet;
        if (isQuiet && connection.MayStay)
            return connection;
        if (!isQuiet)
            backends.OnIdleLost(connection);
        connection.Close(politely: isQuiet);
        return Take(key, backend, session);
    }

    /// <summary>Takes a connection back: for who waits, here or in another loop, or to lie idle.</summary>
    /// <param name="connection">Belongs to this loop.</param>
    /// <param name="hops">Loops that it has been offered to.</param>
    public void GiveBack(BackendConnection connection, int hops = 0)
    {
        connection.Link.Socket.Detach();
        if (!connection.MayStay || connection.IsSoiled || !connection.IsAtRest || connection.Link.IsBroken || connection.Link.Socket.PeerClosed || connection.Link.Queued > 0)
        {
            if (connection.Link.Socket.PeerClosed)
                backends.OnIdleLost(connection);
            connection.Close(politely: !connection.Link.IsBroken);
            return;
        }
        LoopPool? eldest = backends.Eldest(this);
        if (eldest is not null && hops == 0 && waiting > 0 && eldest.WaitingSince + Patience < WaitingSince)
        {
            Donate(connection, eldest, hops + 1);
            return;
        }
        if (NextFor(connection) is { } request)
        {
            Hand(request, connection);
            return;
        }
        if (eldest is not null && hops < MostHops)
        {
            Donate(connection, eldest, hops + 1);
            return;
        }
        Lay(connection);
    }

    /// <summary>A connection was closed or a server came back: those who wait may open one, in turn, while there is room.</summary>
    public void Serve(Backend backend)
    {
        if (!backend.TakesWork)
            return;
        for (LinkedListNode<PoolRequest>? node = queue.First, next; node is not null; node = next)
        {
            next = node.Next;
            PoolRequest request = node.Value;
            if (request.Only is not null && request.Only != backend)
                continue;
            if (!backend.TryReserve())
                return;
            queue.Remove(node);
            Recount();
            request.Place = backend;
            Tell(request);
        }
    }

    /// <summary>Waits in line. The caller waits for <see cref="Ready.Signal"/> and, when it gives up, says so with <see cref="Leave"/>.</summary>
    public void Enqueue(PoolRequest request)
    {
        queue.AddLast(request);
        Recount();
        backends.AskOthers(this, request.Key);
        // Who stands in line behind others may find room for itself, or make some.
        foreach (Backend backend in backends.All)
            Serve(backend);
        _ = request.Place is null && backends.All.Any(one => one.TakesWork && (request.Only ?? one) == one && EvictOne(one));
    }

    public void Leave(PoolRequest request)
    {
        request.IsOver = true;
        if (queue.Remove(request))
            Recount();
        // It came after all, in the same turn.
        if (request.Connection is { } connection)
            GiveBack(connection);
        else if (request.Place is { } place)
        {
            place.OnClosed();
        }
    }

    /// <summary>Makes room for a connection with another key: closes one idle connection of that server.</summary>
    public bool EvictOne(Backend backend)
    {
        foreach (List<BackendConnection> list in idle.Values)
        {
            int at = list.FindIndex(c => c.Backend == backend);
            if (at < 0)
                continue;
            BackendConnection victim = list[at];
            list.RemoveAt(at);
            Idle--;
            victim.Close(politely: true);
            return true;
        }
        return false;
    }

    /// <summary>Closes those of a server that have lain as long as one that turned out to be dead.</summary>
    public void CloseIdle(Backend backend, long usedBefore)
    {
        foreach (List<BackendConnection> list in idle.Values)
            for (int i = list.Count - 1; i >= 0; i--)
                if (list[i] is var connection && connection.Backend == backend && connection.LastUsed < usedBefore)
                {
                    list.RemoveAt(i);
                    Idle--;
                    connection.Close(politely: false);
                }
    }

    /// <summary>Closes those that this credential has opened, and opens no more of them before somebody asks.</summary>
    public void CloseIdle(Credential credential)
    {
        foreach ((PoolKey key, List<BackendConnection> list) in idle)
        {
            if (key.Credential is not Credential one || !one.IsSameAs(credential))
                continue;
            Forget(key);
            Idle -= list.Count;
            foreach (BackendConnection connection in list)
                connection.Close(politely: true);
            list.Clear();
        }
    }

    /// <summary>One idle connection with that key goes to a loop that has none; else one of any key gives its place.</summary>
    public void DonateIdle(PoolKey key, LoopPool other)
    {
        if (idle.TryGetValue(key, out List<BackendConnection>? list) && list.Count > 0)
        {
            BackendConnection connection = list[^1];
            list.RemoveAt(list.Count - 1);
            Idle--;
            Donate(connection, other, hops: 1);
            return;
        }
        foreach (Backend backend in backends.All)
            if (backend.TakesWork && EvictOne(backend))
                return;
    }

    /// <summary>Looks after what lies idle: once a second or so.</summary>
    /// <param name="keepWarm">How many may stay, per server and key.</param>
    /// <param name="idleTimeout">Milliseconds after which the others are closed.</param>
    /// <param name="stale">Told of connections that must be pinged or go, taken out of the pool.</param>
    public void Sweep(int keepWarm, long idleTimeout, Action<BackendConnection> stale)
    {
        List<BackendConnection>? old = null;
        foreach ((PoolKey key, List<BackendConnection> list) in idle)
        {
            if (list.Count == 0)
            {
                idle.Remove(key);
                continue;
            }
            KnownLogin? login = known.GetValueOrDefault(key);
            if (login is not null)
                See(key, login, list);
            for (int i = list.Count - 1; i >= 0; i--)
            {
                BackendConnection connection = list[i];
                long lain = loop.Now - connection.IdleSince;
                bool gone = !connection.Link.Socket.IsQuiet;
                bool surplus = lain > idleTimeout && (login is null || list.Count(c => c.Backend == connection.Backend) > keepWarm);
                // Half of the server's patience: the second half is for a slow server, a busy loop and clocks.
                bool tired = loop.Now > connection.PingAt;
                if (!gone && !surplus && !tired && connection.MayStay)
                    continue;
                list.RemoveAt(i);
                Idle--;
                if (gone)
                    backends.OnIdleLost(connection);
                if (tired && !gone && !surplus && connection.MayStay)
                    (old ??= []).Add(connection);
                else
                    connection.Close(politely: !gone);
            }
        }
        if (old is not null)
            foreach (BackendConnection connection in old)
                stale(connection);
    }

    public void Lay(BackendConnection connection)
    {
        connection.IdleSince = loop.Now;
        if (!idle.TryGetValue(connection.Key, out List<BackendConnection>? list))
            idle[connection.Key] = list = [];
        list.Add(connection);
        Idle++;
    }

    /// <summary>How connections with this key are opened, should some be wanted before anybody asks.</summary>
    public void Know(PoolKey key, BackendLoginRequest request, string schema)
    {
        if (key is not { Credential: Credential, Origin.Length: 0 } || known.Count >= MostKnown)
            return;
        var login = new KnownLogin(request, schema, loop.Now);
        if (known.TryAdd(key, login))
            backends.TellOthers(this, key, login);
    }

    /// <summary>Another loop knows how.</summary>
    public void Know(PoolKey key, KnownLogin login) => known[key] = login;

    public void Forget(PoolKey key)
    {
        known.Remove(key);
        usesSeen.Remove(key);
    }

    /// <summary>Sessions may have used some since the last look.</summary>
    private void See(PoolKey key, KnownLogin login, List<BackendConnection> list)
    {
        long sum = 0;
        foreach (BackendConnection one in list)
            sum += one.Uses;
        if (usesSeen.GetValueOrDefault(key) == sum)
            return;
        usesSeen[key] = sum;
        login.LastUsed = loop.Now;
    }

    /// <summary>A key and a server with fewer idle connections than that, and room for one; null where there is none.</summary>
    public (PoolKey Key, KnownLogin Login, Backend Backend)? FindLack(int warm)
    {
        foreach ((PoolKey key, KnownLogin login) in known)
        {
            if (loop.Now - login.LastUsed > ForgetAfter)
            {
                Forget(key);
                return null;
            }
            idle.TryGetValue(key, out List<BackendConnection>? list);
            foreach (Backend backend in backends.All)
                if (backend.TakesWork && backend.Open < backend.Limit && (list?.Count(one => one.Backend == backend) ?? 0) < warm)
                    return (key, login, backend);
        }
        return null;
    }

    private void Recount()
    {
        waiting = queue.Count;
        Volatile.Write(ref waitingSince, queue.First?.Value.Since ?? long.MaxValue);
    }

    private PoolRequest? NextFor(BackendConnection connection)
    {
        for (LinkedListNode<PoolRequest>? node = queue.First; node is not null; node = node.Next)
        {
            PoolRequest request = node.Value;
            if (request.Only is not null && request.Only != connection.Backend)
                continue;
            queue.Remove(node);
            Recount();
            return request;
        }
        return null;
    }

    private void Hand(PoolRequest request, BackendConnection connection)
    {
        if (request.Key == connection.Key)
            request.Connection = connection;
        else
        {
            // Its place goes to the first in line, so that no account starves another.
            connection.Close(politely: true, keepsPlace: true);
            request.Place = connection.Backend;
        }
        Tell(request);
    }

    /// <summary>In a turn of its own: one that goes on must not go on inside another's.</summary>
    private void Tell(PoolRequest request) => loop.Post(() =>
    {
        if (!request.IsOver)
            request.Waiter.Notify(Ready.Signal);
    });

    private static void Donate(BackendConnection connection, LoopPool other, int hops)
    {
        connection.Link.Socket.Leave();
        other.Loop.Post(() =>
        {
            connection.Link.Socket.Join(other.Loop);
            other.GiveBack(connection, hops);
        });
    }
}
