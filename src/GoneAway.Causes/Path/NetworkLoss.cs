using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>Packets stopped arriving.</summary>
public sealed class NetworkLoss : Cause
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan KeepAliveGivesUp = TimeSpan.FromSeconds(7200 + 9 * 75);

    public override string Name => "network-loss";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "Packets no longer arrived: retransmissions went unanswered.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        SideActivity client = connection.ClientActivity, server = connection.ServerActivity;
        if (connection.Stage == Stage.Connecting && connection.Opening is { SynAck: null, Refused: null, Syn: { } syn })
            return connection.Opening.SynRetransmissions > 0
                ? Found(connection, Grade.Likely, $"The connect was sent {connection.Opening.SynRetransmissions + 1} times and never answered: dropped by a firewall or route, or the host is down.",
                    [new Evidence($"SYN, {connection.Opening.SynRetransmissions} times again, no answer of any kind", connection.At(syn.Packet))], new Symptom(2003, $"Can't connect to MySQL server on '{connection.Server.Address}:{connection.Server.Port}' (110)"))
                : new Examination.NotEnough("a single SYN without an answer; the evidence ends too soon");
        (Side side, SideActivity sender)? stuck = client.UnansweredRetransmissions >= 2 ? (Side.Client, client) : server.UnansweredRetransmissions >= 2 ? (Side.Server, server) : null;
        if (stuck is not { } found || found.sender.UnacknowledgedSince is not { } since)
            return No(client.Retransmissions + server.Retransmissions == 0
                ? "nothing was retransmitted: every packet arrived"
                : $"{client.Retransmissions + server.Retransmissions} retransmissions, but all data was acknowledged in the end", connection.At(connection.Last.Packet));
        string who = found.side == Side.Client ? "client" : "server";
        SideActivity other = found.side == Side.Client ? server : client;
        TimeSpan quiet = since.At - (other.LastData?.At ?? connection.First.At);
        bool afterIdle = found.side == Side.Client && quiet >= Idle && !Surroundings.NobodyAnswers(connection, since.At, @case) && connection.Stage is Stage.Commands or Stage.Unknown or Stage.Encrypted;
        // Nothing so large had ever passed: the path may just drop large packets.
        bool onlyLarge = found.sender.LargestAcknowledgedSegment is > 0 and var passed && found.sender.StuckSegment >= 600 && found.sender.StuckSegment > passed;
        return Found(connection, afterIdle || onlyLarge ? Grade.Possible : Grade.Likely,
            $"The {who}'s data was retransmitted {found.sender.UnansweredRetransmissions} times without an answer: packets no longer reached the {(who == "client" ? "server" : "client")}, or its answers no longer came back.",
            [
                new Evidence($"{found.sender.BytesInFlight} bytes of the {who} unacknowledged, retransmitted {found.sender.UnansweredRetransmissions} times in {Spans.Show(connection.Last.At - since.At)}", connection.At(since.Packet)),
                other.LastSegment is { } heard ? new Evidence($"last packet of the other side", connection.At(heard.Packet)) : EndOf(connection),
            ],
            new Symptom(2013, "Lost connection to MySQL server " + (IsLogin(connection) ? "at 'reading authorization packet'" : "during query")));
    }

    private static bool IsLogin(Timeline? connection) => connection is { Stage: Stage.AwaitingLogin or Stage.Authenticating };

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, IReadOnlyList<Evidence> evidence, Symptom symptom) => new()
    {
        Grade = grade,
        Summary = summary,
        ClosedBy = connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Unknown,
        Evidence = evidence,
        Symptom = symptom,
        Rivals = connection.Stage == Stage.Connecting ? ["not-listening"] : ["nat-idle-timeout"],
        Fix = [new Fix("any", "Look at the path between both addresses at that time (link, VPN, security group, host down, route). Statements in flight have an unknown outcome. Shorter detection: TCP_USER_TIMEOUT or keep-alives, else Linux tries for 15 min.")],
        CollectNext = [new NextStep($"tcpdump -i any -s 128 -w server-side.pcap host {connection.Client.Address} and port {connection.Server.Port}   (on the server, at the same time: which direction is lost?)", ["network-loss", "nat-idle-timeout"])],
    };

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? link = Testimony.Around(loss, @case, Sign.LinkChanged, Sign.HostInterrupted)?.Event;
        Sighting? silent = loss.Find(Sign.ConnectTimedOut, Sign.ConnectUnreachable) ?? loss.Sightings.FirstOrDefault(static s => s.Errno is 110 or 113);
        if (loss.Find(Sign.LostBeforeGreeting) is { Errno: 110 } greeted)
            return No("TCP was connected: the other host's kernel answered, and the greeting did not come", greeted.Source);
        Sighting? unconnected = loss.Find(Sign.ConnectTimedOut, Sign.ConnectUnreachable);
        if (unconnected is not null && Testimony.Around(loss, @case, Sign.ConntrackFull) is (var full, true))
            return Told(Grade.Likely, "The connection tracking table was full: packets of new connections were dropped.", ClosedBy.Middlebox, [full, unconnected]);
        if (unconnected is not null && Testimony.Around(loss, @case, Sign.PacketDropped) is (var dropped, true))
            return Told(Grade.Likely, "A packet filter dropped packets of MySQL's port in that moment, and the connect was not answered.", ClosedBy.Middlebox, [dropped, unconnected]);
        if (unconnected is { Sign: Sign.ConnectUnreachable })
            return Told(Grade.Likely, "The network said that the server's host cannot be reached.", ClosedBy.Unknown, [unconnected, link], "not-listening");
        if (unconnected is not null)
            return Told(link is not null || unconnected.More > 0 ? Grade.Likely : Grade.Possible, "The server's host did not answer the connect at all: a firewall that drops, a wrong address, a host or route that is down.", ClosedBy.Unknown, [unconnected, link], "not-listening", "listen-queue-overflow");
        if (loss.Connection is null && loss.Idle is { } idle && idle.Time >= KeepAliveGivesUp && idle.Time < KeepAliveGivesUp + TimeSpan.FromMinutes(1))
            return Told(Grade.Possible, $"{Spans.Show(idle.Time)} without a packet is what Linux needs to give a silent peer up (keep-alive: 7200 s, then 9 probes of 75 s): the other host, or the path to it, went away without a word.", ClosedBy.Unknown, [loss.Sightings.FirstOrDefault(s => s.Idle == idle.Time) ?? loss.Told], "failover", "server-crash", "nat-idle-timeout");
        if (link is not null && silent is not null)
            return Told(Grade.Likely, "A network interface failed around then, and packets went unanswered.", ClosedBy.Unknown, [link, silent]);
        if (link is not null)
            return Told(Grade.Possible, "A network interface changed its state around then.", ClosedBy.Unknown, [link, loss.Told]);
        if (silent is not null)
            return Told(Grade.Possible, "The other host stopped answering (ETIMEDOUT): the path was cut, or something between forgot the connection.", ClosedBy.Unknown, [silent], "nat-idle-timeout", "server-stalled");
        return loss.Find(Sign.ConnectRefused, Sign.ServerSaid, Sign.AbortedInactivity) is { } answered ? No("the other host answered", answered.Source) : Open("whether packets got lost on the path");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        .. IsLogin(loss.Connection) || loss.Find(Sign.LostDuringLogin) is not null ? Causes.Remedies.RetryConnect("A longer connect_timeout only ties up the server's threads, and the network stays as bad.") : [],
        new("network", "mtr or ping both ways during the fault; interface errors (ip -s link), security groups and routes for new connects."),
        new("any", "Short connect time-outs and a retry for connects; a read deadline, so that a dead path is noticed in seconds and not after 15 minutes."),
    ];

    public override string Page => """
        ## What happens
        Packets stop arriving: a broken link, a firewall that starts to drop, a route change, a host that died or froze. The sender retransmits
        with doubling pauses (0.2, 0.4, 0.8 s ...) up to some 15 min (`tcp_retries2`), then errno 110; or the driver's time-out ends it sooner.
        A connect that is dropped: SYN repeated at 1, 2, 4, 8 s, 2003 with (110).

        ## Evidence
        - Data retransmitted and never acknowledged; nothing from the other side after a certain packet.
        - Keep-alive probes unanswered.

        ## Looks like it, but is not
        - Right after a long silence: a forgotten flow, `nat-idle-timeout`.
        - Only full-size segments lost: an MTU black hole, `mtu-black-hole`.
        - Retransmissions that are acknowledged in the end: an ordinary day.
        - TCP opens but is refused by policy with ICMP admin-prohibited: errno 113, at once.
        - Loss within a burst that recovers costs time, not the connection, unless somebody's time-out is shorter.

        ## Fix
        The path. For the application: a write in flight has an unknown outcome, look before repeating.

        ## References
        - RFC 6298; Linux tcp(7): tcp_retries2, tcp_syn_retries, TCP_USER_TIMEOUT.
        """;
}
