using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>The proxy was reloaded or stopped.</summary>
public sealed class ProxyReload : Cause
{
    public override string Name => "proxy-reload";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "The proxy was reloaded or stopped and its old process cut the sessions that were left.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Stage == Stage.Connecting ? No("no proxy answered at all", connection.At(connection.First.Packet)) : connection.Ending is { Quit: { } quit } ? No("the client said COM_QUIT", connection.At(quit.Packet)) : Open("whether a proxy in between was reloaded");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? session = loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: ['K', ..] });
        Fact? hard = @case.All(FactKind.Proxy, "hard-stop-after").FirstOrDefault();
        if (session is null && loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: not null }) is { } ended)
            return No($"the proxy's session ended otherwise ({ended.State})", ended.Source);
        (Sighting Event, bool IsClose)? stop = Testimony.Around(loss, @case, Sign.ProxyHardStopped);
        Sighting? cut = session is not null || stop is (_, true) ? stop?.Event : null;
        if (session is not null || cut is not null)
            return Told(session is not null && stop is (_, true) || loss.Find(Sign.ProxyHardStopped) is not null ? Grade.Proven : Grade.Likely, session is not null && cut is null ? "HAProxy killed the session (K): by an operator's command, or a reload with hard-stop-after." : "The proxy was reloaded, and its old process cut the sessions that were left after hard-stop-after.", ClosedBy.Proxy, [session, cut, hard, @case.Find(Sign.ProxyReloaded), loss.Told]);
        if (Testimony.Around(loss, @case, Sign.ProxyReloaded) is (var reload, var close))
            return Told(close && hard is null && loss.At is not null && reload.At is not null ? Grade.Likely : Grade.Possible, $"The proxy was reloaded or stopped{Testimony.Before(loss, reload)}{(hard is null ? "" : $"; hard-stop-after is {hard.Value}")}.", ClosedBy.Proxy, [reload, hard, loss.Told], "proxy-idle-timeout");
        return Open("whether a proxy stands between and was reloaded");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("haproxy", "hard-stop-after long enough for the pool's connections to be replaced (pool lifetime below it); reload less often (runtime API for server changes); check with ss -ltnp that no old process still holds the port."),
        new("any", "Pool lifetimes of minutes make reloads invisible."),
    ];

    public override string Page => """
        ## What happens
        At a reload a new HAProxy process takes the port; the old one serves what it has until `hard-stop-after`, then cuts it (`K-`). A restart cuts
        at once. Old processes that never end keep answering a part of the connects with an old configuration.

        ## Evidence
        - `soft-stop running for too long, performing a hard-stop.`, `Proxy x hard-stopped (n remaining conns will be closed)`, sessions `K-`.
        - `Proxy x stopped`, a new process id in the log's brackets.

        ## Looks like it, but is not
        - `shutdown session` by an operator is `K-` as well.
        - The server restarted: its own log says so.

        ## Fix
        Short-lived pooled connections, a long `hard-stop-after`.

        ## References
        - HAProxy manual, `hard-stop-after`; management guide, 4 "Stopping and restarting".
        """;
}
