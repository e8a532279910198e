using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>A tunnel or forwarder accepted the connection, but could not reach the server.</summary>
public sealed class TunnelTargetRefused : Cause
{
    public override string Name => "tunnel-target-refused";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "A tunnel or forwarder accepted the connection and then could not reach the server behind it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Opening.Greeting is { } greeting)
            return No("a MySQL server greeted", connection.At(greeting.Packet));
        bool closedAtOnce = connection is { Ending: { By: Side.Server } ending, ServerActivity.Bytes: 0, Opening.SynAck: { } accepted } && ending.At.At - accepted.At < TimeSpan.FromSeconds(30);
        return closedAtOnce
            ? new Examination.Matched { Grade = Grade.Possible, Summary = "The connection was accepted and closed again without a byte: what a tunnel, port forwarder or proxy does when it cannot reach the server behind it.", ClosedBy = ClosedBy.Proxy, Evidence = [EndOf(connection)], Rivals = ["proxy-backend-down", "dns-lookup"] }
            : No("it was not accepted and closed again without a byte", connection.At(connection.Last.Packet));
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.Around(loss, @case, Sign.TunnelFailed) is (var tunnel, var close))
            return loss.Told is { Sign: Sign.ConnectRefused } refused
                ? No("the connect was refused: no tunnel accepted it", refused.Source)
                : Told(loss.Find(Sign.TunnelFailed) is not null ? Grade.Proven : close && loss.Find(Sign.LostBeforeGreeting) is not null ? Grade.Likely : Grade.Possible, "The tunnel accepted the connection but could not reach the server behind it.", ClosedBy.Proxy, [tunnel, loss.Told]);
        if (loss.Find(Sign.LostBeforeGreeting) is not { } silent)
            return No("the loss was not one before the greeting", loss.Source);
        string? host = silent.ServerHost;
        return host is "127.0.0.1" or "localhost" or "host.docker.internal"
            ? Told(Grade.Possible, $"{host} accepted the connection and no greeting came: if a tunnel, port forward or container proxy listens there, it could not reach the server.", ClosedBy.Proxy, [silent], "dns-lookup", "server-restart")
            : Open("whether a tunnel or port forward stands between");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("network", "Test from the tunnel's far end: mysql -h TARGET from there; ssh -v shows 'open failed: connect failed'. Docker: the published port's container must listen on 0.0.0.0 (bind_address), Kubernetes: the service's endpoints must be ready."),
    ];

    public override string Page => """
        ## What happens
        `ssh -L`, docker-proxy, `kubectl port-forward`, cloud SQL proxies and VPN forwarders accept the client's connection first and connect to the
        server afterwards. When that fails they close: the client saw a connection that never greeted: 2013 at
        'reading initial communication packet', system error 0.

        ## Evidence
        - Accepted, then FIN or RST without a byte, at once.
        - ssh: `channel 2: open failed: connect failed: Connection refused`; kubectl: `error forwarding port 3306`.

        ## Looks like it, but is not
        - A server that is slow to greet: seconds pass: `dns-lookup`, `server-stalled`.
        - HAProxy without a server does the same: `proxy-backend-down`.
        - TCP wrappers (hosts.deny) close without a greeting too.

        ## Fix
        Repair the far end; connect directly to tell the two apart.

        ## References
        - ssh(1), `-L`; Docker, "Published ports".
        """;
}
