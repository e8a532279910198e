using GoneAway.Causes;
using GoneAway.Lab.Scenarios;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests;

/// <summary>The samples, recorded and composed: right everywhere, without any server.</summary>
public sealed class SampleTests
{
    public static TheoryData<string> Names => [.. SampleFolder.All.Select(static s => s.Name)];

    public static TheoryData<string> Captured => [.. SampleFolder.All.Where(static s => s.HasCapture).Select(static s => s.Name)];

    private static IEnumerable<SampleFolder> WithoutCapture => SampleFolder.All.Where(static s => !s.HasCapture);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_cause_of_a_sample_is_named_or_what_would_tell_it(string name)
    {
        SampleFolder folder = SampleFolder.Read(Repository.At("samples", name));
        Assert.Null(Verdicts.Fault(folder, Verdicts.Of(folder)));
    }

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_capture_alone_proves_nothing_wrong(string name)
    {
        SampleFolder folder = SampleFolder.Read(Repository.At("samples", name));
        string? fault = Verdicts.Fault(folder, Verdicts.Of(folder, captureAlone: true));
        Assert.True(fault is null || !OnWire(name) && !fault.StartsWith(Verdicts.WrongAndProven, StringComparison.Ordinal), fault);
    }

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_recorded_sample_belongs_to_a_scenario(string name) => Assert.Equal(ScenarioOf(name)?.Cause, SampleFolder.Read(Repository.At("samples", name)).Cause);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_small(string name) => Assert.True(Directory.EnumerateFiles(Repository.At("samples", name)).Sum(static f => new FileInfo(f).Length) < 200_000);

    [Fact]
    public void Every_cause_has_a_sample() =>
        Assert.Empty(Catalogue.All.Select(static c => c.Name).Except(SampleFolder.All.Select(static s => s.Cause)));

    [Fact]
    public void Half_of_the_samples_without_a_capture_miss_the_piece_that_decides()
    {
        Assert.True(WithoutCapture.Count() >= 40);
        Assert.InRange(WithoutCapture.Count(static s => s.Cause is null), WithoutCapture.Count() * 2 / 5, WithoutCapture.Count() * 3 / 5);
    }

    private static Scenario? ScenarioOf(string name) => All.Find(name.Replace(".mysql", "", StringComparison.Ordinal));

    private static bool OnWire(string name) => ScenarioOf(name)?.OnWire != false;
}
