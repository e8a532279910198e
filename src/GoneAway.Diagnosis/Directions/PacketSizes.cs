namespace GoneAway.Diagnosis.Directions;

/// <summary>A statement or a row that is larger than a side takes.</summary>
internal sealed class PacketSizes : DirectionRule
{
    public override string Name => "max_allowed_packet";
    public override IReadOnlyList<string> Causes => ["packet-too-large"];

    protected override string? Numbers(Hearing hearing) => hearing.Known.Variable("max_allowed_packet") is { } limit ? Show(limit) : null;

    protected override (string Missing, string Command) Collect(Hearing hearing) => hearing.Known.Variable("max_allowed_packet") is null
        ? ("the limit", $"{hearing.Site.Client} -e \"SHOW GLOBAL VARIABLES LIKE 'max_allowed_packet'\"")
        : ("the size of the statement that failed", Probe.Capture.Command(hearing.Site));
}
