using System.Globalization;
using System.Net;
using GoneAway.Evidence.Server.Live;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>What the server knows of this host's connections: its sessions, joined by client port and by the client's process number.</summary>
public sealed class ServerView
{
    private readonly ServerState state;
    private readonly ServerAddress address;
    private readonly IPEndPoint? place;
    private readonly ILookup<int, Sighting> byPort;
    private readonly ILookup<int, Sighting> byPid;

    /// <param name="state">The server's answers.</param>
    /// <param name="address">How it was reached.</param>
    /// <param name="remote">Its end of the tool's own connection; null for a Unix socket.</param>
    /// <param name="keepsPorts">The server sees the tool's own connection come from the port that it has here: nothing between translates.</param>
    public ServerView(ServerState state, ServerAddress address, IPEndPoint? remote, bool keepsPorts)
    {
        this.state = state;
        this.address = address;
        // Who reaches it by a Unix socket reaches it on this host by TCP, too.
        bool local = address.Socket is not null;
        place = local && Variable("port") is { Number: > 0 and < 65536 and var port } ? new IPEndPoint(IPAddress.Loopback, (int)port) : remote;
        KeepsPorts = keepsPorts || local;
        byPort = state.Sightings.Where(static s => s.ClientPort is not null).ToLookup(static s => s.ClientPort!.Value);
        byPid = state.Sightings.Where(static s => s.Pid is not null).ToLookup(static s => s.Pid!.Value);
    }

    public string Name => state.Name;
    public bool KeepsPorts { get; }
    public IReadOnlyList<string> NotSeen => [.. state.NotSeen.Where(static what => what.Contains("sessions", StringComparison.Ordinal) || what.Contains("client programs", StringComparison.Ordinal))];

    /// <summary>Every session is in the list, so one that is not there does not exist.</summary>
    public bool SeesAllSessions => !state.NotSeen.Any(static what => what.Contains(" sessions (", StringComparison.Ordinal) || what.StartsWith("sessions", StringComparison.Ordinal)) && state.Sightings.Count < 5000;

    /// <summary>The network namespace from which the server was asked.</summary>
    public string Namespace { get; init; } = new FileInfo("/proc/self/ns/net").LinkTarget ?? "";

    /// <summary>The connection leads to this server, as far as its address tells.</summary>
    public bool IsPeerOf(ClientConnection connection)
    {
        if (connection.Socket is not { Remote: { } remote, Local: { } local })
            return connection.ServerPath is { } path && path == address.Socket;
        if (place is null || remote.Port != place.Port)
            return false;
        // Each namespace has a loopback of its own.
        bool here = connection.Socket.Namespace == Namespace;
        return IPAddress.IsLoopback(place.Address) ? here && (IPAddress.IsLoopback(remote.Address) || remote.Address.Equals(local.Address)) : remote.Address.Equals(place.Address);
    }

    /// <summary>The server's session of a connection; null when there is none, or it cannot be told which.</summary>
    public Sighting? SessionOf(ClientConnection connection)
    {
        Sighting[] ofPort = connection.Socket.Local is { } local ? [.. byPort[local.Port]] : [];
        if (KeepsPorts && IsPeerOf(connection) && ofPort.Length > 0)
            return ofPort.Length == 1 ? ofPort[0] : ofPort.FirstOrDefault(s => s.ClientHost == connection.Socket.Local!.Address.ToString()) ?? ofPort.FirstOrDefault(s => IsOf(connection, s));
        if (ofPort.FirstOrDefault(s => IsOf(connection, s)) is { } both)
            return both;
        // Through a proxy, or by a Unix socket, the process number is all there is; it must be the only one of it.
        Sighting[] sessions = [.. connection.Holders.SelectMany(static h => h.Process.Numbers).Distinct().SelectMany(number => byPid[number])];
        return connection.Holders.Count == 1 && sessions.Length == 1 && !(connection.Socket.Local is not null && KeepsPorts && IsPeerOf(connection)) ? sessions[0] : null;
    }

    /// <summary>The port shows that it is this very connection's session; a process number may be that of another of its connections.</summary>
    public static bool IsCertain(ClientConnection connection, Sighting session) => connection.Socket.Local is { } local && session.ClientPort == local.Port;

    internal static bool IsOf(ClientConnection connection, Sighting session) => session.Pid is { } pid && connection.Holders.Any(h => h.Process.Numbers.Contains(pid));

    /// <summary>wait_timeout of that session, or of all, in seconds; null when it is not known.</summary>
    public Fact? WaitTimeout(Sighting? session)
    {
        string? scope = session?.ThreadId is { } id ? "session " + id.ToString(CultureInfo.InvariantCulture) + " " : null;
        Fact? own = scope is null ? null : state.Facts.LastOrDefault(f => f is { Kind: FactKind.Variable, Name: "wait_timeout", Scope: not null } && f.Scope.StartsWith(scope, StringComparison.Ordinal));
        return own ?? Variable("wait_timeout");
    }

    private Fact? Variable(string name) => state.Facts.LastOrDefault(f => f.Kind == FactKind.Variable && f.Name == name && f.Scope is null);
}
