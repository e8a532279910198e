using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>The mysql client, mysqldump, mydumper, xtrabackup, pt-kill, and the replica as a client of its source.</summary>
internal static class ProgramMessages
{
    private const string Kill = " KILL ";

    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Error {code}: Lost connection to {state} when dumping table `{subject}` at row: {limit}", Sign.LostDuringQuery, StackTag.MysqlDump, 2013) { Trigger = "when dumping table" },
        new("Error {code}: {state}erver has gone away when dumping table `{subject}` at row: {limit}", Sign.GoneAway, StackTag.MysqlDump, 2006) { Trigger = "when dumping table" },
        new("Error {code}: {state} when dumping table `{subject}` at row: {limit}", Sign.ServerSaid, StackTag.MysqlDump) { Trigger = "when dumping table" },
        new("Connection id:    {id}", Sign.WorkedAgain, StackTag.MysqlCli),
        new(" KILL {id} (Query {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },
        new(" KILL QUERY {id} (Query {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },
        new(" KILL {id} ({state} {elapsed} sec)", Sign.KillLogged, StackTag.PerconaToolkit) { Trigger = Kill },

        new("Error reading packet from server{state}: Lost connection to MySQL server during query (server_errno={code}", Sign.LostDuringQuery, StackTag.Replica) { Trigger = "Error reading packet from server", Origin = Origin.Server },
        new("Error reading packet from server{state} (server_errno={code}", Sign.ServerSaid, StackTag.Replica) { Trigger = "Error reading packet from server", Origin = Origin.Server },
        new("eceived end packet from server, apparent {state} shutdown", Sign.LostDuringQuery, StackTag.Replica) { Trigger = "end packet from server", Origin = Origin.Server },
        new("connecting to master '{user}@{host}' - retry-time", Sign.ConnectRefused, StackTag.Replica, 2003) { Trigger = "connecting to master '", Origin = Origin.Server },
        new("connecting to source '{user}@{host}'", Sign.ConnectRefused, StackTag.Replica, 2003) { Trigger = "connecting to source '", Origin = Origin.Server },
        new("replication resumed in log", Sign.WorkedAgain, StackTag.Replica) { Origin = Origin.Server },
    ];
}
