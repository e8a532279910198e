using GoneAway.Model;

namespace GoneAway.Causes.Path;

/// <summary>A device on the path sent a RST in somebody else's name.</summary>
public sealed class ResetInjected : Cause
{
    public override string Name => "reset-injected";
    public override CauseGroup Group => CauseGroup.Path;
    public override string Title => "A device between client and server ended the connection with a RST in the other's name.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Ending is not { } ending)
            return No("nobody closed the connection", connection.At(connection.Last.Packet));
        if (ending.Kind != EndKind.Reset)
            return No("the connection was closed by FIN, not by RST", connection.At(ending.At.Packet));
        byte usual = connection.Activity(ending.By).UsualTtl;
        bool known = usual != 0 && ending.Ttl != 0;
        int difference = known ? Math.Abs(ending.Ttl - usual) : 0;
        var odd = new List<Evidence>();
        if (difference > 0)
            odd.Add(new Evidence($"the RST's TTL is {ending.Ttl}, that of all the {(ending.By == Side.Server ? "server" : "client")}'s packets before {usual}: another sender", connection.At(ending.At.Packet)));
        if (ending.UsesTimestamps && !ending.HasTimestamps)
            odd.Add(new Evidence("the RST has no TCP timestamp, which both ends use", connection.At(ending.At.Packet)));
        if (ending.SequenceOffset != 0)
            odd.Add(new Evidence($"the RST's sequence number is {ending.SequenceOffset} beside the one due", connection.At(ending.At.Packet)));
        if (ending.ResetBothWays)
            odd.Add(new Evidence("both ends were sent a RST in the other's name within 10 ms", connection.At(ending.FirstReset!.Value.Packet)));
        if (!known && odd.Count == 0)
            return new Examination.NotEnough("whose RST it was: the TTL of the packets is not known");
        if (difference == 0 && !ending.ResetBothWays)
            return No($"the RST's TTL ({ending.Ttl}) is that of the {(ending.By == Side.Server ? "server" : "client")}'s other packets", connection.At(ending.At.Packet));
        // One hop more or less can be a route that changed, or a reply of the same host's firewall.
        Grade grade = difference > 1 && odd.Count >= 3 ? Grade.Proven : difference > 0 && odd.Count >= 2 || difference > 1 ? Grade.Likely : Grade.Possible;
        return new Examination.Matched
        {
            Grade = grade,
            Summary = $"The RST that ended the connection bears the {(ending.By == Side.Server ? "server" : "client")}'s address but did not come from it: a firewall, IPS or balancer sent it.",
            ClosedBy = ClosedBy.Middlebox,
            Evidence = odd,
            Rivals = ["nat-idle-timeout"],
            Fix = [new Fix("any", "Ask for the policy that fires on the devices between both addresses (IPS, database firewall, session limits, policy reload); time and payload right before are what they need. No MySQL setting helps.")],
            CollectNext = [new NextStep($"tcpdump -i any -s 128 -w other-side.pcap host {(ending.By == Side.Server ? connection.Client.Address : connection.Server.Address)} and port {connection.Server.Port}   (on the host that is said to have sent the RST: it is not in there)", ["reset-injected"])],
        };
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.ConnectionReset) is { } reset)
            return Open($"whose RST it was: {Words.Quote(reset)}");
        return loss.Find(Sign.UnexpectedEof, Sign.ClientReadTimedOut) is { } other ? No("no RST came: the connection ended otherwise", other.Source) : Open("whether a RST came, and from whom");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("network", "Look in the firewall's, IPS's or load balancer's log at that second; compare captures of both hosts: a RST that one end never sent was made in between."),
    ];

    public override string Page => """
        ## What happens
        Firewalls, intrusion prevention, database firewalls and some balancers end a flow by sending RST to one or both ends with the other's
        address. Each end blames the other.

        ## Evidence
        - IP TTL differs from that side's other packets; no TCP timestamp although the connection uses them; odd sequence, window or IP id;
          RSTs to both sides at once. One of them is a hint, several are proof.
        - A capture on the alleged sender does not contain it.

        ## Looks like it, but is not
        - A kernel's own RST for a dead socket has no timestamp either, but the right TTL.
        - MariaDB's RST at an idle time-out: right TTL, with timestamps: `wait-timeout`.
        - A balancer's RST for a flow that it forgot while idle: `nat-idle-timeout`.
        - Netfilter on the own host (`REJECT --reject-with tcp-reset`, conntrack INVALID) and `ss -K`, tcpkill or an endpoint agent do the same;
          on Windows errno 10053 names the own machine.

        ## Fix
        The device's policy.

        ## References
        - RFC 9293, 3.10.7; RFC 7323, 3.2 (timestamps on RST).
        """;
}
