using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The writer moved to another server.</summary>
public sealed class Failover : Cause
{
    public override string Name => "failover";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The role of the server changed: the writer moved, and sessions to the old one were cut or refused.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return NotCutInSession(connection) ?? Open("whether the server's role changed (read_only, the cluster's log)");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        // Other options refuse statements by this number too: --secure-file-priv, --skip-grant-tables.
        Sighting? refused = loss.Said(1290, 1836) is { } said && (said.Code == 1836 || $"{said.Subject} {said.Text}".Replace('_', '-').Contains("read-only", StringComparison.OrdinalIgnoreCase)) ? said : null;
        if (refused is null && loss.Said(1290) is { } other)
            return No($"error 1290 is of another option: {Words.Quote(other)}", other.Source);
        (Sighting Event, bool IsClose)? change = Testimony.Around(loss, @case, Sign.RoleChanged);
        if (change is (var moved, var close))
            return Told(close && (refused is not null || loss.At is not null && moved.At is not null) ? refused is not null ? Grade.Proven : Grade.Likely : Grade.Possible,
                $"The server's role changed{Testimony.Before(loss, moved)}: the writer moved, old sessions are cut or may only read.", ClosedBy.Server, [moved, refused, loss.Told], "server-restart") with { NotALoss = refused is not null && refused == loss.Told };
        if (refused is not null)
            return Told(Grade.Likely, "The server accepts no writes (read_only): the pool still holds connections to a former primary, or the name still points to it.", ClosedBy.Unknown, [refused, @case.Setting("read_only"), @case.Setting("super_read_only")]) with { NotALoss = true };
        return Open("whether the server's role changed");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "After 1290 or a role change throw away all pooled connections; short DNS lifetimes (JVM: networkaddress.cache.ttl=5); let the pool check read_only on borrow for writers."),
        new("haproxy", "on-marked-down shutdown-sessions on the writer's backend, so that old sessions end when the check says that it is no longer the writer."),
    ];

    public override string Page => """
        ## What happens
        An orchestrator, Group Replication, Galera, or a cloud provider promotes another server. Sessions to the old one are cut, or live on
        and get 1290 `--read-only` / `--super-read-only` (1836) for every write. Clients that cached the address go on asking the old one.

        ## Evidence
        - Log: `A new primary ... was elected`, `Setting super_read_only=ON`, `This server is not in primary component`.
        - 1290 or 1836 on writes; `read_only` ON where it was OFF.
        - The name resolves to another address than the pool's connections have.

        ## Looks like it, but is not
        - A restart of the same server: `server-restart`.
        - A replica that always was one: a wrong address in the configuration.

        ## Fix
        Pools that let go, names that are asked again, proxies that cut.

        ## References
        - MySQL manual, Group Replication, "Single-Primary Mode"; Connector/J, "Configuring Server Failover".
        """;
}
