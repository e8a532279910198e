using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>A Galera node that takes no queries, or will be out of the cluster soon.</summary>
internal sealed class ClusterNotReady : HazardRule
{
    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Switch("wsrep_on") != true)
            yield break;
        Fact? ready = known.Counter("wsrep_ready"), status = known.Counter("wsrep_cluster_status"), state = known.Counter("wsrep_local_state_comment");
        if (ready is { Value: "OFF" })
            yield return new Hazard("server-not-ready", "wsrep_ready is OFF: every query is answered with 1047 (WSREP has not yet prepared node for application use)", ready.Source, "SHOW STATUS LIKE 'wsrep%': rejoin the node, or bootstrap the cluster; let the proxy's check ask for wsrep_local_state = 4");
        if (status is { Value: not "Primary" })
            yield return new Hazard("server-not-ready", $"wsrep_cluster_status is {status.Value}: the node is cut off from the majority", status.Source, "mend the network between the nodes; never bootstrap two halves");
        if (state is { Value: not "Synced" } && ready is not { Value: "OFF" })
            yield return new Hazard("server-not-ready", $"wsrep_local_state_comment is {state.Value}: checks take the node out while it is so", state.Source, "wait for it, or see what blocks it");
        if (known.Counter("wsrep_flow_control_paused") is { Number: > 0.1 } paused)
            yield return new Hazard("server-stalled", $"replication was held up {paused.Number * 100:0} % of the time (wsrep_flow_control_paused): commits wait on the slowest node", paused.Source, "find the slow node by wsrep_local_recv_queue_avg");
    }
}
