using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests;

/// <summary>Behind a proxy every direction of the investigation gets an answer: it is the cause, it is ruled out by something, or there is a command to run.</summary>
public sealed class DirectionTests
{
    private static readonly DateTime Noticed = new(2026, 11, 20, 10, 0, 0);

    private static readonly Sighting GoneAway = Seen(Sign.GoneAway, Origin.Application, "app.log:7", 0);
    private static readonly Sighting CutOff = Seen(Sign.ProxySessionEnded, Origin.Proxy, "haproxy.log:3", -1) with { State = "cD", ClientPort = 40000, Elapsed = TimeSpan.FromSeconds(50) };
    private static readonly Fact ClientTime = Proxy("timeout client", "50"), ServerTime = Proxy("timeout server", "50"), Mode = Proxy("mode", "tcp");

    private static Sighting Seen(Sign sign, Origin origin, string source, double seconds) =>
        new() { Sign = sign, Origin = origin, Source = source, Text = $"{sign}", Stamp = new Stamp(Noticed.AddSeconds(seconds), TimeSpan.Zero) };

    private static Fact Proxy(string name, string value) => new(FactKind.Proxy, name, value, null, "haproxy.cfg:9") { Scope = "listen mysql" };

    private static Fact Variable(string name, string value) => new(FactKind.Variable, name, value, null, "server:" + name);

    private static Fact Application(string name, string value) => new(FactKind.Application, name, value, null, "database.php:4") { Scope = "pdo" };

