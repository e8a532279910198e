using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests;

/// <summary>The two letters at the end of a session in HAProxy's log (configuration manual, 8.5): who ended it, and in which phase.</summary>
public sealed class HaProxyEndingsTests
{
    private static readonly DateTime Noticed = new(2026, 11, 20, 10, 0, 0);

    private static Verdict VerdictOf(string state, Sign seen)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        investigation.Begin(
            [
                new Sighting
                {
                    Sign = Sign.ProxySessionEnded, Origin = Origin.Proxy, Source = "haproxy.log:3", Text = $"10.0.0.5:40000 [20/Nov/2026:09:59:09.900] mysql mysql/one 1/0/50001 434 {state} 4/4/3/0/0 0/0", State = state,
                    ClientPort = 40000, Elapsed = TimeSpan.FromSeconds(50), Stamp = new Stamp(Noticed.AddSeconds(-0.1), TimeSpan.Zero),
                },
                new Sighting { Sign = seen, Origin = Origin.Application, Source = "app.log:7", Text = $"{seen}", Stamp = new Stamp(Noticed, TimeSpan.Zero) },
            ],
            [new Fact(FactKind.Proxy, "timeout client", "50", null, "haproxy.cfg:9"), new Fact(FactKind.Proxy, "timeout server", "50", null, "haproxy.cfg:10")]);
        investigation.Complete();
        return Assert.Single(incidents, static one => one.Source == "app.log").Verdict;
    }

    [Theory]
    // Lower case: HAProxy's own time-out on that side. D: bytes were passed on.
    [InlineData("cD", Sign.GoneAway, "proxy-idle-timeout")]
    [InlineData("sD", Sign.GoneAway, "proxy-idle-timeout")]
    [InlineData("sD", Sign.LostDuringQuery, "proxy-query-timeout")]
    // Q: still in the queue. P: HAProxy itself refused. (R: it lacks slots, source ports or memory: what, it does not say.)
    [InlineData("sQ", Sign.LostBeforeGreeting, "proxy-queue-full")]
    [InlineData("PC", Sign.LostBeforeGreeting, "proxy-queue-full")]
    // C: it was connecting. The server refused, or did not answer in timeout connect.
    [InlineData("SC", Sign.LostBeforeGreeting, "proxy-backend-down")]
    [InlineData("sC", Sign.LostBeforeGreeting, "proxy-backend-down")]
    // D: the server was marked down. K: an administrator or a hard stop killed it.
    [InlineData("D-", Sign.GoneAway, "proxy-backend-down")]
    [InlineData("DD", Sign.LostDuringQuery, "proxy-backend-down")]
    [InlineData("K-", Sign.GoneAway, "proxy-reload")]
    [InlineData("KD", Sign.LostDuringQuery, "proxy-reload")]
    public void What_HAProxy_did_is_its_doing(string state, Sign seen, string cause)
    {
        Verdict verdict = VerdictOf(state, seen);
        Assert.Equal(cause, verdict.Cause);
        Assert.True(verdict.Grade >= Grade.Likely, $"{verdict}");
    }

    [Theory]
    // Upper case C and S: the client's or the server's own TCP close or reset. --: an end that HAProxy finds in order.
    [InlineData("CD", Sign.GoneAway)]
    [InlineData("SD", Sign.GoneAway)]
    [InlineData("SD", Sign.LostDuringQuery)]
    [InlineData("--", Sign.GoneAway)]
    [InlineData("--", Sign.LostDuringQuery)]
    public void What_others_did_is_not(string state, Sign seen)
    {
        Verdict verdict = VerdictOf(state, seen);
        Assert.True(verdict.Cause?.StartsWith("proxy-", StringComparison.Ordinal) != true || verdict.Grade < Grade.Likely, $"{verdict}");
    }
}
