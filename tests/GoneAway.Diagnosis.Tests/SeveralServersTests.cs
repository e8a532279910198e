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

    [Fact]
    public void A_loss_gets_the_word_of_the_server_that_is_nearest_to_the_end_of_the_proxys_session()
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        investigation.Begin(
            [
                Aborted("one.err", 12, -9, zoned: true), Aborted("two.err", 9, -1, zoned: true), Aborted("three.err", 14, 4, zoned: true),
                Aborted("haproxy.log", 0, -1, zoned: true) with { Sign = Sign.ProxySessionEnded, Origin = Origin.Proxy, ThreadId = null, State = "cD" },
                Aborted("app.log", 0, 0, zoned: true) with { Sign = Sign.GoneAway, Origin = Origin.Application, ThreadId = null },
            ], []);
        investigation.Complete();
        Incident loss = Assert.Single(incidents, static one => one.Source == "app.log");
        Assert.Equal(9u, loss.Party.ThreadId);
        Assert.Equal("proxy-idle-timeout", loss.Verdict.Cause);
    }
}