    private static IReadOnlyList<Direction> Answered(params object[] evidence)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        investigation.Begin([.. evidence.OfType<Sighting>()], [.. evidence.OfType<Fact>()]);
        investigation.Complete();
        return Assert.Single(incidents).Directions;
    }

    private static Direction The(string direction, params object[] evidence) => Assert.Single(Answered(evidence), one => one.Name.StartsWith(direction, StringComparison.Ordinal));

    private static void IsCause(Direction answer, string text)
    {
        Assert.Equal(DirectionState.Cause, answer.State);
        Assert.Contains(text, answer.Answer, StringComparison.Ordinal);
        Assert.NotNull(answer.Source);
    }

    private static void IsRuledOut(Direction answer, string text, string source)
    {
        Assert.True(answer.State == DirectionState.RuledOut, $"{answer}");
        Assert.Contains(text, answer.Answer, StringComparison.Ordinal);
        Assert.Equal(source, answer.Source);
    }

    private static void IsAskedFor(Direction answer, string command)
    {
        Assert.True(answer.State == DirectionState.Collect, $"{answer}");
        Assert.Contains(command, answer.Command, StringComparison.Ordinal);
    }

    /// <summary>A distribution's file with global and defaults stands in nobody's path.</summary>
    [Fact]
    public void Defaults_alone_are_no_proxy() =>
        Assert.Empty(Answered(GoneAway, ClientTime with { Scope = "defaults" }, Mode with { Scope = "global" }));

    [Fact]
    public void All_nine_are_answered_whatever_is_known()
    {
        foreach (object[] evidence in (object[][])[[GoneAway, Mode], [GoneAway, CutOff], [GoneAway, CutOff, ClientTime, ServerTime, Mode, Variable("wait_timeout", "28800")]])
        {
            IReadOnlyList<Direction> answers = Answered(evidence);
            Assert.Equal(["time-outs", "health", "limits", "reloads,", "retries", "max_allowed_packet", "replicas'", "driver", "log"], answers.Select(static one => one.Name.Split(' ')[0]));
            Assert.All(answers, static one =>
            {
                Assert.NotEmpty(one.Answer);
                Assert.Equal(one.State == DirectionState.Collect, one.Command is not null);
                Assert.True(one.State == DirectionState.Collect || one.Source is not null, one.Name);
            });
        }
    }

    [Fact]
    public void Without_a_proxy_nobody_asks_about_one() => Assert.Empty(Answered(GoneAway));

    [Fact]
    public void Time_outs_of_proxy_server_and_pool_stand_beside_each_other_with_the_shortest_named()
    {
        Direction answer = The("time-outs", GoneAway, CutOff, ClientTime, ServerTime, Proxy("timeout connect", "5"), Proxy("timeout check", "2"), Variable("wait_timeout", "28800"), Application(ApplicationSetting.IdleTimeout, "60"));
        IsCause(answer, "proxy-idle-timeout, likely");
        foreach (string part in (string[])["client pool 60.0 s", "proxy 50.0 s (timeout client", "server 28800 s", "shortest: the proxy's timeout client", "timeout connect 5 s, timeout check 2 s"])
            Assert.Contains(part, answer.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_time_out_stands_for_client_and_server() =>
        Assert.Contains("shortest: the proxy's timeout tunnel", The("time-outs", GoneAway, CutOff, ClientTime, ServerTime, Proxy("timeout tunnel", "30"), Variable("wait_timeout", "28800")).Answer, StringComparison.Ordinal);

    [Fact]
    public void Unknown_time_outs_are_asked_for_one_after_the_other()
    {
        IsAskedFor(The("time-outs", GoneAway, Mode), "haproxy.cfg");
        IsAskedFor(The("time-outs", GoneAway, ClientTime, Mode), "SHOW GLOBAL VARIABLES LIKE '%timeout%'");
        IsAskedFor(The("time-outs", GoneAway, ClientTime, Mode, Variable("wait_timeout", "28800")), "tcpdump");
    }

    [Fact]
    public void Checks_that_log_in_are_ruled_out_and_a_server_without_a_host_cache_blocks_nobody()
    {
        IsRuledOut(The("health", GoneAway, Proxy("option mysql-check", "user haproxy_check")), "the checks log in", "haproxy.cfg:9");
        IsRuledOut(The("health", GoneAway, Proxy("option tcp-check", "ON"), Variable("skip_name_resolve", "ON")), "no host cache", "server:skip_name_resolve");
        IsRuledOut(The("health", GoneAway, Proxy("option tcp-check", "ON"), Variable("host_cache_size", "0")), "no host cache", "server:host_cache_size");
    }

    [Fact]
    public void Checks_that_end_in_1129_are_the_cause()
    {
        Sighting refused = Seen(Sign.ServerSaid, Origin.Application, "app.log:7", 0) with { Code = 1129 };
        IsCause(The("health", refused, Proxy("option tcp-check", "ON")), "host-blocked");
    }

    [Fact]
    public void Limits_are_ruled_out_for_a_session_that_stood_and_named_where_they_struck()
    {
        IsRuledOut(The("limits", GoneAway, CutOff, Proxy("maxconn", "2000"), Variable("max_connections", "151")), "maxconn = 2000, max_connections = 151", "app.log:7");
        Sighting queued = CutOff with { State = "sQ" };
        IsCause(The("limits", Seen(Sign.LostBeforeGreeting, Origin.Application, "app.log:7", 0), queued, Proxy("maxconn", "20")), "proxy-queue-full");
    }

    [Fact]
    public void Reloads_and_servers_marked_down_are_read_from_the_end_of_the_session()
    {
        IsRuledOut(The("reloads", GoneAway, CutOff, Mode), "ended otherwise (cD)", "haproxy.log:3");
        IsCause(The("reloads", GoneAway, CutOff with { State = "D-" }, Mode), "proxy-backend-down");
        IsAskedFor(The("reloads", GoneAway, ClientTime, ServerTime), "journalctl -u haproxy --since");
    }

    [Fact]
    public void An_application_that_keeps_connections_untested_lets_the_loss_through()
    {
        Direction answer = The("retries", GoneAway, CutOff, ClientTime, Application(ApplicationSetting.Persistent, "ON"), Proxy("option clitcpka", "ON"));
        IsCause(answer, "persistent = ON (pdo)");
        Assert.Contains("keep-alives of TCP (option clitcpka) do not reset a proxy's timers", answer.Answer, StringComparison.Ordinal);
        IsRuledOut(The("retries", GoneAway, CutOff, ClientTime, Application(ApplicationSetting.TestOnBorrow, "ON")), "test_on_borrow = ON", "database.php:4");
        IsAskedFor(The("retries", GoneAway, CutOff, ClientTime, Proxy("server one", "10.0.0.1:3306 check")), "goneaway check 10.0.0.1:3306 --client-config");
    }

    [Fact]
    public void The_packet_limit_is_asked_for_then_the_size()
    {
        IsAskedFor(The("max_allowed_packet", GoneAway, CutOff, ClientTime), "LIKE 'max_allowed_packet'");
        IsAskedFor(The("max_allowed_packet", GoneAway, CutOff, ClientTime, Variable("max_allowed_packet", "67108864")), "tcpdump");
        IsCause(The("max_allowed_packet", Seen(Sign.ServerSaid, Origin.Application, "app.log:7", 0) with { Code = 1153 }, Mode), "packet-too-large");
    }

    [Fact]
    public void The_replicas_are_asked_each_by_its_address() =>
        IsAskedFor(The("replicas", GoneAway, CutOff, ClientTime, Proxy("server one", "10.0.0.1:3306 check"), Proxy("server two", "10.0.0.2:3306 check")), "goneaway check 10.0.0.1:3306 10.0.0.2:3306; df -h; free -m; journalctl -k");

    [Fact]
    public void A_name_in_the_configuration_cannot_become_a_command() =>
        Assert.DoesNotContain("rm", The("replicas", GoneAway, CutOff, ClientTime, Proxy("server one", "x;rm${IFS}-rf check"), Proxy("server two", "$(rm) check")).Command, StringComparison.Ordinal);

    [Fact]
    public void Versions_that_worked_together_are_ruled_out() => Assert.Equal(DirectionState.RuledOut, The("driver", GoneAway, CutOff, ClientTime).State);

    [Fact]
    public void The_log_level_that_hides_losses_is_named_with_what_to_set()
    {
        Fact tcpLog = Proxy("option tcplog", "ON");
        IsAskedFor(The("log", GoneAway, CutOff, tcpLog, Variable("version", "8.0.36"), Variable("log_error_verbosity", "2")), "SET PERSIST log_error_verbosity = 3");
        IsAskedFor(The("log", GoneAway, CutOff, tcpLog, Variable("log_warnings", "1")), "SET GLOBAL log_warnings = 2");
        IsAskedFor(The("log", GoneAway, tcpLog, Proxy("option dontlognull", "ON"), Mode), "no option dontlognull");
        IsAskedFor(The("log", GoneAway, Mode), "option tcplog");
        IsAskedFor(The("log", GoneAway, tcpLog, Mode), "log_(error_verbosity|warnings");
        IsRuledOut(The("log", GoneAway, CutOff, tcpLog, Variable("log_warnings", "2")), "high enough: log_warnings = 2, option tcplog", "server:log_warnings");
    }
}
