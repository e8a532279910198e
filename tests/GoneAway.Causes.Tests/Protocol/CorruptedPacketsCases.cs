using GoneAway.Model;

namespace GoneAway.Causes.Tests.Protocol;

public sealed class CorruptedPacketsCases : CaseSet
{
    public override string Cause => "corrupted-packets";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the server could not uncompress", Grade.Likely, App(Sign.ServerSaid, 0, 1157)),
        Match("error 1835 on the wire", Grade.Likely, Talk().Open().Query("SELECT 1").Error(1835, "HY000", "Malformed communication packet.", 1).Fin(Side.Server)),
        NearMiss("commands out of sync", App(Sign.CommandsOutOfSync)),
        NearMiss("a query was lost", App(Sign.LostDuringQuery)),
        NotEnough("2027 together with rows of another statement", App(Sign.MalformedPacket), App(Sign.MixedUpResult, 1)),
    ];
}
