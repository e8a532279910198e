namespace GoneAway.Evidence.Processes.Live;

/// <summary>What this host's processes and sockets show of connections to MySQL.</summary>
public sealed record Inspection
{
    public required IReadOnlyList<ClientConnection> Connections { get; init; }
    /// <summary>Closed ones that still hold their source port.</summary>
    public required IReadOnlyList<KernelSocket> Waiting { get; init; }
    /// <summary>Descriptors of connections that are no more.</summary>
    public IReadOnlyList<LostSocket> Lost { get; init; } = [];
    public required IReadOnlyDictionary<int, RunningProcess> Processes { get; init; }
    /// <summary><c>descriptors of 54 processes (needs root)</c>.</summary>
    public required IReadOnlyList<string> NotSeen { get; init; }
    /// <summary>Asked for, and not there.</summary>
    public required IReadOnlyList<int> Missing { get; init; }

    /// <summary>How long something must stand to count as left alone: a reader that is at work takes its bytes within this.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Looks twice where something may be just about to be read or closed.</summary>
    /// <param name="targets">What counts as MySQL.</param>
    /// <param name="pids">Processes to look at; none for all. Who shares a connection with them is told all the same.</param>
    /// <param name="time">For the second look.</param>
    public static async Task<Inspection> TakeAsync(Targets targets, IReadOnlyList<int> pids, TimeProvider time, CancellationToken cancel = default)
    {
        Snapshot snapshot = Snapshot.Take(targets);
        List<ClientConnection> connections = Chosen(snapshot, pids);
        if (connections.Any(static c => IsOdd(c) && !(c.Socket.SinceReceived > Glance)))
        {
            Dictionary<ulong, ClientConnection> before = connections.ToDictionary(static c => c.Socket.Inode);
            await Task.Delay(Glance, time, cancel);
            snapshot = Snapshot.Take(targets);
            connections = [.. Chosen(snapshot, pids).Select(c => c with { Lasts = before.TryGetValue(c.Socket.Inode, out ClientConnection? earlier) && Stands(earlier, c) })];
        }
        else
            connections = [.. connections.Select(static c => c with { Lasts = true })];
        connections = [.. connections.Select(static c => c is { Lasts: true, Socket.Unread: > 0 } ? c with { Waiting = UnreadWord.Of(c) } : c)];
        var processes = snapshot.Processes.ToDictionary(static p => p.Pid);
        return new Inspection
        {
            Connections = [.. connections.OrderBy(static c => c.Holders.Count == 0).ThenBy(static c => c.Holders.Count > 0 ? c.Holders[0].Process.Pid : c.Socket.Uid).ThenBy(static c => c.Holders.Count > 0 ? c.Holders[0].Descriptors[0] : 0)],
            Waiting = pids.Count > 0 ? [] : snapshot.Waiting,
            Lost = LostSocket.Of(snapshot, pids),
            Processes = processes,
            NotSeen = [.. Unseen(snapshot, pids)],
            Missing = [.. pids.Where(pid => !processes.ContainsKey(pid))],
        };
    }

    private static List<ClientConnection> Chosen(Snapshot snapshot, IReadOnlyList<int> pids) =>
        [.. snapshot.Connections.Where(c => pids.Count == 0 || c.Holders.Any(h => pids.Contains(h.Process.Pid)))];

    private static bool IsOdd(ClientConnection connection) => connection.Socket.Unread > 0 || connection.Socket.State == KernelSocket.CloseWait;

    private static bool Stands(ClientConnection earlier, ClientConnection now) =>
        earlier.Socket.State == now.Socket.State && (now.Socket.Unread == 0 || earlier.Socket.Unread > 0 && now.Socket.Unread >= earlier.Socket.Unread);

    private static IEnumerable<string> Unseen(Snapshot snapshot, IReadOnlyList<int> pids)
    {
        RunningProcess[] hidden = [.. snapshot.Processes.Where(p => p.Sockets is null && (pids.Count == 0 || pids.Contains(p.Pid)))];
        if (hidden.Length > 0)
            yield return $"descriptors of {(hidden.Length == 1 ? hidden[0].Shown : $"{hidden.Length} processes of other accounts")} (needs root)";
        foreach (string netns in snapshot.WithoutDiagnosis)
            yield return $"idle times and Unix sockets in network namespace {netns} (the kernel answers no socket diagnosis there; needs root)";
    }
}
