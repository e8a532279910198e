using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>What the sockets of a table tell of connections to MySQL: their dangers before they bite, and the state they are in.</summary>
internal sealed class SocketJudgement(Passage passage, Findings findings)
{
    /// <summary>About a third of Linux's range of source ports for one destination.</summary>
    private const int ManyWaiting = 10_000;
    private const int MostPids = 100;

    private readonly HashSet<int> ports = [];

    public void Judge(List<SocketRow> rows)
    {
        foreach (SocketRow row in rows)
            if (row is { State: "LISTEN", LocalPort: { } port } && row.Holders.Any(static h => SocketEnd.IsServerName(h.Name)))
                ports.Add(port);
        HashSet<string> servers = UnixServers(rows);
        int waiting = 0, closed = 0;
        SocketRow? firstWaiting = null, firstClosed = null;
        foreach (SocketRow row in SocketRows.Merge(rows))
        {
            if (row.State == "LISTEN")
                Listener(row);
            else if (row.IsDescriptor || row.HidesPeer)
                Unknown(row);
            else if (IsClient(row, servers))
            {
                Client(row);
                if (row.State == "TIME-WAIT" && waiting++ == 0)
                    firstWaiting = row;
                if (row.State == "CLOSE-WAIT" && closed++ == 0)
                    firstClosed = row;
            }
            else if (row is { State: "ESTABLISHED", Unsent: > 0 } && IsServerPort(row.LocalPort))
                findings.Add(Of(row, Sign.SocketUnsent) with { Size = row.Unsent });
        }
        if (firstWaiting is not null && waiting >= ManyWaiting)
            findings.Add(new Hazard("source-ports-exhausted", $"{waiting} closed connections to MySQL still hold their source ports (TIME-WAIT): past some 28,000 to one address no new one can be opened", passage.At(firstWaiting.Line),
                "Keep connections open (a pool) instead of one for each request; net.ipv4.ip_local_port_range = 1024 65535, net.ipv4.tcp_tw_reuse = 1."));
        if (firstClosed is not null)
            findings.Add(new Hazard("wait-timeout", $"{closed} {(closed == 1 ? "connection" : "connections")} in CLOSE-WAIT: the server, or what stands before it, has closed, the client has not noticed; the next statement there ends in 2006 or 2013", passage.At(firstClosed.Line),
                "Let the pool test a connection as it hands it out, and replace connections before wait_timeout and before any proxy's idle time-out."));
    }

    /// <summary>Inodes of the server's ends of Unix sockets.</summary>
    private static HashSet<string> UnixServers(List<SocketRow> rows)
    {
        var servers = new HashSet<string>();
        foreach (SocketRow row in rows)
            if (row.Identity is not null && SocketEnd.IsMySqlPath(row.Path))
                servers.Add(row.Identity);
        return servers;
    }

    private bool IsServerPort(int? port) => SocketEnd.IsMySqlPort(port) || port is { } number && ports.Contains(number);

    private bool IsClient(SocketRow row, HashSet<string> servers) => row.Path is not null
        ? row.PeerIdentity is { } peer && servers.Contains(peer) && !SocketEnd.IsMySqlPath(row.Path)
        : IsServerPort(row.PeerPort) && (!IsServerPort(row.LocalPort) || row.LocalPort >= 10_000 && !ports.Contains(row.LocalPort.Value))
            && !row.Holders.Any(h => SocketEnd.IsServerName(h.Name) && row.LocalPort is { } local && ports.Contains(local));

    private void Client(SocketRow row)
    {
        Descriptor(row);
        Shared(row);
        // Linux counts the peer's FIN as one byte of what is unread.
        if (row.State == "CLOSE-WAIT")
            findings.Add(Of(row, Sign.SocketCloseWait) with { Size = Math.Max(0, (row.Unread ?? 0) - 1) });
        else if (row.State == "ESTABLISHED" && row.Unread > 0)
            findings.Add(Of(row, Sign.SocketUnread) with { Size = row.Unread });
        else if (row.State == "ESTABLISHED" && row.Unsent > 0)
            findings.Add(Of(row, Sign.SocketUnsent) with { Size = row.Unsent });
        else if (row.State == "ESTABLISHED")
            findings.Add(Of(row, Sign.SocketEstablished) with { State = row.Timer });
    }

    private void Descriptor(SocketRow row)
    {
        foreach (Holder holder in row.Holders)
        {
            if (holder.Descriptor is not (>= 0 and <= 2) || IsService(row, holder))
                continue;
            findings.Add(Of(row, Sign.SocketOnStandardDescriptor) with { Pid = holder.Pid, Subject = holder.Name, Code = holder.Descriptor });
            findings.Add(new Hazard("stray-bytes", $"the connection to MySQL ({row.Ends}) is descriptor {holder.Descriptor} ({Standard(holder.Descriptor)}) of {Who(holder)}: what it or a child of it prints there goes to the server", passage.At(row.Line),
                "Keep descriptors 0, 1 and 2 open, on /dev/null at least, before connecting; redirect STDERR, do not close it."));
            return;
        }
    }

