using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>Galera and Group Replication: when a node stops serving, and when another becomes the one to write to.</summary>
internal static class ServerLogCluster
{
    // MariaDB and Galera before 4 put "WSREP: " before these, Percona XtraDB Cluster 8 has [WSREP] or [Galera] there.
    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        new(Sign.NodeNotReady, "Shifting SYNCED -> {state} (TO") { Subject = "wsrep" },
        new(Sign.NodeNotReady, "Shifting {} -> OPEN (TO") { Subject = "wsrep", State = "OPEN" },
        new(Sign.NodeNotReady, "Shifting {} -> CLOSED (TO") { Subject = "wsrep", State = "CLOSED" },
        new(Sign.NodeNotReady, "Received NON-PRIMARY") { Subject = "wsrep", State = "non-primary", Once = 20 },
        new(Sign.NodeNotReady, "New COMPONENT: primary = no") { Subject = "wsrep", State = "non-primary", Once = 20 },
        new(Sign.NodeNotReady, "Non-primary view") { Subject = "wsrep", State = "non-primary", Once = 20 },
        new(Sign.NodeNotReady, "view {}: non-Primary") { Subject = "wsrep", State = "non-primary", Once = 20 },
        new(Sign.NodeNotReady, "Server status change {} -> donor") { Subject = "wsrep", State = "donor", Once = 20 },
        new(Sign.NodeNotReady, "Server status change {} -> disconnected") { Subject = "wsrep", State = "disconnected", Once = 20 },
        new(Sign.NodeNotReady, "WSREP has not yet prepared node for application use") { Subject = "wsrep", Code = 1047, Once = 3 },
        new(Sign.NodeNotReady, "Node consistency compromi") { Subject = "wsrep", State = "inconsistent", Once = 20 },
        new(Sign.NodeNotReady, "Inconsistency detected: Inconsistent by consensus") { Subject = "wsrep", State = "inconsistent", Once = 20 },
        new(Sign.NodeNotReady, "Member {subject} has become unreachable") { State = "unreachable" },
        new(Sign.NodeNotReady, "could not reach a majority of the members for more than {seconds} seconds") { Subject = "group_replication", State = "no majority" },
        new(Sign.NodeNotReady, "This server is not able to reach a majority of members in the group") { Subject = "group_replication", State = "no majority" },
        new(Sign.ForcedClose, "killing local connection: {id}") { Subject = "wsrep" },
        new(Sign.ForcedClose, "SST kill local trx: {id}") { Subject = "wsrep" },
        new(null, "Synchronized with group, ready for connections"),

        new(Sign.RoleChanged, "Member was expelled from the group due to network failures") { Subject = "group_replication", State = "expelled" },
        new(Sign.RoleChanged, "A new primary with address {subject} was elected"),
        new(Sign.RoleChanged, "automatically set into read only mode after an error was detected") { State = "super_read_only" },
        new(Sign.RoleChanged, "Setting super_read_only=ON") { State = "super_read_only" },
        new(Sign.ShutdownRequested, "The plugin encountered a critical error and will abort: {state}") { Subject = "group_replication" },
    ];
}
