using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>A session that waits for a server connection while all are taken.</summary>
internal sealed class PoolRequest(Waiter waiter, PoolKey key, Backend? only)
{
    public Waiter Waiter { get; } = waiter;
    public PoolKey Key { get; } = key;
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
    private volatile int waiting;

    public EventLoop Loop => loop;

    /// <summary>Requests in the queue; any thread may look.</summary>
    public int Waiting => waiting;

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
    public void GiveBack(BackendConnection connection)
    {
        connection.Link.Socket.Detach();
        if (!connection.MayStay || connection.IsSoiled || connection.Link.IsBroken || connection.Link.Socket.PeerClosed || connection.Link.Queued > 0)
        {
            if (connection.Link.Socket.PeerClosed)
                backends.OnIdleLost(connection);
            connection.Close(politely: !connection.Link.IsBroken);
            Serve(connection.Backend);
            return;
        }
        if (NextFor(connection) is { } request)
        {
            Hand(request, connection);
            return;
        }
        if (backends.Starving(this) is { } other)
        {
            Donate(connection, other);
            return;
        }
        Lay(connection);
    }

    /// <summary>A connection was closed or a server came back: somebody who waits may open one.</summary>
    public void Serve(Backend backend)
    {
        for (LinkedListNode<PoolRequest>? node = queue.First; node is not null; node = node.Next)
        {
            PoolRequest request = node.Value;
            if (request.Only is not null && request.Only != backend || !backend.TakesWork)
                continue;
            if (!backend.TryReserve())
                return;
            queue.Remove(node);
            waiting = queue.Count;
            request.Place = backend;
            Tell(request);
            return;
        }
        if (waiting == 0 && backends.Starving(this) is { } other)
            other.Loop.Post(() => other.Serve(backend));
    }

    /// <summary>Waits in line. The caller waits for <see cref="Ready.Signal"/> and, when it gives up, says so with <see cref="Leave"/>.</summary>
    public void Enqueue(PoolRequest request)
    {
        queue.AddLast(request);
        waiting = queue.Count;
        backends.AskOthers(this, request.Key);
    }

    public void Leave(PoolRequest request)
    {
        request.IsOver = true;
        if (queue.Remove(request))
            waiting = queue.Count;
        // It came after all, in the same turn.
        if (request.Connection is { } connection)
            GiveBack(connection);
        else if (request.Place is { } place)
        {
            place.OnClosed();
            Serve(place);
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

    /// <summary>One idle connection with that key goes to a loop that has none; else one of any key gives its place.</summary>
    public void DonateIdle(PoolKey key, LoopPool other)
    {
        if (idle.TryGetValue(key, out List<BackendConnection>? list) && list.Count > 0)
        {
            BackendConnection connection = list[^1];
            list.RemoveAt(list.Count - 1);
            Idle--;
            Donate(connection, other);
            return;
        }
        foreach (Backend backend in backends.All)
            if (backend.TakesWork && EvictOne(backend))
            {
                other.Loop.Post(() => other.Serve(backend));
                return;
            }
    }

    /// <summary>Looks after what lies idle: once a second or so.</summary>
    /// <param name="keepWarm">How many may stay, per server and key.</param>
    /// <param name="idleTimeout">Milliseconds after which the others are closed.</param>
    /// <param name="stale">Told of connections that must be pinged or go, taken out of the pool.</param>
    public void Sweep(int keepWarm, long idleTimeout, Action<BackendConnection> stale)
    {
        List<BackendConnection>? old = null;
        foreach (List<BackendConnection> list in idle.Values)
        {
            for (int i = list.Count - 1; i >= 0; i--)
            {
                BackendConnection connection = list[i];
                long lain = loop.Now - connection.IdleSince;
                bool gone = !connection.Link.Socket.IsQuiet;
                bool surplus = lain > idleTimeout && list.Count(c => c.Backend == connection.Backend) > keepWarm;
                // Half of the server's patience: the second half is for a slow server, a busy loop and clocks.
                bool tired = connection.IdleLimit > 0 && loop.Now - connection.LastUsed > connection.IdleLimit / 2;
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

    private PoolRequest? NextFor(BackendConnection connection)
    {
        for (LinkedListNode<PoolRequest>? node = queue.First; node is not null; node = node.Next)
        {
            PoolRequest request = node.Value;
            if (request.Only is not null && request.Only != connection.Backend)
                continue;
            queue.Remove(node);
            waiting = queue.Count;
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
            connection.Close(politely: true);
            if (!connection.Backend.TryReserve())
            {
                queue.AddFirst(request);
                waiting = queue.Count;
                return;
            }
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

    private static void Donate(BackendConnection connection, LoopPool other)
    {
        connection.Link.Socket.Leave();
        other.Loop.Post(() =>
        {
            connection.Link.Socket.Join(other.Loop);
            other.GiveBack(connection);
        });
    }
}
