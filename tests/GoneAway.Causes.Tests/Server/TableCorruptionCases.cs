using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class TableCorruptionCases : CaseSet
{
    public override string Cause => "table-corruption";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("damage, then an assertion, then the loss", Grade.Proven, Log(Sign.Corruption, -2), Log(Sign.AssertionFailure, -1), App(Sign.LostDuringQuery)),
        Match("damage and signal 6 without times", Grade.Likely, App(Sign.LostDuringQuery) with { Stamp = null }, Log(Sign.Corruption, -2), Log(Sign.ServerSignal, -1)),
        NearMiss("a crash without a word of damage", App(Sign.LostDuringQuery), Log(Sign.ServerSignal, -1)),
        Match("damage, and a signal that is told in whole seconds", Grade.Proven, Log(Sign.Corruption, 0.34), Log(Sign.ServerSignal, 0), App(Sign.LostDuringQuery, 1)),
        NearMiss("damage that a crash has left", App(Sign.LostDuringQuery), Log(Sign.ServerSignal, -1), Log(Sign.Corruption, 12) with { Text = "Table './shop/sessions' is marked as crashed and should be repaired" }),
        NearMiss("damage of another day", App(Sign.LostDuringQuery), Log(Sign.Corruption, -500_000)),
        NotEnough("damage, but the server did not end", App(Sign.LostDuringQuery), Log(Sign.Corruption, -60)),
    ];
}
