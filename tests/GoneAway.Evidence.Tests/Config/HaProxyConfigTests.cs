using GoneAway.Evidence.Config;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Config;

public sealed class HaProxyConfigTests
{
    private const string Whole = """
        # the balancer of the shop
        global
            maxconn 4000
            log /dev/log local0
            hard-stop-after 30s
            stats socket /run/haproxy/admin.sock mode 660 level admin

        defaults
            log     global
            mode    http
            option  httplog
            option  dontlognull
            timeout connect 5000
            timeout client  50000
            timeout server  50000

        defaults tcp from http
        defaults db
            mode tcp
            log global
            option tcplog
            timeout connect 3s
            timeout client 1h
            timeout server 30m
            retries 2
            default-server inter 2s fall 3

        frontend web
            bind :80
            default_backend apps

        backend apps
            server a1 10.0.0.11:8080 check

        frontend fe_mysql from db
            bind *:3306
            maxconn 900
            default_backend be_mysql

        backend be_mysql from db
            balance leastconn
            option mysql-check user haproxy post-41
            server db1 10.0.0.1:3306 check fall 2 maxconn 200 on-marked-down shutdown-sessions
            server db2 10.0.0.2:3306 check backup  # the replica
        """;

    private static Findings Config(string text) => Read.Passage(new HaProxyConfig(), text, "haproxy.cfg") ?? throw new InvalidOperationException("not taken");

    private static Fact One(Findings found, string scope, string name) => Assert.Single(found.Facts, f => f.Scope == scope && f.Name == name);

    [Fact]
    public void Each_section_has_the_values_that_hold_in_it_with_the_line_that_set_them()
    {
        Findings found = Config(Whole);
        Assert.Equal(("3600", "haproxy.cfg:23"), Value(One(found, "frontend fe_mysql", "timeout client")));
        Assert.Equal(("1800", "haproxy.cfg:24"), Value(One(found, "backend be_mysql", "timeout server")));
        Assert.Equal(("3", "haproxy.cfg:22"), Value(One(found, "backend be_mysql", "timeout connect")));
        Assert.Equal(("tcp", "haproxy.cfg:19"), Value(One(found, "backend be_mysql", "mode")));
        Assert.Equal(("900", "haproxy.cfg:37"), Value(One(found, "frontend fe_mysql", "maxconn")));
        Assert.Equal(("30", "haproxy.cfg:5"), Value(One(found, "global", "hard-stop-after")));
        Assert.Equal("user haproxy post-41", One(found, "backend be_mysql", "option mysql-check").Value);
        Assert.Equal("10.0.0.1:3306 check fall 2 maxconn 200 on-marked-down shutdown-sessions inter 2s", One(found, "backend be_mysql", "server db1").Value);
        Assert.Equal("10.0.0.2:3306 check backup inter 2s fall 3", One(found, "backend be_mysql", "server db2").Value);
        Assert.DoesNotContain(found.Facts, static f => f.Scope == "frontend fe_mysql" && f.Name == "timeout server");
        Assert.DoesNotContain(found.Facts, static f => f.Scope is "frontend web" or "backend apps");
    }

    private static (string, string) Value(Fact fact) => (fact.Value, fact.Source);

    [Theory]
    [InlineData("timeout client 50000", "50")]
    [InlineData("timeout client 50000ms", "50")]
    [InlineData("timeout client 1500us", "0.0015")]
    [InlineData("timeout client 1m", "60")]
    [InlineData("timeout client 8h", "28800")]
    [InlineData("timeout client 2d", "172800")]
    [InlineData("timeout client \"10s\" # ten", "10")]
    [InlineData("timeout client 10\\s", "10")]
    [InlineData("timeout client 0", "0")]
    [InlineData("timeout client \"${TIMEOUT}\"", "${TIMEOUT}")]
    [InlineData("clitimeout 50000", "50")]
    public void Spans_are_told_in_seconds_whatever_their_unit(string line, string seconds) =>
        Assert.Equal(seconds, One(Config($"listen mysql 0.0.0.0:3306\n  mode tcp\n  {line}\n"), "listen mysql", "timeout client").Value);

    [Fact]
    public void What_a_section_takes_back_does_not_hold()
    {
        Findings found = Config("defaults\n mode tcp\n option dontlognull\n option tcplog\n option mysql-check user x\n timeout client 1h\nlisten mysql\n bind :3306\n no option dontlognull\n option tcp-check\n server a 10.0.0.1:3306\n");
        Assert.DoesNotContain(found.Facts, static f => f.Name is "option dontlognull" or "option mysql-check");
        Assert.Equal("ON", One(found, "listen mysql", "option tcp-check").Value);
        Assert.Equal("ON", One(found, "listen mysql", "option tcplog").Value);
    }

    [Fact]
    public void A_server_line_has_what_default_server_says_and_it_does_not_say_itself()
    {
        Findings found = Config("listen mysql\n bind :3306\n default-server check inter 5s ssl verify none\n server a ipv4@10.0.0.1:3306 no-ssl inter 1s\n");
        Assert.Equal("ipv4@10.0.0.1:3306 inter 1s check verify none", One(found, "listen mysql", "server a").Value);
    }

    [Theory]
    // Options are read from left to right, default-server before the line; a later word wins.
    [InlineData("default-server inter 5s\n default-server inter 7s fall 2\n server a 10.0.0.1:3306", "10.0.0.1:3306 inter 7s fall 2")]
    [InlineData("default-server inter 5s\n server a 10.0.0.1:3306 inter 1s inter 2s", "10.0.0.1:3306 inter 2s")]
    [InlineData("default-server check\n server a 10.0.0.1:3306 no-check inter 2s", "10.0.0.1:3306 inter 2s")]
    [InlineData("default-server no-check\n server a 10.0.0.1:3306 check", "10.0.0.1:3306 check")]
    [InlineData("server a 10.0.0.1:3306 check\n default-server inter 5s", "10.0.0.1:3306 check")]
    public void The_last_word_of_an_option_wins(string lines, string options) =>
        Assert.Equal(options, One(Config($"listen mysql\n bind :3306\n {lines}\n"), "listen mysql", "server a").Value);

