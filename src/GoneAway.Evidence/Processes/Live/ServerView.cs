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
    /// <param name="place">Its end of the tool's own connection; null for a Unix socket.</param>
    /// <param name="keepsPorts">The server sees the tool's own connection come from the port that it has here: nothing between translates.</param>
    public ServerView(ServerState state, ServerAddress address, IPEndPoint? place, bool keepsPorts)
    {
        this.state = state;
        this.address = address;
        this.place = place;
        KeepsPorts = keepsPorts;
        byPort = state.Sightings.Where(static s => s.ClientPort is not null).ToLookup(static s => s.ClientPort!.Value);
        byPid = state.Sightings.Where(static s => s.Pid is not null).ToLookup(static s => s.Pid!.Value);
    }

    public string Name => state.Name;
    public bool KeepsPorts { get; }
    public IReadOnlyList<string> NotSeen => [.. state.NotSeen.Where(static what => what.Contains("sessions", StringComparison.Ordinal) || what.Contains("client programs", StringComparison.Ordinal))];

    /// <summary>Every session is in the list, so one that is not there does not exist.</summary>
    public bool SeesAllSessions => !state.NotSeen.Any(static what => what.Contains(" sessions (", StringComparison.Ordinal) || what.StartsWith("sessions", StringComparison.Ordinal)) && state.Sightings.Count < 5000;

    /// <summary>The connection leads to this server, as far as its address tells.</summary>
    public bool IsPeerOf(ClientConnection connection) => connection.Socket.Remote is { } remote
        ? place is not null && remote.Port == place.Port && (remote.Address.Equals(place.Address) || IPAddress.IsLoopback(remote.Address) && IPAddress.IsLoopback(place.Address))
        : connection.ServerPath is { } path && path == address.Socket;

    /// <summary>The server's session of a connection; null when there is none, or it cannot be told which.</summary>
    public Sighting? SessionOf(ClientConnection connection)
    {
        if (connection.Socket.Local is { } local && KeepsPorts && IsPeerOf(connection) && byPort[local.Port].ToArray() is { Length: > 0 } same)
            return same.Length == 1 ? same[0] : same.FirstOrDefault(s => s.ClientHost == local.Address.ToString()) ?? same.FirstOrDefault(s => IsOf(connection, s));
        // Through a proxy, or by a Unix socket, the process number is all there is; it must be the only one of it.
        Sighting[] sessions = [.. connection.Holders.SelectMany(static h => h.Process.Numbers).Distinct().SelectMany(number => byPid[number])];
        return connection.Holders.Count == 1 && sessions.Length == 1 && (connection.Socket.Remote is null || !KeepsPorts || !IsPeerOf(connection)) ? sessions[0] : null;
    }

    /// <summary>By which rule the session was found: only a port shows that it is this very connection.</summary>
    public bool IsCertain(ClientConnection connection, Sighting session) => connection.Socket.Local is { } local && KeepsPorts && IsPeerOf(connection) && session.ClientPort == local.Port;

    internal static bool IsOf(ClientConnection connection, Sighting session) => session.Pid is { } pid && connection.Holders.Any(h => h.Process.Numbers.Contains(pid));

    /// <summary>wait_timeout of that session, or of all, in seconds; null when it is not known.</summary>
    public Fact? WaitTimeout(Sighting? session)
    {
        string? scope = session?.ThreadId is { } id ? "session " + id.ToString(CultureInfo.InvariantCulture) + " " : null;
        Fact? own = scope is null ? null : state.Facts.LastOrDefault(f => f is { Kind: FactKind.Variable, Name: "wait_timeout", Scope: not null } && f.Scope.StartsWith(scope, StringComparison.Ordinal));
        return own ?? state.Facts.LastOrDefault(static f => f is { Kind: FactKind.Variable, Name: "wait_timeout", Scope: null });
    }
}
