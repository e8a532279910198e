using System.Text;
using GoneAway.Model;

namespace GoneAway.Causes.Tests;

/// <summary>The whole corpus through all causes: no case may go to a cause that is not its own.</summary>
public sealed class ConfusionTests
{
    [Fact]
    public void No_match_case_is_given_to_another_cause()
    {
        var confused = new StringBuilder();
        foreach ((string cause, CauseCase one) in CauseCorpus.Of(CaseKind.Match))
        {
            Incident? incident = CauseCorpus.Explain(one);
            if (incident?.Verdict.Cause != cause)
                confused.AppendLine($"{cause}, {one.Name}: {incident?.Verdict.Cause ?? "unknown"} {incident?.Verdict.Grade}");
        }
        Assert.True(confused.Length == 0, confused.ToString());
    }

    [Fact]
    public void No_other_cause_matches_a_case_with_the_grade_of_the_true_one()
    {
        var confused = new StringBuilder();
        foreach ((string cause, CauseCase one) in CauseCorpus.Of(CaseKind.Match))
            foreach (Alternative other in CauseCorpus.Explain(one)?.Alternatives ?? [])
                if (other.Grade >= one.Grade && one.Grade > Grade.Possible)
                    confused.AppendLine($"{cause}, {one.Name}: also {other.Cause} {other.Grade}: {other.Why}");
        Assert.True(confused.Length == 0, confused.ToString());
    }

    /// <summary>The worst defect that there can be, over every case of every kind.</summary>
    [Fact]
    public void Nothing_is_proven_wrongly()
    {
        var wrong = new StringBuilder();
        foreach (ICauseCases set in CauseCorpus.All)
            foreach (CauseCase one in set.Cases)
                if (one.Kind != CaseKind.Match && CauseCorpus.Explain(one) is { Verdict.Grade: Grade.Proven } incident && incident.Verdict.Cause == set.Cause)
                    wrong.AppendLine($"{set.Cause}, {one.Name}: {CauseCorpus.Show(incident)}");
        Assert.True(wrong.Length == 0, wrong.ToString());
    }
}
