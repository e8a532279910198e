using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>Whether the logs would tell of a loss at all; which level to raise where they would not.</summary>
internal sealed class LogLevels : DirectionRule
{
    private static readonly (string Option, string Hides, string Change)[] Silent =
    [
        ("option dontlog-normal", "sessions that end with -- (a KILL, the server's own time-out) are left out", "no option dontlog-normal"),
        ("option logasap", "how sessions end is left out", "no option logasap"),
        ("option dontlognull", "sessions in which the client sent nothing (refused and missing servers) are left out", "no option dontlognull"),
    ];

    public override string Name => "log levels";
    public override IReadOnlyList<string> Causes => [];

    protected override (string Missing, string Command) Collect(Hearing hearing) =>
        ("what the server logs of aborted connections", $"{hearing.Site.Client} -e \"SHOW GLOBAL VARIABLES WHERE Variable_name REGEXP '^log_(error_verbosity|warnings|error_suppression_list)$'\"");

    public override Direction Answer(Hearing hearing)
    {
        foreach (Hazard blind in new BlindLog().Judge(hearing.Known))
            return new Direction(Name, DirectionState.Collect, "raise: " + blind.Text, blind.Source, blind.Fix);
        foreach ((string option, string hides, string change) in Silent)
            if (hearing.Proxy(option) is { } quiet)
                return new Direction(Name, DirectionState.Collect, $"raise: {hides} ({option})", quiet.Source, $"{change}   (in haproxy.cfg, then systemctl reload haproxy)");
        Fact? proxy = hearing.Proxy("option tcplog") ?? hearing.Proxy("option httplog") ?? hearing.Proxy("log-format");
        if (proxy is null && hearing.Proxy("mode") is { } mode)
            return new Direction(Name, DirectionState.Collect, "raise: HAProxy logs that clients came, not how their sessions ended", mode.Source, "option tcplog   (in haproxy.cfg, then systemctl reload haproxy)");
        if (hearing.Known.Variable("log_error_verbosity") is { Number: >= 3 } or null && (hearing.Known.Variable("log_error_verbosity") ?? hearing.Known.Variable("log_warnings")) is { } level)
            return new Direction(Name, DirectionState.RuledOut, $"high enough: {Show(level)}{(proxy is null ? "" : $", {proxy.Name}")}", level.Source, null);
        // The server's own word of an aborted connection shows its level.
        if (hearing.Case.Find(Sign.AbortedReadError, Sign.AbortedReadTimeout, Sign.AbortedInactivity, Sign.AbortedOther) is { } written)
            return new Direction(Name, DirectionState.RuledOut, $"high enough: the server logs aborted connections{(proxy is null ? "" : $", {proxy.Name}")}", written.Source, null);
        (string missing, string command) = Collect(hearing);
        return new Direction(Name, DirectionState.Collect, missing, null, command);
    }
}
