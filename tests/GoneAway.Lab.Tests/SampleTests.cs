using GoneAway.Causes;
using GoneAway.Lab.Scenarios;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests;

/// <summary>The recorded samples: right everywhere, without any server.</summary>
public sealed class SampleTests
{
    public static TheoryData<string> Names => [.. SampleFolder.All.Select(static s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_cause_of_a_sample_is_named(string name)
    {
        SampleFolder folder = SampleFolder.Read(Repository.At("samples", name));
        Assert.Null(Verdicts.Fault(folder, Verdicts.Of(folder)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_small_and_belongs_to_a_scenario(string name)
    {
        Assert.True(Directory.EnumerateFiles(Repository.At("samples", name)).Sum(static f => new FileInfo(f).Length) < 200_000);
        Assert.Equal(All.Find(name.Replace(".mysql", "", StringComparison.Ordinal))?.Cause, SampleFolder.Read(Repository.At("samples", name)).Cause);
    }

    [Fact]
    public void Every_cause_that_the_wire_shows_has_a_sample() =>
        Assert.Empty(Catalogue.All.Select(static c => c.Name).Except(SampleFolder.All.Select(static s => s.Cause)));
}
