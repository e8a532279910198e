using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>What servers say of damaged data, full disks, failing storage and want of memory.</summary>
internal static class ServerLogStorage
{
    // One damaged page is told in some 10 lines, with its content in a hundred more.
    private const int Damage = 150;
    private static readonly string[] Files = [" of tablespace ", " of datafile '", " in file ", "read of file '", " file './", "datafile '"];

    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        // MyISAM and Aria
        new(Sign.Corruption, "Table '{subject}' is marked as crashed"),
        new(Sign.Corruption, "Incorrect key file for table '{subject}'") { Refine = NotTemporary },
        new(Sign.Corruption, "Index for table '{subject}' is corrupt"),
        new(Sign.Corruption, "Table '{subject}' is crashed"),
        new(Sign.Corruption, "Aria recovery failed") { Subject = "Aria log" },

        // InnoDB's tables
        new(Sign.Corruption, "Database page corruption on disk or a failed") { Once = Damage, Refine = WithFile },
        new(Sign.Corruption, "Database page corruption of tablespace {subject} ") { Once = Damage },
        new(Sign.Corruption, "Apparent corruption in ") { Once = Damage },
        new(Sign.Corruption, "Apparent corruption of an index page") { Once = Damage },
        new(Sign.Corruption, "Corrupted page [page id: ") { Once = Damage, Refine = WithFile },
        new(Sign.Corruption, "Corruption of an index tree: table {subject} ") { Once = Damage },
        new(Sign.Corruption, "Corruption of index {subject} ") { Once = Damage },
        new(Sign.Corruption, "Flagged corruption of {} in table {subject} in ") { Once = 3 },
        new(Sign.Corruption, "Index {} for table {subject} is marked as corrupted") { Once = 3 },
        new(Sign.Corruption, "InnoDB: Table {subject} is corrupted") { Once = 3 },
        new(Sign.Corruption, "Table {subject} is corrupted. Please drop") { Once = 3 },
        new(Sign.Corruption, "The B-tree of index {} of table {subject} is corrupted") { Once = 3 },
        new(Sign.Corruption, "The B-tree of index {subject} is corrupted") { Once = 3 },
        new(Sign.Corruption, "Datafile '{subject}' is corrupted") { Once = Damage },
        new(Sign.Corruption, "File '{subject}' is corrupted") { Once = Damage },
        new(Sign.Corruption, "The first page of file {subject} is corrupted") { Once = Damage },
        new(Sign.Corruption, "Checksum mismatch in datafile: {subject}, ") { Once = Damage },
        new(Sign.Corruption, "Checksum mismatch in the first page of file {subject}") { Once = Damage },
        new(Sign.Corruption, "into the buffer pool after 100 attempts") { Once = Damage },
        new(Sign.Corruption, "which is outside the tablespace bounds") { Once = Damage },
        new(Sign.Corruption, " log sequence number {} is in the future") { IsBare = true, Once = Damage },
        new(Sign.Corruption, "corruption in the InnoDB tablespace. Please refer") { IsBare = true, Once = Damage },
        new(Sign.Corruption, "Unable to apply log to corrupted page ") { Once = Damage },
        new(Sign.Corruption, "Undo log for transaction {} is corrupted") { Once = Damage, Subject = "undo log" },
        new(Sign.Corruption, "The change buffer is corrupted") { Once = Damage, Subject = "change buffer" },
        new(Sign.Corruption, "The redo log file was corrupt") { Once = Damage, Subject = "redo log" },