    [Fact]
    public void The_last_defaults_above_a_section_hold_for_it()
    {
        Findings found = Config("defaults\n timeout client 10s\nlisten a\n bind :3306\ndefaults\n mode tcp\nlisten b\n bind :3307\n");
        Assert.Equal("10", One(found, "listen a", "timeout client").Value);
        Assert.DoesNotContain(found.Facts, static f => f.Scope == "listen b" && f.Name == "timeout client");
    }

    [Theory]
    // A fragment as people paste it, with quoting, with the section left out.
    [InlineData("> listen mysql-cluster\n>     bind 127.0.0.1:3306\n>     mode tcp\n>     timeout client 30s\n", "listen mysql-cluster", "timeout client", "30")]
    [InlineData("timeout connect 5000\r\ntimeout client 50000\r\ntimeout server 50000\r\n", null, "timeout client", "50")]
    [InlineData("defaults\n\ttimeout client 30s\n\ttimeout server 30s\n", "defaults", "timeout server", "30")]
    public void A_pasted_part_is_read_as_well(string text, string? scope, string name, string value) =>
        Assert.Equal(value, Assert.Single(Config(text.Replace("\r", "", StringComparison.Ordinal)).Facts, f => f.Scope == scope && f.Name == name).Value);

    [Theory]
    [InlineData("[mysqld]\nwait_timeout = 600\nport = 3306\n")]
    [InlineData("stream {\n  upstream db { server 10.0.0.1:3306; }\n  server {\n    listen 3306;\n    proxy_timeout 10m;\n  }\n}\n")]
    [InlineData("global warming is a listen problem\nserver one is down\nmode of failure\n")]
    [InlineData("2026-11-20 10:00:00 0 [Note] mysqld: ready for connections.\ntimeout client 50000\nx\ny\nz\n")]
    [InlineData("defaults:\n  mode: tcp\n  timeout: 30\n")]
    [InlineData("")]
    [InlineData("listen to me\nplease\n")]
    public void What_is_no_configuration_of_HAProxy_is_not_taken(string text) => Assert.Null(Read.Passage(new HaProxyConfig(), text));

    [Theory]
    [InlineData("listen mysql\n bind :3306\n mode http\n", "wrong-port", 3)]
    [InlineData("listen mysql\n bind :3306\n option mysql-check\n server a 10.0.0.1:3306 check\n", "host-blocked", 3)]
    [InlineData("listen mysql\n bind :3306\n option mysql-check user x\n server a 10.0.0.1:3306 check\n", "auth-plugin-mismatch", 3)]
    [InlineData("listen mysql\n bind :3306\n server a 10.0.0.1:3306 check\n", "host-blocked", 3)]
    [InlineData("listen mysql\n bind :3306\n option tcp-check\n server a 10.0.0.1:3306 check port 3306\n", "host-blocked", 4)]
    [InlineData("listen mysql\n bind :3306\n mode tcp\n", "too-many-connections", 1)]
    [InlineData("listen mysql\n bind :3306\n server a 10.0.0.1:3306 send-proxy-v2\n", "proxy-protocol-header", 3)]
    [InlineData("listen mysql\n bind :3306 accept-proxy\n mode tcp\n", "proxy-protocol-header", 2)]
    [InlineData("listen mysql\n bind :3306\n option logasap\n", "proxy-idle-timeout", 3)]
    [InlineData("listen mysql\n bind :3306\n option dontlognull\n", "proxy-backend-down", 3)]
    [InlineData("listen mysql\n bind :3306\n timeout client 1h\n timeout server 30m\n", "proxy-idle-timeout", 3)]
    [InlineData("listen mysql\n bind :3306\n timeout client 1h\n timeout server 1h\n timeout tunnel 15m\n", "proxy-idle-timeout", 5)]
    [InlineData("listen mysql\n bind :3306\n timeout client 50000\n timeout server 50000\n", "proxy-idle-timeout", 3)]
    [InlineData("global\n hard-stop-after 10s\nlisten mysql\n bind :3306\n", "proxy-reload", 2)]
    [InlineData("listen mysql\n bind :3306\n server a 10.0.0.1:3306 check fall 1 on-marked-down shutdown-sessions\n", "proxy-backend-down", 3)]
    public void A_mistake_is_told_with_its_line_and_its_cause(string text, string cause, int line) =>
        Assert.Contains(Config(text).Hazards, h => h.Cause == cause && h.Source == $"haproxy.cfg:{line}");

    [Fact]
    public void A_sound_configuration_has_no_hazards()
    {
        Findings found = Config("""
            defaults
              log global
              mode tcp
              option tcplog
              timeout connect 5s
              timeout client 8h
              timeout server 8h
              option clitcpka
            listen mysql
              bind :3306
              option httpchk
              server a 10.0.0.1:3306 check port 9200 inter 5s
            listen web
              bind :80
              mode http
              timeout client 10s
              server w 10.0.0.2:8080 check send-proxy
            """);
        Assert.Empty(found.Hazards);
        Assert.Contains(found.Facts, static f => f is { Scope: "listen mysql", Name: "timeout client", Value: "28800" });
    }

    [Fact]
    public void A_file_of_that_kind_is_recognised_by_its_content() => Assert.Equal("haproxy.cfg", Read.Summary(Whole).Kind);
}
