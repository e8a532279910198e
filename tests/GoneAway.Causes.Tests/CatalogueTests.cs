using System.Text.RegularExpressions;

namespace GoneAway.Causes.Tests;

/// <summary>Whatever is not checked for completeness goes stale.</summary>
public sealed partial class CatalogueTests
{
    public static TheoryData<string> Names => [.. Catalogue.All.Select(static cause => cause.Name)];

    [Fact]
    public void Each_cause_of_the_assembly_is_listed_once()
    {
        IEnumerable<string> written = typeof(Cause).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(Cause)) && !type.IsAbstract).Select(static type => type.Name);
        Assert.Equal(written.Order(StringComparer.Ordinal), Catalogue.All.Select(static cause => cause.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_two_causes_share_a_name() => Assert.Equal(Catalogue.All.Count, Catalogue.All.Select(static cause => cause.Name).Distinct().Count());

    [Fact]
    public void Cases_belong_to_a_cause() => Assert.All(CauseCorpus.All, static cases => Assert.NotNull(Catalogue.Find(cases.Cause)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cause_is_named_in_kebab_case_and_kept_in_the_folder_of_its_group(string name)
    {
        Cause cause = Catalogue.Find(name)!;
        Assert.Matches(KebabCase(), name);
        Assert.Equal($"GoneAway.Causes.{cause.Group}", cause.GetType().Namespace);
        Assert.False(string.IsNullOrWhiteSpace(cause.Title));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_all_headings_in_order_with_text_below_each(string name)
    {
        string[] lines = Catalogue.Find(name)!.Page.Split('\n');
        string[] headings = [.. lines.Where(static line => line.StartsWith("## ", StringComparison.Ordinal)).Select(static line => line.TrimEnd())];
        Assert.Equal(Cause.RequiredHeadings, headings);
        for (int i = 0; i < lines.Length; i++)
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
                Assert.Contains(lines.Skip(i + 1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal)), static line => !string.IsNullOrWhiteSpace(line));
        Assert.InRange(lines.Length, 15, 90);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cause_has_a_match_a_near_miss_and_a_not_enough_case(string name)
    {
        CauseCase[] cases = [.. CauseCorpus.All.Where(set => set.Cause == name).SelectMany(static set => set.Cases)];
        Assert.Equal(Enum.GetValues<CaseKind>(), cases.Select(static one => one.Kind).Distinct().Order());
        Assert.Equal(cases.Length, cases.Select(static one => one.Name).Distinct().Count());
        Assert.All(cases, static one => Assert.Equal(one.Kind == CaseKind.Match, one.Grade is not null));
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex KebabCase();
}
