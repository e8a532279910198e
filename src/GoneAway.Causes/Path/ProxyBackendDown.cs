using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>The proxy had lost the server behind it.</summary>
public sealed class ProxyBackendDown : Cause
{
    public override string Name => "proxy-backend-down";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "The proxy took the server behind it for dead: it cut its sessions or had nobody to connect to.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Stage == Stage.Connecting ? No("no proxy answered at all", connection.At(connection.First.Packet)) : connection.Ending is { Quit: { } quit } ? No("the client said COM_QUIT", connection.At(quit.Packet)) : Open("what the proxy in between, if there is one, says of its servers");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? session = loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: ['D', ..] or ['S', 'C', ..] or ['s', 'C', ..] });
        Sighting? said = loss.Find(Sign.ProxyConnectFailed, Sign.ProxyNoServer, Sign.ProxyServerDown);
        (Sighting Event, bool IsClose)? down = Testimony.Around(loss, @case, Sign.ProxyServerDown, Sign.ProxyNoServer);
        Sighting? why = down?.Event;
        if (session is not null || said is not null && said.Sign != Sign.ProxyServerDown)
            return Told(Grade.Proven, session?.State?[0] == 'D' ? $"The proxy marked its server down and cut the sessions to it{(why?.State is null ? "" : $" (the check said: {why.State})")}." : $"The proxy could not connect to a server behind it{(why?.State is null ? "" : $" (the check said: {why.State})")}.", ClosedBy.Proxy, [session ?? said, why, loss.Told]);
        if (down is (var marked, var close))
            return Told(close && loss.At is not null && marked.At is not null || said is not null ? Grade.Likely : Grade.Possible, $"The proxy marked a server down{Testimony.Before(loss, marked)}{(marked.State is null ? "" : $" ({marked.State})")}.", ClosedBy.Proxy, [marked, loss.Told], "server-restart", "server-crash", "network-loss");
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: not null }) is { } ended)
            return No($"the proxy's session ended otherwise ({ended.State})", ended.Source);
        return Open("whether a proxy stands between, and what it says of its servers");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("haproxy", "The reason stands in the 'Server ... is DOWN, reason:' line: go after that (a check that cannot log in, 1129, 1040, a time-out of the check). inter 2s fall 3 rise 2, option redispatch and retries 3 for connects; a check that logs in with an account of its own."),
        new("any", "Clients retry the connect; statements in flight have an unknown outcome unless they were reads."),
    ];

    public override string Page => """
        ## What happens
        A health check failed: HAProxy marks the server DOWN. With `on-marked-down shutdown-sessions` its sessions are cut (`D-`); without, they
        stay until they end by themselves. With no server left new clients are closed at once (`<NOSRV> SC`): they say 2013
        `reading initial communication packet`. A server that refuses the connect gives `SC`, one that does not answer `sC`.

        ## Evidence
        - HAProxy: `Server be/s is DOWN, reason: ...`, `backend be has no server available!`, sessions `SC`, `sC`, `D-`.
        - ProxySQL: `shunned`, 9001; MaxScale: `server_down`; nginx: `no live upstreams`.

        ## Looks like it, but is not
        - The server was really gone: then this is what followed from `server-restart`, `server-crash`, `server-oom-killed`.
        - The check itself is wrong: an account that cannot log in (1251 on MySQL 9), `host-blocked`, `too-many-connections`.

        ## Fix
        By the reason that the check gives.

        ## References
        - HAProxy manual, `on-marked-down`, `option mysql-check`, 8.5.
        """;
}
