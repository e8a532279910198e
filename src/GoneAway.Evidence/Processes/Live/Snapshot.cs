using System.Net;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>A process that has a connection open.</summary>
/// <param name="Descriptors">By which numbers.</param>
public sealed record Holder(RunningProcess Process, IReadOnlyList<int> Descriptors);

/// <summary>A connection to MySQL that this host has as a client.</summary>
public sealed record ClientConnection
{
    public required KernelSocket Socket { get; init; }
    /// <summary>Empty when this account may not see who.</summary>
    public IReadOnlyList<Holder> Holders { get; init; } = [];
    /// <summary>Of a Unix socket: the path of the server's end.</summary>
    public string? ServerPath { get; init; }
    /// <summary>It stood so for a while, and is not just being read or closed.</summary>
    public bool Lasts { get; init; }
    /// <summary>What the server said in bytes that nobody read: <c>ERR 4031 ...</c>; null when that is not known.</summary>
    public ServerWord? Waiting { get; init; }

    public string Ends => Socket.Remote is { } remote ? $"{Socket.Local} → {remote}" : $"Unix socket {Socket.Inode} → {ServerPath}";
}

/// <summary>An ERR packet that lies unread.</summary>
public sealed record ServerWord(int Code, string Message);

/// <summary>Which sockets count as connections to MySQL.</summary>
public sealed record Targets
{
    public IReadOnlyList<int> Ports { get; init; } = [3306, 33060];
    /// <summary>Servers known by address, whatever their port.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];
    /// <summary>Paths of servers' Unix sockets beside those with mysql or mariadb in them.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];
}

/// <summary>Processes and sockets of one moment, put together.</summary>
internal sealed class Snapshot
{
    private static readonly string[] ServerPrograms = ["mysqld", "mariadbd", "mysqlrouter", "proxysql", "maxscale"];

    public required IReadOnlyList<RunningProcess> Processes { get; init; }
    public required IReadOnlyList<ClientConnection> Connections { get; init; }
    /// <summary>Closed connections to MySQL that still hold a source port.</summary>
    public required IReadOnlyList<KernelSocket> Waiting { get; init; }
    /// <summary>All that the kernel's tables list.</summary>
    public required IReadOnlyList<KernelSocket> Sockets { get; init; }
    /// <summary>Inodes of all sockets that the kernel's tables list.</summary>
    public required IReadOnlySet<ulong> Known { get; init; }
    /// <summary>Namespaces of which only /proc could be read.</summary>
    public required IReadOnlyList<string> WithoutDiagnosis { get; init; }

    public static Snapshot Take(Targets targets, string proc = "/proc")
    {
        IReadOnlyList<RunningProcess> processes = RunningProcess.All(proc);
        string own = new FileInfo(Path.Combine(proc, "self/ns/net")).LinkTarget ?? "";
        var sockets = new List<KernelSocket>();
        var poor = new List<string>();
        Add(null, own, Path.Combine(proc, "self"));
        foreach (IGrouping<string, RunningProcess> others in processes.Where(p => p.NetworkNamespace is { } netns && netns != own).GroupBy(static p => p.NetworkNamespace!))
            Add(Path.Combine(proc, others.First().Pid.ToString(), "ns/net"), others.Key, Path.Combine(proc, others.First().Pid.ToString()));
        return Joined(targets, processes, sockets, poor);

        void Add(string? netnsFile, string netns, string folder)
        {
            if (SocketDiagnosis.Read(netnsFile, netns) is { } read)
                sockets.AddRange(read);
            else
            {
                sockets.AddRange(ProcTcp.Read(Path.Combine(folder, "net"), netns));
                poor.Add(netns);
            }
        }
    }

    internal static Snapshot Joined(Targets targets, IReadOnlyList<RunningProcess> processes, List<KernelSocket> sockets, List<string> poor)
    {
        var holders = new Dictionary<ulong, List<Holder>>();
        foreach (RunningProcess process in processes)
            foreach (IGrouping<ulong, int> socket in (process.Sockets ?? []).GroupBy(static s => s.Inode, static s => s.Descriptor))
            {
                if (!holders.TryGetValue(socket.Key, out List<Holder>? list))
                    holders[socket.Key] = list = [];
                list.Add(new Holder(process, [.. socket.Order()]));
            }
        var listening = new HashSet<(string, int)>();
        var ports = new HashSet<int>(targets.Ports);
        var paths = new HashSet<string>(targets.Paths);
        foreach (KernelSocket socket in sockets)
        {
            if (socket.State != KernelSocket.Listening)
                continue;
            bool server = holders.GetValueOrDefault(socket.Inode)?.Any(static h => ServerPrograms.Any(p => h.Process.Name.StartsWith(p, StringComparison.Ordinal))) == true;
            if (socket.Local is { } local)
                listening.Add((socket.Namespace, local.Port));
            if (server && socket.Local is { } place)
                ports.Add(place.Port);
            if (server && socket.Path is { } path)
                paths.Add(path);
        }
        var unix = new Dictionary<ulong, KernelSocket>();
        foreach (KernelSocket socket in sockets)
            if (socket.Local is null)
                unix.TryAdd(socket.Inode, socket);
        var connections = new List<ClientConnection>();
        var waiting = new List<KernelSocket>();
        foreach (KernelSocket socket in sockets)
        {
            string? path = null;
            if (socket.Remote is { } remote)
            {
                bool isServer = ports.Contains(remote.Port) || targets.Servers.Any(s => s.Equals(remote));
                // The server's own end of a connection has the port at which it listens.
                if (!isServer || socket.State == KernelSocket.Listening || socket.Local is { } local && listening.Contains((socket.Namespace, local.Port)))
                    continue;
            }
            else if (socket.Peer == 0 || socket.Path is not null || !unix.TryGetValue(socket.Peer, out KernelSocket? peer) || peer.Path is null || !IsServerPath(peer.Path, paths))
                continue;
            else
                path = peer.Path;
            if (socket.State == KernelSocket.TimeWait)
                waiting.Add(socket);
            else if (socket.Inode != 0)
                connections.Add(new ClientConnection { Socket = socket, ServerPath = path, Holders = holders.GetValueOrDefault(socket.Inode) ?? [] });
        }
        return new Snapshot { Processes = processes, Connections = connections, Waiting = waiting, Sockets = sockets, Known = sockets.Select(static s => s.Inode).ToHashSet(), WithoutDiagnosis = poor };
    }

    private static bool IsServerPath(string path, HashSet<string> known) =>
        known.Contains(path) || path.Contains("mysql", StringComparison.OrdinalIgnoreCase) || path.Contains("mariadb", StringComparison.OrdinalIgnoreCase);
}
