using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>Large packets vanish on the path, small ones pass.</summary>
public sealed class MtuBlackHole : Cause
{
    // Below this size no link on earth needs fragmentation (IPv4 hosts must take 576 bytes).
    private const int SmallestSuspect = 600;

    public override string Name => "mtu-black-hole";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "Large packets vanish on the path while small ones pass: a link with a smaller MTU whose message is filtered.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        (Side Side, SideActivity Sender)? stuck = connection.ClientActivity.UnansweredRetransmissions >= 2 ? (Side.Client, connection.ClientActivity)
            : connection.ServerActivity.UnansweredRetransmissions >= 2 ? (Side.Server, connection.ServerActivity) : null;
        if (stuck is not { } found || found.Sender.StuckSegment == 0)
            return No("no segment was sent again and again without an answer", connection.At(connection.Last.Packet));
        int size = found.Sender.StuckSegment, passed = found.Sender.LargestAcknowledgedSegment;
        if (size < SmallestSuspect || size <= passed)
            return No($"the segment that was lost has {size} bytes, and segments of {passed} bytes had passed", connection.At(found.Sender.UnacknowledgedSince?.Packet ?? connection.Last.Packet));
        string who = found.Side == Side.Client ? "client" : "server";
        return new Examination.Matched
        {
            Grade = passed > 0 ? Grade.Likely : Grade.Possible,
            Summary = $"Segments of {size} bytes from the {who} never arrived, while none larger than {passed} bytes had ever been sent with success: the path drops large packets.",
            ClosedBy = ClosedBy.Unknown,
            Evidence = [new Evidence($"a segment of {size} bytes sent {found.Sender.UnansweredRetransmissions + 1} times without an answer; the largest that was acknowledged has {passed} bytes", connection.At(found.Sender.UnacknowledgedSince?.Packet ?? connection.Last.Packet)), EndOf(connection)],
            Symptom = new Symptom(2013, "Lost connection to MySQL server during query"),
            Rivals = ["network-loss"],
            CollectNext = [new NextStep($"ping -M do -s 1472 {connection.Server.Address}   (from the client; and smaller until it passes)", ["mtu-black-hole", "network-loss"])],
        };
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        return loss.Find(Sign.ConnectRefused, Sign.ServerSaid, Sign.AbortedInactivity, Sign.UnknownHost) is { } answered
            ? No("small packets are all that this takes, and they were answered", answered.Source)
            : Open("the sizes of the packets that were lost");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("network", "Let ICMP 'fragmentation needed' pass; clamp the MSS on the tunnel or VPN (iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu); or set the interface's MTU to what the path takes. net.ipv4.tcp_mtu_probing=1 helps at once."),
    ];

    public override string Page => """
        ## What happens
        A tunnel, VPN or overlay carries less than 1500 bytes, and the ICMP message that says so is filtered. Connect, login and small statements
        work; the first large statement or result hangs until somebody's time-out, then 2013. It looks like a dead server for some queries only.

        ## Evidence
        - The same full-size segment retransmitted without end, smaller segments acknowledged before (and keep-alives after).
        - `ping -M do -s 1472` gets no answer, a smaller one does.

        ## Looks like it, but is not
        - All sizes are lost: `network-loss`.
        - The server reads and then closes: `packet-too-large`.
        - A zero window is a reader that does not read: `slow-reader`.

        ## Fix
        MSS clamping, the right MTU, ICMP let through.

        ## References
        - RFC 1191, RFC 4821; Linux `tcp_mtu_probing`.
        """;
}
