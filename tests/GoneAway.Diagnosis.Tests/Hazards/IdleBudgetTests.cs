using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests.Hazards;

public sealed class IdleBudgetTests
{
    [Fact]
    public void The_whole_path_stands_in_one_line_and_the_shortest_is_named()
    {
        IdleBudget budget = Known.Server("wait_timeout=28800").Application("sqlalchemy", "max_lifetime=3600").System("net.ipv4.tcp_keepalive_time=7200")
            .Proxy("frontend fe", "timeout client=50").Proxy("backend be", "timeout server=60").Budget();
        string line = budget.Line();
        Assert.DoesNotContain('\n', line);
        string[] order = ["client pool 3600 s", "keep-alive of this host 7200 s", "proxy 50.0 s (timeout client of frontend fe", "proxy 60.0 s", "server 28800 s", "shortest: the proxy's timeout client of frontend fe, 50.0 s"];
        int at = -1;
        foreach (string part in order)
            Assert.True((at = line.IndexOf(part, at + 1, StringComparison.Ordinal)) >= 0, $"{part} in {line}");
    }

    [Fact]
    public void What_is_not_known_is_said_to_be() => Assert.StartsWith("client pool not known", Known.Server("wait_timeout=60").Budget().Line());

    [Fact]
    public void Keep_alive_closes_nothing() => Assert.Equal("server", Known.Server("wait_timeout=28800").System("net.ipv4.tcp_keepalive_time=60").Budget().Shortest!.Who);

    [Fact]
    public void Zero_is_never() => Assert.Equal(TimeSpan.FromSeconds(100), Known.Server("wait_timeout=100").Application("hikari", "max_lifetime=0", "idle_timeout=-1").Budget().Shortest!.Time);

    [Fact]
    public void A_tunnel_timeout_replaces_those_of_the_two_sides()
    {
        IdleBudget budget = Known.Server("wait_timeout=28800").Proxy("listen mysql", "timeout client=50", "timeout server=50", "timeout tunnel=3600").Budget();
        Assert.Equal((TimeSpan.FromSeconds(3600), "timeout tunnel of listen mysql"), (budget.Shortest!.Time, budget.Shortest.What));
    }

    [Fact]
    public void Sections_that_speak_HTTP_do_not_count()
    {
        IdleBudget budget = Known.Server("wait_timeout=28800").Proxy("frontend web", "mode=http", "timeout client=5").Proxy("listen mysql", "mode=tcp", "timeout client=600").Budget();
        Assert.Equal(TimeSpan.FromSeconds(600), budget.Shortest!.Time);
    }

    [Fact]
    public void What_the_application_sets_for_its_sessions_counts_before_the_global_value() =>
        Assert.Equal(TimeSpan.FromSeconds(120), Known.Server("wait_timeout=28800").Application("pdo", "session_wait_timeout=120").Budget().Server!.Time);

    [Fact]
    public void Nothing_known_is_no_budget() => Assert.Null(new Known().Budget().Shortest);
}
