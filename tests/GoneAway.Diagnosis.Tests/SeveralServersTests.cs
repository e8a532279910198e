using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests;

/// <summary>Servers count their threads alike: the same id in two logs need not be the same session.</summary>
public sealed class SeveralServersTests
{
    private static Sighting Aborted(string file, uint thread, double seconds, bool zoned) => new()
    {
        Sign = Sign.AbortedReadError, Origin = Origin.Server, Source = file + ":1", Text = "Aborted connection", ThreadId = thread,
        Stamp = new Stamp(new DateTime(2026, 11, 20, 10, 0, 0).AddSeconds(seconds), zoned ? TimeSpan.Zero : null),
    };

    [Fact]
    public void A_clock_is_not_corrected_by_events_that_disagree()
    {
        var alignment = new Alignment(2026);
        alignment.Align([Aborted("one.err", 9, 0, zoned: true), Aborted("one.err", 10, 30, zoned: true), Aborted("two.err", 9, 3, zoned: false), Aborted("two.err", 10, 50, zoned: false)]);
        Assert.DoesNotContain("clock off", alignment.Notes["two.err"], StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_by_events_that_agree()
    {
        var alignment = new Alignment(2026);
        alignment.Align([Aborted("one.err", 9, 0, zoned: true), Aborted("one.err", 10, 30, zoned: true), Aborted("two.err", 9, 3, zoned: false), Aborted("two.err", 10, 33, zoned: false)]);
        Assert.Contains("clock off by 3.00 s", alignment.Notes["two.err"], StringComparison.Ordinal);
    }
}
