using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>Too many at once: the proxy's maxconn and its queue, its source ports, the server's max_connections.</summary>
internal sealed class Limits : DirectionRule
{
    public override string Name => "limits (maxconn, queue, max_connections)";
    public override IReadOnlyList<string> Causes => ["proxy-queue-full", "too-many-connections", "source-ports-exhausted"];

    protected override string? Numbers(Hearing hearing)
    {
        Fact?[] known = [hearing.Proxy("maxconn"), hearing.Known.Variable("max_connections"), hearing.Known.Counter("Max_used_connections")];
        return known.OfType<Fact>().Any() ? string.Join(", ", known.OfType<Fact>().Select(Show)) : null;
    }

    protected override (string Missing, string Command) Collect(Hearing hearing) => ("how full the proxy and the servers have been",
        $"echo 'show info; show stat' | socat - /run/haproxy/admin.sock; {hearing.Site.Client} -e \"SHOW GLOBAL STATUS WHERE Variable_name IN ('Max_used_connections','Connection_errors_max_connections')\"");
}
