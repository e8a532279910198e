using System.Net;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Finds in the connections of this host what has gone wrong already, or will when the next statement is sent.</summary>
/// <param name="inspection">What there is.</param>
/// <param name="server">What the server says of it; null when it was not asked.</param>
/// <param name="sourcePorts">How many source ports this host has for one destination.</param>
public sealed class ConnectionRules(Inspection inspection, ServerView? server, int sourcePorts)
{
    private const double Near = 0.8;
    private const string PoolFix = "let the pool test a connection as it hands it out, and replace connections before wait_timeout and before any proxy's idle time-out";

    public IReadOnlyList<Hazard> Judge()
    {
        var hazards = new List<Hazard>();
        foreach (ClientConnection connection in inspection.Connections)
            hazards.AddRange(Of(connection));
        hazards.AddRange(Shared());
        foreach (LostSocket lost in inspection.Lost)
            hazards.Add(new Hazard("wait-timeout", $"{lost.Process.Shown} still holds a TCP connection that is no more (reset, {lost.Received} bytes came in its life{(lost.SinceReceived is { } span ? $", the last {Spans.Show(span)} ago" : "")}); the kernel has forgotten to whom: if it led to MySQL, the next statement on it ends in 2006 or 2013",
                $"/proc/{lost.Process.Pid}/fd/{lost.Descriptor}", PoolFix));
        hazards.AddRange(WithoutKeepAlive());
        hazards.AddRange(SourcePorts());
        return hazards;
    }

    /// <summary><c>/proc/4711/fd/3</c>: where the connection is seen.</summary>
    public static string PlaceOf(ClientConnection connection, int descriptor = -1) => connection.Holders.Count > 0
        ? $"/proc/{connection.Holders[0].Process.Pid}/fd/{(descriptor >= 0 ? descriptor : connection.Holders[0].Descriptors[0])}"
        : $"/proc/net/tcp:{connection.Socket.Inode}";

    private IEnumerable<Hazard> Of(ClientConnection connection)
    {
        Sighting? session = server?.SessionOf(connection);
        foreach (Holder holder in connection.Holders)
            foreach (int descriptor in holder.Descriptors.Where(static d => d <= 2).Take(1))
                yield return new Hazard("stray-bytes", $"the connection {connection.Ends} is descriptor {descriptor} ({Standard(descriptor)}) of {holder.Process.Shown}: whatever it or a child of it {(descriptor == 0 ? "reads there is taken from the server's answers" : "prints there goes to the server")}",
                    $"/proc/{holder.Process.Pid}/fd/{descriptor}", "keep descriptors 0, 1 and 2 open, on /dev/null at least, before connecting; redirect STDERR, never close it");
        if (connection.Holders.Count == 1 && session is not null && ServerView.IsCertain(connection, session) && Inherited(connection, session) is { } inherited)
            yield return inherited;
        if (!connection.Lasts)
            yield break;
        if (connection.Socket.State == KernelSocket.CloseWait)
            yield return Closed(connection);
        else if (connection.Socket is { State: KernelSocket.Established, Unread: > 0 })
            yield return Unread(connection, session);
        else if (connection.Socket is { State: KernelSocket.Established or KernelSocket.SynSent, Retransmits: > 1 })
            yield return Unanswered(connection);
        else if (Idle(connection, session) is { } idle)
            yield return idle;
        else if (Forgotten(connection, session) is { } forgotten)
            yield return forgotten;
    }

