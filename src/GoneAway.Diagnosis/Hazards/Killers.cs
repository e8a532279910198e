using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Tools and stored events that end sessions by KILL.</summary>
internal sealed class Killers : HazardRule
{
    private static readonly string[] Tools = ["pt-kill", "pt_kill", "ptkill", "mysql-killer", "mkill", "query-killer", "querykiller", "innotop"];

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        foreach (Sighting session in known.Sessions)
            if (Tools.FirstOrDefault(t => session.Subject?.Contains(t, StringComparison.OrdinalIgnoreCase) == true || session.User?.Contains(t, StringComparison.OrdinalIgnoreCase) == true) is { } tool)
                yield return new Hazard("killed", $"{tool} is connected ({SleepersNearTimeout.Who(session)}): it ends sessions, and no log of the server tells", session.Source, "see its rules (--busy-time, --idle-time, --match-user) and let it log (--log, --print)");
        int killed = known.Sessions.Count(static s => s.State == "Killed" || s.Text == "Killed");
        if (killed > 0)
            yield return new Hazard("killed", $"{killed} {(killed == 1 ? "session is" : "sessions are")} marked as killed and not gone yet: rolling back, or waiting for a disk or the network", known.Sessions[0].Source, "let them roll back; a restart would begin it anew");
        foreach (Fact fact in known.OfKind(FactKind.KillingEvent))
            yield return new Hazard("killed", $"the stored event {fact.Name} ({fact.Value}) runs KILL", fact.Source, $"SHOW CREATE EVENT {fact.Name} shows whom it ends" + (known.Switch("event_scheduler") == false ? "; the event scheduler is off now" : ""));
    }
}