    /// <summary>A socket whose peer nobody shows, on a standard descriptor of a program that is no network service.</summary>
    private void Unknown(SocketRow row)
    {
        foreach (Holder holder in row.Holders)
        {
            if (holder.Descriptor is not (>= 0 and <= 2) || IsService(row, holder))
                continue;
            findings.Add(Of(row, Sign.UnknownSocketOnStandardDescriptor) with { Pid = holder.Pid, Subject = holder.Name, Code = holder.Descriptor });
            findings.Add(new Hazard("stray-bytes", $"a socket is descriptor {holder.Descriptor} ({Standard(holder.Descriptor)}) of {Who(holder)}: should it be the one to MySQL, what is printed there goes to the server", passage.At(row.Line),
                "Keep descriptors 0, 1 and 2 open, on /dev/null at least, before connecting; redirect STDERR, do not close it."));
            return;
        }
    }

    /// <summary>inetd and systemd give a service its socket as several standard descriptors at once; so does the journal's.</summary>
    private static bool IsService(SocketRow row, Holder holder)
    {
        foreach (Holder other in row.Holders)
            if (other.Pid == holder.Pid && other.Descriptor is >= 0 and <= 2 && other.Descriptor != holder.Descriptor)
                return true;
        return false;
    }

    private void Shared(SocketRow row)
    {
        if (row.State is not ("ESTABLISHED" or "CLOSE-WAIT" or null))
            return;
        var pids = new SortedSet<int>();
        foreach (Holder holder in row.Holders)
            if (holder.Pid is { } pid && pids.Count < MostPids && row.Holders.Any(other => other.Pid != pid && other.Pid is not null && IsSameProgram(holder.Name, other.Name)))
                pids.Add(pid);
        if (pids.Count < 2)
            return;
        string program = row.Holders.FirstOrDefault(static h => h.Name is not null).Name is { } name ? $" of {name}" : "";
        findings.Add(Of(row, Sign.SocketShared) with { Pids = [.. pids], State = row.State });
        findings.Add(new Hazard("shared-after-fork", $"one connection to MySQL ({row.Ends}) is open in {pids.Count} processes{program} ({string.Join(", ", pids.Take(6))}{(pids.Count > 6 ? ", …" : "")}): they write and read on it without knowing of each other", passage.At(row.Line),
            "Open connections after the fork: lazy-apps (uWSGI), post_fork (gunicorn), worker_process_init (Celery), a pool for each process."));
    }

    /// <summary>A child that runs another program holds the socket, too, but does not speak MySQL on it.</summary>
    private static bool IsSameProgram(string? one, string? other)
    {
        if (one is null || other is null)
            return true;
        ReadOnlySpan<char> a = Stem(one), b = Stem(other);
        return a.StartsWith(b, StringComparison.OrdinalIgnoreCase) || b.StartsWith(a, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>"gunicorn: master", "php-fpm8.2", "python3": letters up to the first sign that is none.</summary>
    private static ReadOnlySpan<char> Stem(string name)
    {
        int end = 0;
        while (end < name.Length && (char.IsAsciiLetter(name[end]) || name[end] is '-' or '_'))
            end++;
        return end == 0 ? name : name.AsSpan(0, end);
    }

    private void Listener(SocketRow row)
    {
        // Of a listener the two columns are the queue of connections not yet accepted, and its limit.
        if (row is { Unread: > 0, Unsent: > 0 } && row.Unread >= row.Unsent && IsServerPort(row.LocalPort))
            findings.Add(Of(row, Sign.ListenQueueOverflow) with { ServerPort = row.LocalPort, ServerHost = row.LocalHost, ClientHost = null, ClientPort = null, Size = row.Unread });
    }

    private Sighting Of(SocketRow row, Sign sign)
    {
        bool fromClient = IsServerPort(row.PeerPort) || row.Path is not null;
        return new Sighting
        {
            Sign = sign,
            Origin = Origin.Process,
            Source = passage.At(row.Line),
            Text = Shown.Of(passage.Lines[row.Line]),
            Stamp = passage.Taken,
            Pid = row.Holders.Count > 0 ? row.Holders[0].Pid : null,
            Subject = row.Holders.Count > 0 ? row.Holders[0].Name : null,
            ClientHost = fromClient ? row.LocalHost : row.PeerHost,
            ClientPort = fromClient ? row.LocalPort : row.PeerPort,
            ServerHost = fromClient ? row.PeerHost : row.LocalHost,
            ServerPort = fromClient ? row.PeerPort : row.LocalPort,
            State = row.State,
            Idle = row.Idle,
        };
    }

    private static string Standard(int? descriptor) => descriptor switch { 0 => "standard input", 1 => "standard output", _ => "standard error" };

    private static string Who(Holder holder) => (holder.Name, holder.Pid) switch
    {
        ({ } name, { } pid) => $"{name} ({pid})",
        ({ } name, null) => name,
        (null, { } pid) => $"process {pid}",
        _ => "a process",
    };
}
