using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>A server's starts and orderly ends, and what kept it from starting.</summary>
internal static class ServerLogLifecycle
{
    // One shutdown is told in some 10 lines, one failed start in some 20.
    private const int Shutdown = 40;
    private static readonly Template VersionLine = new("Version: '{subject}'  socket: '{}'  port: {port}");

    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        new(Sign.ServerStarting, "({} {subject}) starting as process {pid}"),
        new(Sign.ServerStarting, "Starting MariaDB {subject} as process {pid}") { Refine = FirstWord },
        new(Sign.ServerStarting, "mysqld_safe Starting {} daemon with databases from ") { IsBare = true, Origin = Origin.System, Refine = WithoutServer },
        new(Sign.ServerStarting, "mariadbd-safe Starting {} daemon with databases from ") { IsBare = true, Origin = Origin.System, Refine = WithoutServer },
        new(Sign.ServerReady, ": ready for connections") { IsBare = true, Refine = Ready },
        new(Sign.ShutdownRequested, "Received SHUTDOWN from user {subject}. Shutting down ") { Once = Shutdown, Refine = Asked },
        new(Sign.ShutdownRequested, "(initiated by: {subject}): Normal shutdown") { Once = Shutdown, Refine = Asked },
        new(Sign.ShutdownRequested, ": Normal shutdown") { IsBare = true, Once = Shutdown },
        new(Sign.ShutdownRequested, "Giving {n} client threads a chance to die gracefully") { Once = Shutdown },
        new(Sign.ShutdownRequested, "Got signal {} to shutdown mysqld") { Once = Shutdown, Subject = "SIGTERM" },
        new(Sign.ShutdownRequested, "MySQL Server: Closing Connections - start") { Once = Shutdown },
        new(Sign.ShutdownRequested, "'binlog_error_action' is set to 'ABORT_SERVER'") { Subject = "binlog_error_action" },
        new(Sign.ForcedClose, "Forcing close of thread {id}  user: '{user}'") { IsBare = true },
        new(Sign.ForcedClose, "Forcefully disconnecting {size} remaining clients") { Refine = static (LogLine _, in ServerLogEntry _, Sighting one) => one.Size is > 0 and < 1_000_000 ? one : null },
        new(Sign.ShutdownComplete, ": Shutdown complete") { IsBare = true },
        new(null, "Shutdown completed; log sequence number"),
        new(null, "mysqld_safe mysqld from pid file {} ended"),

        // The wrapper starts the server again only when its pid file was left behind.
        new(Sign.UnitDied, "mysqld_safe Number of processes running now: 0") { IsBare = true, Origin = Origin.System, Subject = "mysqld", State = "restarted" },
        new(Sign.UnitDied, "mariadbd-safe Number of processes running now: 0") { IsBare = true, Origin = Origin.System, Subject = "mariadbd", State = "restarted" },
        new(Sign.UnitDied, "mysqld_safe mysqld restarted") { IsBare = true, Once = 3, Origin = Origin.System, Subject = "mysqld", State = "restarted" },
        new(Sign.UnitDied, "mariadbd-safe mariadbd restarted") { IsBare = true, Once = 3, Origin = Origin.System, Subject = "mariadbd", State = "restarted" },
        new(null, "mysqld_safe A mysqld process already exists"),

        new(Sign.BadOption, "unknown variable '{subject}'") { Refine = Refused },
        new(Sign.BadOption, "unknown option '{subject}'") { Refine = Refused },
        new(Sign.BadOption, "ambiguous option '{subject}'") { Refine = Refused },
        new(Sign.BadOption, ": option '{subject}' requires an argument"),
        new(Sign.BadOption, ": option '{subject}' cannot take an argument"),
        new(Sign.BadOption, "Unknown suffix '{}' used for variable '{subject}' (value '{state}')"),
        new(Sign.BadOption, "Error while setting value '{state}' to '{subject}'"),
        new(Sign.BadOption, "Found option without preceding group in config file") { IsBare = true },
        new(Sign.BadOption, "World-writable config file '{subject}' is ignored") { IsBare = true, State = "world-writable" },
        new(Sign.BadOption, "Persisted config file is corrupt") { Subject = "mysqld-auto.cnf" },
        new(Sign.LimitLowered, "Changed limits: max_connections: {size} (requested {limit})") { Subject = "max_connections" },
        new(Sign.LimitLowered, "Changed limits: max_open_files: {}  max_connections: {size} (was {limit})") { Subject = "max_connections", Refine = Lowered },
        new(Sign.LimitLowered, "Changed limits: max_open_files: {size} (requested {limit})") { Subject = "max_open_files" },
        new(Sign.LimitLowered, "Could not increase number of max_open_files to more than {size} (request: {limit})") { Subject = "max_open_files" },
        new(null, "Changed limits: table_"),