    /// <summary>One hazard for all connections that the same family shares.</summary>
    private IEnumerable<Hazard> Shared()
    {
        var shared = inspection.Connections.Where(static c => c.Holders.Count > 1).Select(c => (Connection: c, Ancestor: Ancestry.CommonOf([.. c.Holders.Select(static h => h.Process)], inspection.Processes), Same: IsOneProgram(c)));
        foreach (var family in shared.GroupBy(static s => (s.Ancestor?.Pid ?? s.Connection.Holders[0].Process.Pid, s.Same)))
        {
            (ClientConnection connection, RunningProcess? ancestor, bool same) = family.MaxBy(static s => s.Connection.Holders.Count);
            RunningProcess[] holders = [.. connection.Holders.Select(static h => h.Process)];
            string who = string.Join(", ", holders.Take(6).Select(static p => p.Shown)) + (holders.Length > 6 ? $" and {holders.Length - 6} more" : "");
            string from = ancestor is null ? "their common parent has ended"
                : holders.Any(p => p.Pid == ancestor.Pid) ? $"{ancestor.Shown} is the parent, from which the others have it"
                : $"all descend from {ancestor.Shown}, which has closed its own";
            string more = family.Count() is > 1 and var count ? $" (and {count - 1} more of this family's)" : "";
            yield return new Hazard("shared-after-fork", same
                ? $"one connection {connection.Ends}{more} is open in {holders.Length} processes: {who}; {from}; they send and read on it without knowing of each other, and the first that ends says COM_QUIT for all"
                : $"the connection {connection.Ends}{more} was passed on to another program: {who}; {from}; it stays open until all of them have closed it, though the application has",
                PlaceOf(connection), same
                ? "open connections after the fork, never before: post_fork, lazy-apps, worker_process_init, engine.dispose(close=False) in the child"
                : "have the socket closed on exec (FD_CLOEXEC; close_fds=True in Python's subprocess)");
        }
    }

    private static bool IsOneProgram(ClientConnection connection) => connection.Holders.Select(static h => Program(h.Process)).Distinct().Count() < connection.Holders.Count;

    private static string Program(RunningProcess process) => process.Name.Split(' ')[0];

    private Hazard? Inherited(ClientConnection connection, Sighting session)
    {
        if (session.Pid is not { } opener || connection.Holders.Count == 0 || ServerView.IsOf(connection, session))
            return null;
        string who = inspection.Processes.GetValueOrDefault(opener)?.Shown ?? $"process {opener}, which has ended";
        return new Hazard("shared-after-fork", $"{connection.Holders[0].Process.Shown} has a connection that {who} opened (session {session.ThreadId}, _pid {opener}): it came by a fork",
            PlaceOf(connection), "open connections after the fork, never before: post_fork, lazy-apps, worker_process_init, engine.dispose(close=False) in the child");
    }

    private static Hazard Closed(ClientConnection connection)
    {
        string since = connection.Socket.SinceReceived is { } span ? $", {Spans.Show(span)} ago" : "";
        string last = connection.Waiting is { } word ? $"; its last word lies unread: {word.Code} {word.Message}"
            : connection.Socket.Unread > 0 ? $"; {connection.Socket.Unread} bytes of its last word lie unread" : "";
        (string cause, string by, string fix) = connection.Waiting?.Code switch
        {
            4031 => ("wait-timeout", "the server has closed it for idleness", PoolFix),
            1927 or 1317 => ("killed", "the server has closed it by a KILL", "find out who kills: pt-kill, an event, an operator; " + PoolFix),
            1053 => ("server-restart", "the server was shut down", PoolFix),
            _ => ("wait-timeout", "the server, or what stands before it, has closed it", PoolFix),
        };
        return new Hazard(cause, $"the connection {connection.Ends}{Of(connection.Holders)} is in CLOSE-WAIT: {by}{since}, the client has not noticed{last}; the next statement on it ends in 2006 or 2013", PlaceOf(connection), fix);
    }

    private static Hazard Unread(ClientConnection connection, Sighting? session)
    {
        string since = connection.Socket.SinceReceived is { } span ? $" for {Spans.Show(span)}" : "";
        string text = $"{connection.Socket.Unread} bytes wait unread{since} in {connection.Ends}{Of(connection.Holders)}";
        if (connection.Waiting is { } word)
            return new Hazard(word.Code == 4031 ? "wait-timeout" : "commands-out-of-sync", $"{text}: {word.Code} {word.Message}", PlaceOf(connection), word.Code == 4031 ? PoolFix : "read each answer to its end before the next statement, or close the connection");
        bool sending = session?.Idle is null && session?.State is { } state && (state.Contains("ending", StringComparison.Ordinal) || state.Contains("riting", StringComparison.Ordinal));
        return sending || session is null && connection.Socket.Unread > 200_000
            ? new Hazard("slow-reader", $"{text}: the server is sending, the client does not take it; past net_write_timeout the server closes", PlaceOf(connection), "read results at once and work on them later, or raise net_write_timeout for that session")
            : new Hazard("commands-out-of-sync", $"{text}: an answer that nobody took; who uses the connection next reads it as his own", PlaceOf(connection), "read each answer to its end (or close its cursor) before the connection goes back to the pool");
    }

