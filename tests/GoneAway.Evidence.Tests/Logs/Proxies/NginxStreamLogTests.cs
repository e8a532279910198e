using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class NginxStreamLogTests
{
    private const string Ends = ", client: 10.0.0.5, server: 0.0.0.0:3306, upstream: \"10.0.0.1:3306\", bytes from/to client:1054/3030, bytes from/to upstream:3030/1274";

    [Theory]
    [InlineData("[error] 12#12: *5342 upstream timed out (110: Connection timed out) while proxying connection", Sign.ProxyIdleClosed, "proxy_timeout", null)]
    [InlineData("[info] 12#12: *5342 client timed out (110: Connection timed out) while proxying connection", Sign.ProxyIdleClosed, "proxy_timeout", null)]
    [InlineData("[error] 1511#1511: *265 recv() failed (104: Connection reset by peer) while proxying and reading from upstream", Sign.ProxyBackendLost, null, 104)]
    [InlineData("[info] 1511#1511: *265 recv() failed (104: Connection reset by peer) while proxying and reading from client", Sign.ProxyClientLost, null, 104)]
    [InlineData("[error] 1511#1511: *265 recv() failed (104: Connection reset by peer) while proxying connection", Sign.ProxyBackendLost, null, 104)]
    [InlineData("[error] 2454#2454: *3584946 connect() failed (111: Connection refused) while connecting to upstream", Sign.ProxyConnectFailed, null, 111)]
    [InlineData("[error] 56#56: *15086 upstream timed out (110: Operation timed out) while connecting to upstream", Sign.ProxyConnectFailed, "timeout", 110)]
    [InlineData("[error] 56#56: *1 no live upstreams while connecting to upstream", Sign.ProxyNoServer, null, null)]
    [InlineData("[error] 56#56: *1 broken header: \"J\" while reading PROXY protocol", Sign.ProxyHeaderRefused, null, null)]
    [InlineData("[info] 56#56: *1 upstream disconnected, bytes from/to client:1/2, bytes from/to upstream:2/1", Sign.ProxySessionEnded, "--", null)]
    public void Each_end_in_the_error_log_is_told(string message, Sign sign, string? state, int? errno)
    {
        Sighting told = Read.One("2023/08/18 03:37:01 " + message + Ends);
        Assert.Equal((sign, state, errno), (told.Sign, told.State, told.Errno));
        Assert.Equal(("10.0.0.5", "10.0.0.1", 3306), (told.ClientHost, told.ServerHost, told.ServerPort!.Value));
        Assert.Equal(new DateTime(2023, 8, 18, 3, 37, 1), told.Stamp!.Value.Clock);
    }

    [Fact]
    public void The_access_log_of_the_manual_gives_the_time_of_the_session()
    {
        Sighting ended = Read.One("10.0.0.5 [20/Nov/2026:10:00:00 +0000] TCP 200 4294 1234 600.003 \"10.0.0.1:3306\" \"1234\" \"4294\" \"0.001\"");
        Assert.Equal((Sign.ProxySessionEnded, TimeSpan.FromSeconds(600.003), "10.0.0.5", "10.0.0.1", (string?)null), (ended.Sign, ended.Elapsed!.Value, ended.ClientHost, ended.ServerHost, ended.State));
        Assert.Equal(Sign.ProxyConnectFailed, Read.One("10.0.0.5 [20/Nov/2026:10:00:00 +0000] TCP 502 0 0 60.003 \"10.0.0.1:3306\" \"0\" \"0\" \"-\"").Sign);
    }

    [Theory]
    // Web traffic, other ports, other daemons.
    [InlineData("2023/08/18 03:37:01 [error] 12#12: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.5, server: example.com, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.1:8080/\"")]
    [InlineData("2023/08/18 03:37:01 [error] 12#12: *1 recv() failed (104: Connection reset by peer) while proxying and reading from upstream, client: 10.0.0.5, server: 0.0.0.0:443, upstream: \"10.0.0.1:443\", bytes from/to client:1/2, bytes from/to upstream:2/1")]
    [InlineData("10.0.0.5 [20/Nov/2026:10:00:00 +0000] TCP 200 4294 1234 600.003 \"10.0.0.1:5432\"")]
    [InlineData("[1] TCP 200")]
    public void What_is_not_MySQLs_gives_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void No_mutation_of_a_line_throws() =>
        Mutated.NeverThrows("2023/08/18 03:37:01 [error] 12#12: *5342 upstream timed out (110: Connection timed out) while proxying connection" + Ends, static text => Read.Lines(text));
}
