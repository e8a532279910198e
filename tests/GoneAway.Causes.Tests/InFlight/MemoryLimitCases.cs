using GoneAway.Model;

namespace GoneAway.Causes.Tests.InFlight;

public sealed class MemoryLimitCases : CaseSet
{
    public override string Cause => "memory-limit";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the application quotes 4082", Grade.Proven, App(Sign.ServerSaid, 0, 4082)),
        Match("error 4082 on the wire", Grade.Proven, Talk().Open().Query("SELECT 1").Error(4082, "HY000", "Connection closed. Connection memory limit 2097152 bytes exceeded. Consumed 2100000 bytes.", 1).Fin(Side.Server)),
        NearMiss("MariaDB has the number for another error", MariaDb(Talk()).Query("SELECT 1").Error(4082, "HY000", "Row variable 'a' does not have a field 'b'", 1).Fin(Side.Server)),
        NearMiss("a routine said 4082 an hour before", Talk().Open().Query("CALL p()").Error(4082, "45000", "p", 1).Wait(3600).Fin(Side.Server)),
        NearMiss("a lost query", App(Sign.LostDuringQuery)),
        NotEnough("nobody saw what the server said", Talk().Open().Query("SELECT 1").Wait(3).Fin(Side.Server)),
    ];
}