    private static Hazard Unanswered(ClientConnection connection) => new("network-loss",
        connection.Socket.State == KernelSocket.SynSent ? $"{connection.Ends}{Of(connection.Holders)}: no answer to the connection request, sent {connection.Socket.Retransmits + 1} times"
            : $"{connection.Ends}{Of(connection.Holders)}: {connection.Socket.Unsent} bytes are not acknowledged, sent again {connection.Socket.Retransmits} times: the other side, or the path to it, is gone",
        PlaceOf(connection), "a capture on both sides shows where the packets stay; net.ipv4.tcp_retries2 or TCP_USER_TIMEOUT bounds the wait");

    private Hazard? Idle(ClientConnection connection, Sighting? session)
    {
        if (server is null || connection.Socket.State != KernelSocket.Established || session is null && !server.IsPeerOf(connection) || server.WaitTimeout(session) is not { Number: > 0 and var limit } variable)
            return null;
        TimeSpan? idle = session is not null ? session.Idle : connection.Socket.Idle;
        if (idle is not { } span || span.TotalSeconds < limit * Near)
            return null;
        string thread = session is null ? "" : $", thread {session.ThreadId}";
        return new Hazard("wait-timeout", $"the connection {connection.Ends}{Of(connection.Holders)}{thread} has been idle for {Spans.Show(span)}, and wait_timeout{(variable.Scope is null ? "" : " of its session")} is {variable.Value} s: the server is about to close it",
            PlaceOf(connection), PoolFix);
    }

    /// <summary>Open here, and the server, which shows all its sessions, has none of it.</summary>
    private Hazard? Forgotten(ClientConnection connection, Sighting? session)
    {
        if (session is not null || server is not { KeepsPorts: true, SeesAllSessions: true } || connection.Socket is not { State: KernelSocket.Established, Local: not null } || !server.IsPeerOf(connection)
            || !(connection.Socket.Idle > TimeSpan.FromSeconds(5)))
            return null;
        return new Hazard("nat-idle-timeout", $"the connection {connection.Ends}{Of(connection.Holders)} is open here, yet {server.Name} has no session of it: the two sides were parted without this one noticing (firewall, NAT, a restart without a FIN); the next statement hangs or ends in 2013",
            PlaceOf(connection), "TCP keep-alive below the path's idle time-out, a read time-out in the driver; " + PoolFix);
    }

    private IEnumerable<Hazard> WithoutKeepAlive()
    {
        foreach (var group in inspection.Connections.Where(static c => c.Socket is { State: KernelSocket.Established, Timer: SocketTimer.Off, Remote: { } remote, Local: { } local } && !remote.Address.Equals(local.Address) && !IPAddress.IsLoopback(remote.Address))
            .GroupBy(static c => (c.Socket.Remote, c.Holders.Count > 0 ? c.Holders[0].Process.Name : "")))
        {
            int count = group.Count();
            ClientConnection first = group.First();
            yield return new Hazard("nat-idle-timeout", $"{(count == 1 ? "1 connection" : $"{count} connections")} to {group.Key.Remote}{(group.Key.Item2.Length > 0 ? " of " + group.Key.Item2 : "")} without TCP keep-alive: what a firewall or NAT on the path forgets, nobody notices before the next statement hangs",
                PlaceOf(first), "switch keep-alive on in the driver, and bring net.ipv4.tcp_keepalive_time below the path's idle time-out (some forget after 240 or 350 s)");
        }
    }

    private IEnumerable<Hazard> SourcePorts()
    {
        foreach (var group in inspection.Waiting.GroupBy(static s => (s.Remote, s.Namespace)))
            if (group.Count() is var count && count >= sourcePorts * 0.6)
                yield return new Hazard("source-ports-exhausted", $"{count} closed connections to {group.Key.Remote} still hold one of {sourcePorts} source ports each (TIME-WAIT): when they are used up, no new connection can be opened", "/proc/net/tcp",
                    "keep connections open (a pool) instead of one for each request; net.ipv4.ip_local_port_range = 1024 65535");
    }

    private static string Of(IReadOnlyList<Holder> holders) => holders.Count == 0 ? "" : $" of {holders[0].Process.Shown}";

    private static string Standard(int descriptor) => descriptor switch { 0 => "standard input", 1 => "standard output", _ => "standard error" };
}
