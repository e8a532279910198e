using GoneAway.Model;

namespace GoneAway.Causes.Tests.Path;

public sealed class MtuBlackHoleCases : CaseSet
{
    public override string Cause => "mtu-black-hole";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("full-size segments vanish, small ones passed", Grade.Likely, Stuck(Talk().Open().Query("SELECT 1").Rows(1).Wait(1), 1400)),
        NearMiss("small segments vanish", Stuck(Talk().Open().Query("SELECT 1").Rows(1).Wait(1), 20)),
        NearMiss("large segments had passed before", Stuck(Talk().Open().Query(new string('x', 1400)).Rows(1).Wait(1), 1300)),
        NotEnough("the application waits", App(Sign.ClientReadTimedOut)),
    ];
}
