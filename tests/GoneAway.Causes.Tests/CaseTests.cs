using GoneAway.Model;

namespace GoneAway.Causes.Tests;

/// <summary>Each case, through capture, decoder, every cause and the judge.</summary>
public sealed class CaseTests
{
    public static TheoryData<string, string> Matches => Rows(CaseKind.Match);
    public static TheoryData<string, string> NearMisses => Rows(CaseKind.NearMiss);
    public static TheoryData<string, string> NotEnoughCases => Rows(CaseKind.NotEnough);

    [Theory]
    [MemberData(nameof(Matches))]
    public void A_match_gets_the_verdict_with_its_grade(string cause, string name)
    {
        CauseCase one = CauseCorpus.Find(cause, name);
        Incident? incident = CauseCorpus.Explain(one);
        Assert.True(incident?.Verdict.Cause == cause && incident.Verdict.Grade == one.Grade,
            $"{cause}, {name}: expected {one.Grade}, got {CauseCorpus.Show(incident)}");
        Assert.NotEmpty(incident.Evidence);
        Assert.NotEmpty(incident.Fix);
    }

    [Theory]
    [MemberData(nameof(NearMisses))]
    public void A_near_miss_is_something_else(string cause, string name)
    {
        Incident? incident = CauseCorpus.Explain(CauseCorpus.Find(cause, name));
        Assert.True(incident?.Verdict.Cause != cause, $"{cause}, {name}: {CauseCorpus.Show(incident)}");
    }

    [Theory]
    [MemberData(nameof(NotEnoughCases))]
    public void Without_enough_evidence_nothing_is_claimed(string cause, string name)
    {
        CauseCase one = CauseCorpus.Find(cause, name);
        // Asked alone, so that no better explanation hides what this cause would have claimed.
        Incident? alone = CauseCorpus.Explain(one, [Catalogue.Find(cause)!]);
        Assert.True(alone is { Verdict.Grade: <= Grade.Possible }, $"{cause}, {name}: {CauseCorpus.Show(alone)}");
        Incident? incident = CauseCorpus.Explain(one);
        Assert.False(incident!.Verdict.Cause == cause && incident.Verdict.Grade > Grade.Possible, $"{cause}, {name}: {CauseCorpus.Show(incident)}");
    }

    private static TheoryData<string, string> Rows(CaseKind kind)
    {
        var rows = new TheoryData<string, string>();
        foreach ((string cause, CauseCase one) in CauseCorpus.Of(kind))
            rows.Add(cause, one.Name);
        return rows;
    }
}
