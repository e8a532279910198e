using GoneAway.Model;

namespace GoneAway.Causes.Idle;

/// <summary>Something on the path forgot the connection while it was idle.</summary>
public sealed class NatIdleTimeout : Cause
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);
    /// <summary>No device with its default settings forgets a flow sooner.</summary>
    private static readonly TimeSpan Forgets = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    // Azure load balancer, AWS NLB and NAT gateway, GCP, Docker Swarm IPVS, RDS Proxy, common firewalls; seconds.
    private static readonly double[] Usual = [240, 300, 350, 600, 900, 1800, 3600, 7200];

    public override string Name => "nat-idle-timeout";
    public override CauseGroup Group => CauseGroup.Idle;
    public override string Title => "A NAT, firewall or balancer forgot the idle connection; what was sent afterwards went nowhere.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection was never idle after a login", connection.At(connection.First.Packet));
        SideActivity client = connection.ClientActivity, server = connection.ServerActivity;
        if (client.UnacknowledgedSince is not { } sent || client.UnansweredRetransmissions < 2)
        {
            if (server.UnansweredKeepAlives >= 3 || client.UnansweredKeepAlives >= 3)
                return new Examination.NotEnough("keep-alive probes were no longer answered; whether the path or the other host forgot the connection needs a capture of the other side", Collect(connection));
            return No("everything the client sent was acknowledged by the server's side", connection.At(connection.Last.Packet));
        }
        Moment? heard = Later(server.LastData, connection.Work.LastAnswered?.ResponseEnd);
        Instant before = heard?.At ?? connection.First.At;
        TimeSpan idle = sent.At - before;
        if (idle < Idle)
            return No($"the connection was not idle before: only {Spans.Show(idle)} between the last answer and the data that was lost", connection.At(sent.Packet));
        TimeSpan tried = connection.Last.At - sent.At;
        bool resetFromServer = connection.Ending is { By: Side.Server, Kind: EndKind.Reset };
        // A path that forgot one connection takes new ones; a host that died answers none.
        bool takesNew = @case.AttemptsBetween(connection.Server, sent.At, sent.At + Soon).Any(static a => a.Outcome == ConnectOutcome.Greeted);
        bool isSilent = Surroundings.NobodyAnswers(connection, sent.At, @case);
        return new Examination.Matched
        {
            Grade = takesNew || idle >= Forgets && !isSilent ? Grade.Likely : Grade.Possible,
            Summary = $"After {Spans.Show(idle)} idle the client's next packet went unanswered, {client.UnansweredRetransmissions} times in {Spans.Show(tried)}: the path had forgotten the connection.",
            ClosedBy = ClosedBy.Middlebox,
            Evidence =
            [
                new Evidence($"idle for {Spans.Show(idle)} before", heard is { } h ? connection.At(h.Packet) : connection.Source),
                new Evidence($"{client.BytesInFlight} bytes sent, never acknowledged, retransmitted {client.UnansweredRetransmissions} times", connection.At(sent.Packet)),
                resetFromServer ? new Evidence("then a RST with the server's address", connection.At(connection.Ending!.At.Packet)) : EndOf(connection),
            ],
            Symptom = new Symptom(2013, "Lost connection to MySQL server during query"),
            Rivals = ["network-loss"],
            Fix =
            [
                new Fix("any", $"Keep-alive below the path's limit: sysctl net.ipv4.tcp_keepalive_time=120 with SO_KEEPALIVE on in the driver (default 7200 s is longer than nearly every NAT's), or pooled connections retired before {Math.Floor(idle.TotalSeconds):0} s."),
                new Fix("server", "The server sets SO_KEEPALIVE itself: lower net.ipv4.tcp_keepalive_time there, or MariaDB's tcp_keepalive_time. wait_timeout has no part in it."),
            ],
            CollectNext = [Collect(connection)],
        };
    }

    private static Moment? Later(Moment? a, Moment? b) => a is null ? b : b is null || a.Value.At >= b.Value.At ? a : b;

    private static NextStep Collect(Timeline connection) => new(
        $"tcpdump -i any -s 128 -w server-side.pcap host {connection.Client.Address} and port {connection.Server.Port}   (on the server, at the same time: if nothing arrives there, the path dropped it)", ["nat-idle-timeout", "network-loss"]);

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? keepAlive = @case.Facts.FirstOrDefault(static f => f is { Kind: FactKind.System, Name: "net.ipv4.tcp_keepalive_time" });
        if (loss.Idle is not { } idle)
            return Open("how long the connection had been idle, and what firewalls, NATs and load balancers stand between");
        if (idle.Time < Forgets)
            return No($"the connection had been idle for only {Spans.Show(idle.Time)}; no flow is forgotten so soon", idle.Source);
        if (loss.Said(4031) is not null || loss.Find(Sign.AbortedReadTimeout) is not null && loss.Connection is null)
            return Open("whether the client ever got the server's close");
        Fact? wait = @case.Setting("wait_timeout");
        double seconds = idle.Time.TotalSeconds;
        double known = Usual.FirstOrDefault(value => seconds >= value && seconds < value * 1.05 + 5);
        bool serverWaits = wait?.Number > seconds + 1;
        bool silent = loss.Find(Sign.ClientReadTimedOut, Sign.ConnectTimedOut) is not null || loss.Sightings.Any(static s => s.Errno == 110);
        bool proxied = @case.Facts.Any(static f => f.Kind == FactKind.Proxy) || @case.Sightings.Any(static s => s.Origin == Origin.Proxy);
        if (loss.Connection is not null)
            return Open("what stands between client and server");
        if (serverWaits && (silent || known > 0) && !proxied)
            return Told(Grade.Likely, $"The connection was idle for {Spans.Show(idle.Time)}, less than wait_timeout ({wait!.Value} s){(known > 0 ? $", and {known:0} s is a usual limit of firewalls and load balancers" : "")}: something between forgot it.", ClosedBy.Middlebox, [loss.Told, wait, keepAlive], "proxy-idle-timeout", "network-loss");
        return silent || known > 0
            ? Told(Grade.Possible, $"The connection was idle for {Spans.Show(idle.Time)}{(known > 0 ? $"; {known:0} s is a usual limit of firewalls and load balancers" : "")}.", ClosedBy.Middlebox, [loss.Told, keepAlive], "wait-timeout", "proxy-idle-timeout")
            : Open("what firewalls, NATs and load balancers stand between, and their idle limits");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        .. Causes.Remedies.ShorterIdle(loss.Idle?.Time.TotalSeconds),
        new("system", "sysctl net.ipv4.tcp_keepalive_time=120 on client or server (the default of 7200 s is longer than most firewalls remember), with SO_KEEPALIVE set by the driver; MySQL's server sets it itself."),
    ];

    public override string Page => """
        ## What happens
        Stateful devices forget flows that are silent: NAT gateways and firewalls (5 to 60 min), AWS NLB 350 s, Azure 4 min, GCP 10 min,
        Docker Swarm's IPVS 900 s, conntrack 5 days or a full table. Nobody is told. The next query is sent into the void: retransmissions
        for up to 15 min (errno 110), or until the driver's read time-out; some devices answer with a RST.
        The server keeps the session until its own wait_timeout and then logs `Got timeout reading`, hours later.

        ## Evidence
        - A long silence, then data that is never acknowledged; retransmissions with doubling gaps.
        - Captures on both hosts differ: sent on one, never seen on the other. That asymmetry is the proof.
        - Reconnecting works at once.

        ## Looks like it, but is not
        - Loss in the middle of traffic: `network-loss`. A server host that died answers nobody, new connects neither.
        - A FIN at a round time: `proxy-idle-timeout`, `wait-timeout`.

        ## Fix
        TCP keep-alive on either end below the limit (120 to 240 s), or retire idle pooled connections sooner. Raising wait_timeout makes it worse.

        ## References
        - Linux tcp(7), tcp_keepalive_time, tcp_retries2; AWS, "NLB connection idle timeout"; moby issue 31208 (900 s).
        """;
}
