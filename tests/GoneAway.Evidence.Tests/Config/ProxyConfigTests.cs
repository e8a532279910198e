using GoneAway.Evidence.Config.Proxies;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Config;

public sealed class ProxyConfigTests
{
    [Theory]
    // nginx: its own default where it says nothing; what holds in stream holds in its servers; the web beside it does not count.
    [InlineData("stream {\n  upstream db { server 10.0.0.1:3306; }\n  proxy_timeout 1h;\n  server {\n    listen 13306;\n    proxy_pass db;\n    proxy_connect_timeout 5s;\n  }\n}\nhttp {\n  server { listen 80; location / { proxy_pass http://x; proxy_connect_timeout 7s; } }\n}",
        "server 13306 proxy_connect_timeout=5@7; server 13306 proxy_timeout=3600@3")]
    [InlineData("stream {\n  server {\n    listen 3306;\n    proxy_pass mysql.svc:3306; # mysql\n  }\n}", "server 3306 proxy_timeout=600@4")]
    [InlineData("server {\n  listen 0.0.0.0:3306 proxy_protocol;\n  proxy_pass 10.0.0.1:3306;\n  proxy_timeout 30;\n  proxy_protocol on;\n}", "server 0.0.0.0:3306 accept-proxy=ON@2; server 0.0.0.0:3306 proxy_timeout=30@4; server 0.0.0.0:3306 send-proxy=10.0.0.1:3306@5")]
    [InlineData("[maxscale]\nthreads=auto\n\n[RW]\ntype=service\nrouter=readwritesplit\nconnection_timeout=300s\nmax_connections=100\npassword=geheim\n\n[db1]\ntype=server\naddress=10.0.0.1\nproxy_protocol=true\npersistmaxtime=60",
        "server db1 persistmaxtime=60@15; server db1 send-proxy=10.0.0.1@14; service RW connection_timeout=300@7; service RW maxconn=100@8")]
    [InlineData("[routing:rw]\nbind_port=6446\nclient_connect_timeout=9\nmax_connections=512\nmax_connect_errors=100", "routing:rw client_connect_timeout=9@3; routing:rw max_connect_errors=100@5; routing:rw maxconn=512@4")]
    [InlineData("| mysql-wait_timeout | 28800000 |\n| mysql-max_connections | 2048 |\n| mysql-multiplexing | true |\n| mysql-monitor_password | geheim |", "proxysql maxconn=2048@2; proxysql multiplexing=ON@3; proxysql wait_timeout=28800@1")]
    [InlineData("SET mysql-default_query_timeout=30000;\nUPDATE global_variables SET variable_value='7200000' WHERE variable_name='mysql-wait_timeout';", "proxysql default_query_timeout=30@1; proxysql wait_timeout=7200@2")]
    [InlineData("mysql_variables=\n{\n\tthreads=4\n\tmax_connections=2048\n\tdefault_query_timeout=36000000\n\twait_timeout=28800000\n\tmonitor_password=\"geheim\"\n}", "proxysql default_query_timeout=36000@5; proxysql maxconn=2048@4; proxysql wait_timeout=28800@6")]
    [InlineData("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec:\n  trafficPolicy:\n    connectionPool:\n      tcp:\n        maxConnections: 100\n        connectTimeout: 30ms\n        idleTimeout: 3600s", "envoy connectTimeout=0.03@8; envoy idle_timeout=3600@9; envoy maxconn=100@7")]
    [InlineData("filters:\n  - name: envoy.filters.network.tcp_proxy\n    typed_config:\n      \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy\n      cluster: mysql\n      idle_timeout: 600s", "envoy idle_timeout=600@6")]
    public void What_ends_idle_sessions_is_told_in_seconds(string text, string facts) => Assert.Equal(facts, By(text));

    [Theory]
    [InlineData("http {\n  server { listen 80; location / { proxy_pass http://app; proxy_read_timeout 60s; } }\n}")]
    [InlineData("stream { server { listen 5432; proxy_pass 10.0.0.1:5432; proxy_timeout 1h; } }")]
    [InlineData("[Service]\nType=simple\nTimeoutStopSec=90")]
    [InlineData("http_filters:\n  - name: envoy.filters.http.router\n    idle_timeout: 3s")]
    [InlineData("-rw-r--r-- 1 root root 12 mysql-bin.000001\nmysql-wait_timeoutish 3")]
    [InlineData("wait_timeout = 600")]
    public void Other_configuration_gives_nothing(string text) => Assert.Equal("nothing", By(text));

    [Fact]
    public void The_hazard_rules_and_causes_find_it_in_a_file() =>
        Assert.Contains(Read.File("| variable_name | variable_value |\n| mysql-wait_timeout | 28800000 |\n").Facts, static one => one is { Kind: FactKind.Proxy, Name: "wait_timeout", Value: "28800" });

    [Fact]
    public void No_mutation_throws()
    {
        Mutated.NeverThrows("stream {\n  upstream db { server 10.0.0.1:3306; }\n  server { listen 3306; proxy_pass db; proxy_timeout 1h; }\n}", static text => By(text));
        Mutated.NeverThrows("[RW]\ntype=service\nconnection_timeout=300s\n[routing:x]\nmax_connections=1\n| mysql-wait_timeout | 28800000 |\nkind: DestinationRule\ntcp:\n  idleTimeout: 3s", static text => By(text));
    }

    private static string By(string text)
    {
        Findings? findings = Read.Passage(new ProxyConfig(), text, "p");
        return findings is null ? "nothing" : string.Join("; ", findings.Facts.Select(static one => $"{one.Scope} {one.Name}={one.Value}@{one.Source["p:".Length..]}").Order(StringComparer.Ordinal));
    }
}
