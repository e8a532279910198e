using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>Connections that were not let in, and what the server lacked to take them.</summary>
internal static class ServerLogAccess
{
    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        .. ServerLogIdle.Rules,

        // Without "Aborted connection" around them MySQL writes these before a login only.
        new(Sign.AbortedUnauthenticated, "Got an error reading communication packets") { Code = 1158, Refine = Alone },
        new(Sign.HandshakeTimedOut, "Got timeout reading communication packets") { Code = 1159, Refine = Alone },
        new(Sign.AbortedWriteError, "Got an error writing communication packets") { Code = 1160, Refine = Alone },
        new(Sign.AbortedWriteTimeout, "Got timeout writing communication packets") { Code = 1161, Refine = Alone },
        new(Sign.AbortedPacketTooLarge, "Got a packet bigger than 'max_allowed_packet' bytes") { Code = 1153, Refine = Alone },
        new(Sign.ServerPacketsOutOfOrder, "Got packets out of order") { Code = 1156, Refine = Alone },
        new(Sign.AuthPluginUnusable, "Client does not support authentication protocol requested by server") { Code = 1251, Refine = OfThread },
        new(Sign.BadHandshake, "Bad handshake") { Code = 1043, Refine = Alone },
        // MariaDB with log_warnings = 4: the aborted connection before it tells more.
        new(Sign.AbortedKilled, "Connection was killed") { Code = 1927, Once = 4, Refine = Alone },

        new(Sign.AccessDeniedLogged, "Access denied for user '{user}'@'{host}' (using password: {state})") { Code = 1045 },
        new(Sign.AccessDeniedLogged, "Access denied for user '{user}'@'{host}' to database '{schema}'") { Code = 1044 },
        new(Sign.AccessDeniedLogged, "Access denied for user '{user}'@'{host}'") { Code = 1045, Refine = Locked },
        new(Sign.AccessDeniedLogged, "Host '{host}' is not allowed to connect to this ") { Code = 1130 },
        new(Sign.HostBlockedLogged, "Host '{host}' is blocked because of many connection errors") { Code = 1129, Refine = SubjectIsHost },
        new(Sign.TooManyConnectionsLogged, "Too many connections") { Code = 1040 },
        new(Sign.TooManyConnectionsLogged, "User {user} already has more than 'max_user_connections' active connections") { Code = 1203 },
        new(Sign.TooManyConnectionsLogged, "User '{user}' has exceeded the '{state}' resource (current value: {limit})") { Code = 1226 },
        new(Sign.MemoryLimitExceeded, "Connection closed. Connection memory limit {size} bytes exceeded.") { Code = 4082, State = "connection_memory_limit" },
        new(Sign.MemoryLimitExceeded, "Connection closed. Global connection memory limit {size} bytes exceeded.") { Code = 4081, State = "global_connection_memory_limit" },
        new(Sign.OfflineModeOn, "automatically set into offline mode"),
        new(Sign.OfflineModeOn, "Setting offline_mode=ON"),
        new(Sign.OfflineModeOn, "The server is currently in offline mode") { Code = 3032 },

        new(Sign.AcceptFailed, "Error in accept: {state}") { Refine = ErrnoOfText },
        new(Sign.AcceptFailed, "Error in accept (errno: {errno})"),
        new(Sign.AcceptFailed, "Error accepting client") { Refine = ErrnoOfText },
        new(Sign.ThreadNotCreated, "Can't create thread to handle {subject}(errno= {errno})") { Code = 1135 },
        new(Sign.ThreadNotCreated, "Can't create thread to handle {subject} (errno: {errno})") { Code = 1135 },
        new(Sign.ThreadNotCreated, "Can't create thread to kill server (errno= {errno})") { Code = 1135 },
        new(Sign.ThreadNotCreated, "Can't create a new thread (errno {errno}") { Code = 1135 },
        new(Sign.ThreadNotCreated, "Can't create threads in threadpool (errno={errno})") { Code = 1135 },
        new(Sign.ThreadNotCreated, "'Can't create thread to handle new connection' error(s) suppressed") { Code = 1135 },
        new(Sign.ThreadNotCreated, "hreadpool thread could not be created :{state},current number of threads in pool {size}"),
        new(Sign.ThreadNotCreated, "Threadpool could not create additional thread to handle queries") { State = "thread_pool_max_threads" },

        new(Sign.NameLookupFailed, "IP address '{subject}' could not be resolved: {state}") { Refine = HostIsSubject },
        new(Sign.NameLookupFailed, "IP address '{subject}' has been resolved to the host name '{state}', which resembles") { Refine = HostIsSubject },
        new(Sign.NameLookupFailed, "Hostname '{state}' does not resolve to '{subject}'") { Refine = HostIsSubject },
        new(Sign.NameLookupFailed, "Host name '{subject}' could not be resolved: {state}") { Refine = HostIsSubject },
    ];

    /// <summary>The words alone, or after the program's name, are the server's; inside another sentence they are of a replica, a plugin, a driver.</summary>
    private static Sighting? Alone(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        ReadOnlySpan<char> message = entry.Message.TrimEnd(" .");
        int colon = message.IndexOf(": ");
        ReadOnlySpan<char> program = colon > 0 ? message[..colon] : default;
        bool named = program.EndsWith("mysqld", StringComparison.Ordinal) || program.EndsWith("mariadbd", StringComparison.Ordinal);
        ReadOnlySpan<char> said = named ? message[(colon + 2)..] : message;
        if (!said.StartsWith("Got ", StringComparison.Ordinal) && !said.StartsWith("Bad handshake", StringComparison.Ordinal) && !said.StartsWith("Connection was killed", StringComparison.Ordinal))
            return null;
        // With log_warnings = 4 MariaDB says it twice.
        if (named && sighting.Sign != Sign.ServerPacketsOutOfOrder)
            for (int i = 1; i <= 2; i++)
                if (ServerLogIdle.TryAborted(line.Line(i), out uint id) && id == entry.Thread)
                    return null;
        return sighting with { ThreadId = sighting.ThreadId ?? entry.Thread };
    }

    private static Sighting? OfThread(LogLine line, in ServerLogEntry entry, Sighting sighting) => sighting with { ThreadId = sighting.ThreadId ?? entry.Thread };

    private static Sighting? Locked(LogLine line, in ServerLogEntry entry, Sighting sighting) =>
        entry.Message.Contains("ccount is locked", StringComparison.Ordinal) ? sighting with { Code = 3118, State = "locked" } : sighting;

    private static Sighting? HostIsSubject(LogLine line, in ServerLogEntry entry, Sighting sighting) => sighting with { ClientHost = sighting.Subject };

    private static Sighting? SubjectIsHost(LogLine line, in ServerLogEntry entry, Sighting sighting) => sighting with { Subject = sighting.ClientHost };

    private static Sighting? ErrnoOfText(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        ReadOnlySpan<char> message = entry.Message;
        int? errno = message.Contains("Too many open files in system", StringComparison.Ordinal) ? 23
            : message.Contains("Too many open files", StringComparison.Ordinal) ? 24
            : message.Contains("Cannot allocate memory", StringComparison.Ordinal) ? 12
            : message.Contains("No buffer space", StringComparison.Ordinal) ? 105
            : message.Contains("onnection abort", StringComparison.Ordinal) ? 103
            : message.Contains("Bad file descriptor", StringComparison.Ordinal) ? 9 : null;
        return sighting with { Errno = errno };
    }
}
