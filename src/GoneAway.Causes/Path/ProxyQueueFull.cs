using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>The proxy had no slot, and the client waited in vain.</summary>
public sealed class ProxyQueueFull : Cause
{
    public override string Name => "proxy-queue-full";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "The proxy had no free slot for the connection, and the client waited in vain.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Stage >= Stage.AwaitingLogin
            ? No("the server greeted", connection.At(connection.Opening.Greeting?.Packet ?? connection.First.Packet))
            : Open("whether a proxy's limit was reached");
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? session = loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: [_, 'Q', ..] or ['P' or 'R', 'C', ..] });
        if (session is { State: ['C', ..] })
            return Told(Grade.Likely, "The connection waited in the proxy's queue for a free slot, and the client left before it had one.", ClosedBy.Client, [session, .. @case.All(FactKind.Proxy, "maxconn").Take(2), loss.Told], "client-read-timeout");
        if (session is { State: ['R', ..] })
            return Told(Grade.Possible, "The proxy lacked something of its own for the connection to the server: slots, source ports, file descriptors or memory.", ClosedBy.Proxy, [session, .. @case.All(FactKind.Proxy, "maxconn").Take(2), loss.Told], "source-ports-exhausted", "out-of-descriptors");
        if (session is not null || loss.Find(Sign.ProxyQueueTimedOut) is not null)
            return Told(session is { State: ['P', 'C', ..] } ? Grade.Likely : Grade.Proven, "The proxy had no free slot: the connection waited in its queue until timeout queue, or was turned away.", ClosedBy.Proxy, [session ?? loss.Find(Sign.ProxyQueueTimedOut), .. @case.All(FactKind.Proxy, "maxconn").Take(2), loss.Told]);
        if (loss.Said(9001) is { } reached)
            return Told(Grade.Likely, "ProxySQL had no backend connection to give until mysql-connect_timeout_server_max: all were in use, or none could be made.", ClosedBy.Proxy, [reached, loss.Told], "proxy-backend-down");
        foreach (Fact most in @case.All(FactKind.Proxy, "smax"))
            if (most.Number is { } used && @case.All(FactKind.Proxy, "slim").FirstOrDefault(f => f.Scope == most.Scope)?.Number is { } limit && used >= limit)
                return Told(Grade.Likely, $"All {limit:0} slots of {most.Scope} were taken at some time: further clients wait before HAProxy even accepts them, and it logs nothing.", ClosedBy.Proxy, [most, loss.Told], "server-stalled");
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: not null }) is { } ended)
            return No($"the proxy's session ended otherwise ({ended.State})", ended.Source);
        return Open("whether a proxy stands between, and its maxconn and queue");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("haproxy", "maxconn of frontend and global above what the pools may open, server maxconn near the server's max_connections, timeout queue shorter than the client's connect time-out; look at show stat: scur, smax, slim, qcur, qmax."),
        new("any", "Smaller pools: all instances together below the proxy's limit."),
    ];

    public override string Page => """
        ## What happens
        Server `maxconn` is reached: HAProxy queues the connection, and closes it after `timeout queue` (`sQ`) without a greeting. Frontend or global
        `maxconn` is reached: clients wait in the kernel's backlog, and HAProxy logs nothing at all. ProxySQL answers 9001
        `Max connect timeout reached while reaching hostgroup`.

        ## Evidence
        - `<NOSRV>` with `sQ`, `CQ`, `PC`, `RC`; `qmax` and `smax` = `slim` in show stat.
        - The client: 2013 `reading initial communication packet`, or its own connect time-out.

        ## Looks like it, but is not
        - The server refuses with 1040: `too-many-connections`.
        - The server's name lookup delays the greeting: `dns-lookup`.

        ## Fix
        Limits that fit each other from the pool to the server.

        ## References
        - HAProxy manual, `maxconn`, `timeout queue`, 8.5.
        """;
}
