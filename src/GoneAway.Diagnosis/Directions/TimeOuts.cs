using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>The pool's, the proxy's and the server's idle limits beside each other: the shortest closes.</summary>
internal sealed class TimeOuts : DirectionRule
{
    public override string Name => "time-outs (client, server, tunnel, connect, check; pool; wait_timeout)";
    public override IReadOnlyList<string> Causes => ["proxy-idle-timeout", "proxy-query-timeout", "wait-timeout", "nat-idle-timeout"];

    protected override string? Numbers(Hearing hearing)
    {
        var budget = IdleBudget.Of(hearing.Known);
        Fact[] others = [.. ((string[])["timeout connect", "timeout check", "timeout queue"]).Select(hearing.Proxy).OfType<Fact>()];
        return budget.Stations.Count == 0 ? null
            : budget.Line() + (others.Length == 0 ? "" : $"; {string.Join(", ", others.Select(static f => $"{f.Name} {f.Value} s"))}: of no account once a session stands");
    }

    protected override (string Missing, string Command) Collect(Hearing hearing) =>
        hearing.Proxy("timeout client") is null && hearing.Proxy("timeout server") is null ? ("the proxy's configuration", "cat /etc/haproxy/haproxy.cfg")
            : hearing.Known.Variable("wait_timeout") is null ? ("what the running server has", $"{hearing.Site.Client} -e \"SHOW GLOBAL VARIABLES LIKE '%timeout%'\"")
            : ("who closes first, on both sides of the proxy", Probe.Capture.Command(hearing.Site));
}
