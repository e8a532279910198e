using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>The application's part: it keeps connections, and does not test, replace or reopen them in time.</summary>
internal sealed class KeptConnections : DirectionRule
{
    private static readonly string[] EndsOfIdleness = ["proxy-idle-timeout", "wait-timeout", "nat-idle-timeout", "killed", "server-restart", "proxy-reload", "proxy-backend-down", "failover"];
    private static readonly string[] Settings =
    [
        ApplicationSetting.Persistent, ApplicationSetting.PoolSize, ApplicationSetting.TestOnBorrow, ApplicationSetting.IdleTimeout, ApplicationSetting.MaxLifetime, ApplicationSetting.Reconnect, ApplicationSetting.KeepAlive,
    ];

    public override string Name => "retries and keep-alive of the application";
    public override IReadOnlyList<string> Causes => ["used-after-close"];

    protected override (string Missing, string Command) Collect(Hearing hearing) =>
        ("how the application keeps, tests and reopens its connections", $"goneaway check {hearing.Site.Addresses} --client-config FILE   (the file with its database settings)");

    public override Direction Answer(Hearing hearing)
    {
        Fact[] known = [.. Settings.Select(hearing.Application).OfType<Fact>()];
        Fact[] keepAlive = [.. ((string[])["option clitcpka", "option srvtcpka", "option tcpka"]).Select(hearing.Proxy).OfType<Fact>()];
        bool guarded = known.Any(static f => f is { Name: ApplicationSetting.TestOnBorrow or ApplicationSetting.Reconnect, Value: "ON" });
        if (known.Length == 0 || hearing.Incident.Verdict.Cause is not { } cause || !EndsOfIdleness.Contains(cause) || (hearing.Loss.Phases & Phases.Idle) == 0)
            return base.Answer(hearing);
        string quoted = string.Join(", ", known.Select(static f => $"{Show(f)} ({f.Scope ?? f.Source})"));
        return guarded
            ? new Direction(Name, DirectionState.RuledOut, $"connections are tested or reopened: {quoted}", known[0].Source, null)
            : new Direction(Name, DirectionState.Cause, $"lets it through: connections are kept and neither tested nor reopened ({quoted})"
                + (cause.StartsWith("proxy", StringComparison.Ordinal) ? $"; keep-alives of TCP{(keepAlive.Length > 0 ? $" ({string.Join(", ", keepAlive.Select(static f => f.Name))})" : "")} do not reset a proxy's timers" : ""), known[0].Source, null);
    }
}