        // InnoDB's redo log
        new(Sign.Corruption, "############### CORRUPT LOG RECORD FOUND") { IsBare = true, Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Ignoring the redo log due to missing MLOG_CHECKPOINT") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Missing MLOG_CHECKPOINT") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Missing FILE_CREATE, FILE_DELETE or FILE_MODIFY") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Missing FILE_CHECKPOINT") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Invalid log block checksum") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "Invalid log header checksum") { Once = Damage, Subject = "redo log" },
        new(Sign.Corruption, "has invalid header or checksum") { Once = Damage, Subject = "redo log" },

        new(Sign.DiskFull, "isk is full writing '{subject}' (") { Errno = 28 },
        new(Sign.DiskFull, "Disk full ({subject}); waiting for someone to free") { Errno = 28 },
        new(Sign.DiskFull, "No space left on device") { Once = 5, Errno = 28, Refine = WithFile },
        new(Sign.DiskFull, "Operating system error number 28 in a file operation") { Once = 5, Errno = 28 },
        new(Sign.DiskFull, "failed, as disk is full") { Once = 5, Errno = 28 },
        new(Sign.DiskFull, "disk is full or a disk quota") { Once = 5 },
        new(Sign.DiskFull, "Write to file {subject}failed at offset ") { Once = 5 },
        new(Sign.DiskFull, "binlog_storage_ige_iterator.fileEither disk is full or file system is read only") { Once = 5 },
        new(Sign.DiskError, "Operating system error number 5 in a file operation") { Once = 5, Errno = 5 },
        new(Sign.DiskError, "Operating system error number 30 in a file operation") { Once = 5, Errno = 30 },
        new(Sign.DiskError, "fsync() returned EIO, aborting") { IsBare = true, Errno = 5 },

        new(Sign.ServerOutOfMemory, "Out of memory (Needed {size} bytes)") { Code = 1038, Once = 3, Refine = OfServer },
        new(Sign.ServerOutOfMemory, "Out of memory; restart server and try again (needed {size} bytes)") { Code = 1037, Once = 3 },
        new(Sign.ServerOutOfMemory, "Out of memory; check if mysqld or some other process") { Code = 1041, Once = 3 },
        new(Sign.ServerOutOfMemory, "Cannot allocate memory for the buffer pool") { Once = 20, Subject = "innodb_buffer_pool_size" },
        new(Sign.ServerOutOfMemory, "InnoDB: Cannot allocate {size} bytes of memory after 60 retries") { Once = 5 },
        new(Sign.ServerOutOfMemory, "InnoDB: Fatal error: cannot allocate {size} bytes") { IsBare = true, Once = 5 },
        new(Sign.ServerOutOfMemory, "mmap({size} bytes) failed; errno {errno}") { Once = 5 },
        new(Sign.ServerOutOfMemory, "Could not allocate memory for thread handling"),
        new(Sign.ServerOutOfMemory, "Could not allocate memory for connection handling"),
    ];

    /// <summary>Statements that ran out of a sort or join buffer say the same; only an error is the server's own want.</summary>
    private static Sighting? OfServer(LogLine line, in ServerLogEntry entry, Sighting sighting) => entry.Level == ServerLogLevel.Error || entry.Level == ServerLogLevel.None ? sighting : null;

    /// <summary>Of a temporary table that message means a full tmpdir.</summary>
    private static Sighting? NotTemporary(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        if (sighting.Subject is not { } table || !table.Contains("#sql", StringComparison.Ordinal) && !table.StartsWith("/tmp", StringComparison.Ordinal))
            return sighting;
        return sighting with { Sign = Sign.DiskFull, Subject = "tmpdir: " + table };
    }

    /// <summary>The file or tablespace that the message names.</summary>
    private static Sighting? WithFile(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        ReadOnlySpan<char> message = entry.Message;
        if (message.IndexOf("page [page id") < 0 && message.IndexOf("file read of") < 0 && sighting.Sign == Sign.Corruption)
            message = line.Line(1);
        foreach (string before in Files)
            if (message.IndexOf(before, StringComparison.Ordinal) is >= 0 and var at)
            {
                ReadOnlySpan<char> name = message[(at + before.Length - (before.EndsWith("./", StringComparison.Ordinal) ? 2 : 0))..].TrimStart('\'');
                int end = name.IndexOfAny("' ,");
                return sighting with { Subject = ServerLog.Name(end < 0 ? name : name[..end]) };
            }
        return sighting;
    }
}