        new(Sign.ServerStartFailed, "Can't start server: Bind on {state}") { Once = 5 },
        new(Sign.ServerStartFailed, "Can't start server : Bind on {state}") { Once = 5 },
        new(Sign.ServerStartFailed, "Can't start server: {state}") { Once = 5 },
        new(Sign.ServerStartFailed, "Do you already have another {} server running on port: {port}") { Once = 5, State = "port in use" },
        new(Sign.ServerStartFailed, "Do you already have another {} server running on socket: {}") { Once = 5, State = "socket in use" },
        new(Sign.ServerStartFailed, "Unable to lock {subject}, error: 11") { Once = 120, State = "data files in use" },
        new(Sign.ServerStartFailed, "Unable to lock {subject} error: 11") { Once = 120, State = "data files in use" },
        new(Sign.ServerStartFailed, "Can't lock aria control file '{subject}' for exclusive use, error: 11") { Once = 120, State = "data files in use" },
        new(Sign.ServerStartFailed, "Can't open and lock privilege tables: {state}") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Data Dictionary initialization failed") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Failed to initialize DD Storage Engine") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Unknown/unsupported storage engine: {subject}") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Plugin initialization aborted with error {state}") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Failed to initialize builtin plugins") { Once = Shutdown },
        new(Sign.ServerStartFailed, "Aborting") { Once = 60, Refine = GaveUp },
        new(Sign.ServerStartFailed, "The designated data directory {subject} is unusable") { Once = Shutdown },
    ];

    /// <summary>The version stands on the same line since 8.0, on the next one before and in MariaDB.</summary>
    private static Sighting? Ready(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        ReadOnlySpan<char> said = entry.Message;
        if (!VersionLine.TryMatch(said, out Template.Matched version))
        {
            said = line.Line(1);
            if (!VersionLine.TryMatch(said, out version))
                return sighting;
            sighting = sighting with { Text = sighting.Text + " " + Shown.Of(said) };
        }
        return sighting with { Subject = ServerLog.Name(version.Text(said, "subject")), ServerPort = version.Number(said, "port") is > 0 and < 65536 and var port ? (int)port : null };
    }

    /// <summary>Servers since 5.5.42 say themselves that they start, and with which version and process.</summary>
    private static Sighting? WithoutServer(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        for (int i = 1; i <= 12; i++)
            if (line.Line(i).Contains(" as process ", StringComparison.Ordinal))
                return null;
        return sighting;
    }

    private static Sighting? FirstWord(LogLine line, in ServerLogEntry entry, Sighting sighting) =>
        sighting with { Subject = sighting.Subject is { } all && all.IndexOf(' ') is > 0 and var end ? all[..end] : sighting.Subject };

    /// <summary>"unknown" and "&lt;via user signal&gt;" are the servers' words for a SIGTERM.</summary>
    private static Sighting? Asked(LogLine line, in ServerLogEntry entry, Sighting sighting) => sighting with
    {
        Subject = sighting.Subject is null || sighting.Subject.Contains("via user signal", StringComparison.Ordinal) || sighting.Subject == "unknown" ? "SIGTERM" : sighting.Subject,
    };

    /// <summary>With "loose-" before it an unknown option is only warned of.</summary>
    private static Sighting? Refused(LogLine line, in ServerLogEntry entry, Sighting sighting) => entry.Level is ServerLogLevel.Warning ? null : sighting;

    /// <summary>The last word of a start that failed; what was said before it tells more.</summary>
    private static Sighting? GaveUp(LogLine line, in ServerLogEntry entry, Sighting sighting) =>
        entry.Message is "Aborting" ? sighting : null;

    /// <summary>MariaDB says all limits whichever of them was changed.</summary>
    private static Sighting? Lowered(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        ReadOnlySpan<char> was = entry.Message[(entry.Message.IndexOf("max_connections: ") + "max_connections: ".Length)..];
        int open = was.IndexOf("(was ");
        return open > 0 && was[(open + 5)..].IndexOf(')') is > 0 and var end && long.TryParse(was.Slice(open + 5, end), out long before) && before <= sighting.Size ? null : sighting;
    }
}
