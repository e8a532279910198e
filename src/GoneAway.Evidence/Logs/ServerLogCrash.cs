using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>Ends that nobody ordered: signals, failed assertions, waits too long, and the recovery at the next start.</summary>
internal static class ServerLogCrash
{
    // What a handler of signals writes is shorter than this.
    private const int StackLines = 90;
    private const int Recovery = 200;
    private static readonly Template Connection = new("Connection ID (thread ID): {id}");
    private static readonly Template Query = new("Query (0x{}): {state}");
    private static readonly Template OldQuery = new("Query ({}): {state}");

    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        new(Sign.ServerSignal, " got signal {signal} ;") { IsBare = true, Once = 40, Refine = WithStack },
        new(Sign.ServerSignal, " got exception 0x{state} ;") { IsBare = true, Once = 40, Refine = WithStack },
        new(Sign.AssertionFailure, "Assertion failure: {subject}") { Once = 5 },
        new(Sign.AssertionFailure, "Assertion failure in thread {} in file {subject}") { IsBare = true, Once = 5 },
        new(Sign.AssertionFailure, "InnoDB: Assertion failure in file {subject}") { IsBare = true, Once = 5 },
        new(Sign.AssertionFailure, "InnoDB: Failing assertion: {state}") { IsBare = true, Once = 5 },
        new(Sign.AssertionFailure, ": Assertion `{state}' failed") { IsBare = true, Once = 5, Refine = OfServer },
        new(Sign.AssertionFailure, "File {subject}: '{state}' returned OS error ") { Once = 5, Refine = GaveUp },
        new(Sign.SemaphoreCrash, "emaphore wait has lasted > {seconds} seconds") { IsBare = true, Once = 20 },
        new(Sign.SemaphoreCrash, "innodb_fatal_semaphore_wait_threshold was exceeded for {subject}.") { IsBare = true, Once = 20 },

        new(Sign.CrashRecovery, "Database was not shut down normally") { Once = Recovery },
        new(Sign.CrashRecovery, "Database was not shutdown normally") { Once = Recovery },
        new(Sign.CrashRecovery, "Starting crash recovery") { Once = Recovery },
        new(Sign.CrashRecovery, "Starting table crash recovery") { Once = Recovery },
        new(Sign.CrashRecovery, "Recovering after a crash using {subject}") { Once = Recovery },
        new(Sign.CrashRecovery, "The log sequence number {} in ibdata file do") { Once = Recovery },
        new(Sign.CrashRecovery, "The log sequence numbers {} in ibdata files do not match") { Once = Recovery },
        new(Sign.CrashRecovery, "in the system tablespace does not match the log sequence number") { Once = Recovery },
        new(Sign.CrashRecovery, "InnoDB: Restoring possible half-written data pages from the doublewrite") { Once = Recovery },
        new(Sign.CrashRecovery, "InnoDB: Doing recovery: scanned up to log sequence number") { Once = Recovery, Refine = WithoutLevel },
        new(Sign.CrashRecovery, "Aria engine: starting recovery") { Once = Recovery },
        new(null, "Crash recovery finished"),
        new(null, "Next startup will execute crash recovery"),

        new(Sign.ServerStalls, "InnoDB: Warning: a long semaphore wait:") { IsBare = true, Once = 40 },
        new(Sign.ServerStalls, "A long semaphore wait:") { Once = 40 },
        new(Sign.ServerStalls, "--Thread {} has waited at {state} for {} seconds the semaphore") { IsBare = true, Once = 40 },
        new(Sign.ServerStalls, "A long wait ({seconds} seconds) was observed for {subject}") { Once = 40 },
        new(Sign.ServerStalls, "InnoDB: Long wait ({seconds} seconds) for {subject}") { Once = 5 },
        new(Sign.ServerStalls, "page_cleaner: 1000ms intended loop took {ms}ms"),
        new(Sign.ServerStalls, "Page cleaner took {ms}ms to flush"),
        new(Sign.ServerStalls, "Difficult to find free blocks in the buffer pool") { Once = 5 },
        new(Sign.ServerStalls, "Threadpool has been blocked for {seconds} seconds") { IsBare = true, Subject = "thread pool" },
    ];

    /// <summary>The server goes on to tell which connection it served and what that one asked for.</summary>
    private static Sighting? WithStack(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        for (int i = 1; i <= StackLines; i++)
        {
            ReadOnlySpan<char> next = line.Line(i);
            if (Connection.TryMatch(next, out Template.Matched connection))
            {
                // 0 and the highest number are threads without a connection.
                if (connection.Number(next, "id") is > 0 and < uint.MaxValue and var id)
                    sighting = sighting with { ThreadId = (uint)id };
            }
            else if (Query.TryMatch(next, out Template.Matched query) || next.StartsWith("Query (", StringComparison.Ordinal) && OldQuery.TryMatch(next, out query))
            {
                string? statement = ServerLog.Name(query.Text(next, "state"));
                if (statement is not null && !statement.StartsWith("is an invalid pointer", StringComparison.Ordinal))
                    sighting = sighting with { State = statement };
            }
            else if (sighting.Subject is null && ServerLogStack.FrameOf(next) is { } frame)
                sighting = sighting with { Subject = frame };
            if (next.Contains("ready for connections", StringComparison.Ordinal) || next.Contains(" got signal ", StringComparison.Ordinal))
                break;
        }
        return sighting with { State = entry.Message.Contains("got exception", StringComparison.Ordinal) ? "exception 0x" + sighting.State : sighting.State };
    }

    /// <summary>InnoDB ends the server over some errors of the system: "... returned OS error 124. Cannot continue operation".</summary>
    private static Sighting? GaveUp(LogLine line, in ServerLogEntry entry, Sighting sighting) =>
        entry.Message.Contains("Cannot continue operation", StringComparison.Ordinal) ? sighting : null;

    /// <summary>Versions with levels say it at every start.</summary>
    private static Sighting? WithoutLevel(LogLine line, in ServerLogEntry entry, Sighting sighting) => entry.Level == ServerLogLevel.None ? sighting : null;

    /// <summary>assert() of the C library names the program first: "mysqld: sql/x.cc:12: ...".</summary>
    private static Sighting? OfServer(LogLine line, in ServerLogEntry entry, Sighting sighting) =>
        line.Text.Contains("mysqld: ", StringComparison.Ordinal) || line.Text.Contains("mariadbd: ", StringComparison.Ordinal) ? sighting : null;
}
