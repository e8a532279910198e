using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>Checks that connect and hang up fill the server's host cache until the proxy is refused with 1129; checks that log in need an account that can.</summary>
internal sealed class HealthChecks : DirectionRule
{
    public override string Name => "health checks (mysql-check, plain TCP checks and 1129)";
    public override IReadOnlyList<string> Causes => ["host-blocked", "auth-plugin-mismatch"];

    protected override Evidence? Settled(Hearing hearing)
    {
        if (hearing.Proxy("option mysql-check") is { } check && check.Value.Contains("user", StringComparison.Ordinal))
            return new Evidence($"the checks log in ({Show(check)}), which leaves nothing in the host cache", check.Source);
        if (hearing.Known.Switch("skip_name_resolve") == true && hearing.Known.Variable("skip_name_resolve") is { } names)
            return new Evidence($"the server keeps no host cache and blocks nobody ({Show(names)})", names.Source);
        return hearing.Known.Variable("host_cache_size") is { Number: 0 } cache ? new Evidence($"the server keeps no host cache and blocks nobody ({Show(cache)})", cache.Source) : null;
    }

    protected override (string Missing, string Command) Collect(Hearing hearing) => ("failed connects of the proxy in a row, against max_connect_errors",
        $"{hearing.Site.Client} -e \"SELECT IP, SUM_CONNECT_ERRORS, COUNT_HANDSHAKE_ERRORS, COUNT_HOST_BLOCKED_ERRORS FROM performance_schema.host_cache; SHOW GLOBAL VARIABLES LIKE 'max_connect_errors'\"");
}
