using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>The mysql client, mysqldump, mydumper, xtrabackup, pt-kill, and the replica as a client of its source.</summary>
internal static class ProgramMessages
{
    private const string Kill = " KILL ";
    private const string Dumping = "when dumping table ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Lost connection to {} when dumping table {subject} at row: {state}", Sign.LostDuringQuery, StackTag.MysqlDump, 2013) { Trigger = Dumping, Detail = Dumped },
        new("erver has gone away when dumping table {subject} at row: {state}", Sign.GoneAway, StackTag.MysqlDump, 2006) { Trigger = Dumping, Detail = Dumped },
        new("max_allowed_packet' bytes when dumping table {subject} at row: {state}", Sign.PacketTooLargeInClient, StackTag.MysqlDump, 2020) { Trigger = Dumping, Detail = Dumped },
        new("Connection id:    {id}", Sign.WorkedAgain, StackTag.MysqlCli),
        new(" KILL {id} (Query {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },
        new(" KILL {state} {id} (Query {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },
        new(" KILL {id} ({state} {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },

        new("Error reading packet from server{state}: Lost connection to MySQL server during query (server_errno={code}", Sign.LostDuringQuery, StackTag.Replica) { Trigger = "Error reading packet from server" },
        new("Error reading packet from server{state} (server_errno={code}", Sign.ServerSaid, StackTag.Replica) { Trigger = "Error reading packet from server" },
        new("eceived end packet from server, apparent {state} shutdown", Sign.LostDuringQuery, StackTag.Replica) { Trigger = "end packet from server" },
        new("connecting to master '{user}@{host}' - retry-time", Sign.ConnectRefused, StackTag.Replica, 2003) { Trigger = "connecting to master '" },
        new("connecting to source '{user}@{host}'", Sign.ConnectRefused, StackTag.Replica, 2003) { Trigger = "connecting to source '" },
        new("replication resumed in log", Sign.WorkedAgain, StackTag.Replica),

        new("Could not read data from {subject}: Lost connection to ", Sign.LostDuringQuery, StackTag.MyDumper, 2013) { Trigger = "Could not read data from ", Detail = Written },
        new("Error dumping table ({subject}) data: Lost connection to ", Sign.LostDuringQuery, StackTag.MyDumper, 2013) { Trigger = "Error dumping table (" },
        new("Error dumping table ({subject}) data: {}erver has gone away", Sign.GoneAway, StackTag.MyDumper, 2006) { Trigger = "Error dumping table (" },
    ];

    /// <summary>The table without quotation marks; the row, which tells whether it is always the same one that does it.</summary>
    private static Sighting Dumped(ReadOnlySpan<char> text, Sighting sighting)
    {
        int end = 0;
        while (sighting.State is { } rest && end < rest.Length && char.IsAsciiDigit(rest[end]))
            end++;
        return sighting with { Subject = sighting.Subject?.Trim('`', '\'', '"'), State = end > 0 ? "row " + sighting.State![..end] : null };
    }

    private static Sighting Written(ReadOnlySpan<char> text, Sighting sighting) => sighting with { Subject = sighting.Subject?.Split(' ')[0] };
}
