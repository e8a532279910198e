using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>The server lets nobody in, or takes no writes.</summary>
internal sealed class WritesRefused : HazardRule
{
    /// <summary>Number of rows in a replica status that could be read.</summary>
    private const string ReplicaRows = "rows";

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Switch("offline_mode") == true)
            yield return new Hazard("offline-mode", "offline_mode is ON: sessions without the privilege for it were closed and are refused (3032)", known.Variable("offline_mode")!.Source, "SET GLOBAL offline_mode = OFF, once the maintenance or the disk's state that caused it is over");
        Fact? readOnly = known.Switch("super_read_only") == true ? known.Variable("super_read_only") : known.Switch("read_only") == true ? known.Variable("read_only") : null;
        // A replica is meant to be so. Known to have no source, it is a writer that lost its role, or a switch forgotten.
        if (readOnly is not null && known.Of(FactKind.Replica, ReplicaRows).Any(static f => f.Value == "0"))
            yield return new Hazard("failover", $"{readOnly.Name} is ON, and the server is no replica: writes fail with 1290, though connecting works; connections made before a failover still point here", readOnly.Source,
                "if this is the writer: SET GLOBAL read_only = OFF; if not, send writers elsewhere and have pools replaced (let the health check test @@read_only)");
        foreach (Fact full in known.Of(FactKind.Variable, "innodb_read_only").Where(static f => f.Value == "ON" && f.Scope is null))
            yield return new Hazard("failover", "innodb_read_only is ON: on Aurora, this is a reader", full.Source, "send writers to the cluster's writer endpoint");
    }
}
