using GoneAway.Model;

namespace GoneAway.Causes.Protocol;

/// <summary>Packets were damaged or cannot be read.</summary>
public sealed class CorruptedPackets : Cause
{
    public override string Name => "corrupted-packets";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "Packets arrived damaged, or one side cannot read what the other wrote.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, 1157, 1835) is { } error)
            return new Examination.Matched { Grade = Grade.Likely, Summary = "The server could not read a packet of the client: damaged on the way, or written wrongly.", ClosedBy = CloserOf(connection), Evidence = [EvidenceOf(connection, error), EndOf(connection)], Rivals = ["shared-between-threads", "shared-after-fork"] };
        if (connection.Violations.FirstOrDefault(static v => v.Kind == ViolationKind.Malformed) is { } malformed)
            return connection.HasGaps
                ? Open("the capture lost bytes: whether the packet was damaged cannot be told")
                : new Examination.Matched { Grade = Grade.Possible, Summary = $"A packet of the {(malformed.Side == Side.Client ? "client" : "server")} has no readable content.", ClosedBy = CloserOf(connection), Evidence = [new Evidence("a malformed packet", connection.At(malformed.At.Packet)), EndOf(connection)], Rivals = ["shared-between-threads"] };
        if (connection.Violations.FirstOrDefault(static v => v is { Kind: ViolationKind.WrongSequence, Side: Side.Server, ExpectedSequence: >= 0 }) is { } miscounted)
            return new Examination.Matched { Grade = Grade.Likely, Summary = $"An answer of the server arrived with sequence number {miscounted.ReceivedSequence} where {miscounted.ExpectedSequence} was due: a server never miscounts, so something on the way changed its bytes.", ClosedBy = CloserOf(connection), Evidence = [new Evidence($"sequence number {miscounted.ReceivedSequence}, expected {miscounted.ExpectedSequence}, in an answer of the server", connection.At(miscounted.At.Packet)), EndOf(connection)], Rivals = ["shared-between-threads", "shared-after-fork"], CollectNext = [new NextStep($"tcpdump -i any -s 0 -w server-side.pcap port {connection.Server.Port}   (on the server's host at the same time; then compare the same packet on both sides)", ["corrupted-packets"])] };
        return No("every packet seen could be read", connection.At(connection.Last.Packet));
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? said = loss.Said(1157, 1835) ?? loss.Find(Sign.MalformedPacket);
        if (said is null)
            return loss.Find(Sign.PacketsOutOfOrder) is { Size: null } ? Open("what the packets looked like on the wire") : No("nobody complained of a packet that cannot be read", loss.Source);
        bool mixed = loss.Find(Sign.MixedUpResult, Sign.UsedConcurrently, Sign.CommandsOutOfSync) is not null;
        return Told(mixed || said.Sign == Sign.MalformedPacket ? Grade.Possible : Grade.Likely, "A packet could not be read: damaged on the way, written wrongly by a driver, or part of another answer.", ClosedBy.Unknown, [said], "shared-after-fork", "shared-between-threads", "stray-bytes");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "First exclude that two users share the connection. Then: switch compression and driver options off one by one, update the driver, compare captures of both hosts."),
        new("network", "ethtool -K IFACE gro off lro off tso off on the suspect host for a test; look at its error counters (ethtool -S)."),
    ];

    public override string Page => """
        ## What happens
        A packet's bytes are not what its header promises: a driver's bug, a proxy that cuts, broken compression, a network card's offload bug,
        and most often two users of one connection. The server answers 1835 `Malformed communication packet` or 1157, clients say 2027
        `Malformed packet`; the session may live on or be closed.

        ## Evidence
        - ERR 1835, 1157; clients' 2027.
        - In captures of both hosts the same bytes differ.

        ## Looks like it, but is not
        - Two writers or readers on one socket: `shared-after-fork`, `shared-between-threads`.
        - Text in between: `stray-bytes`.
        - A capture that lost packets makes healthy traffic look damaged.

        ## Fix
        Exclude sharing, then the driver, then the path.

        ## References
        - MySQL server error reference, 1157, 1835, 2027.
        """;
}
