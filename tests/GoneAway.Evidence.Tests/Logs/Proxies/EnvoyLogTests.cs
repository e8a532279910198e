using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class EnvoyLogTests
{
    private const string Places = " \"-\" 6238 6291 3600084 - \"-\" \"-\" \"-\" \"-\" \"10.77.28.132:3306\" outbound|3306||mysql.db.svc.cluster.local 10.244.0.31:50844 10.96.0.7:3306 10.244.0.31:50842 - -";

    [Theory]
    [InlineData("-", Sign.ProxySessionEnded, "--")]
    [InlineData("UF,URX", Sign.ProxyConnectFailed, "envoy UF,URX")]
    [InlineData("UF", Sign.ProxyConnectFailed, "envoy UF")]
    [InlineData("UC", Sign.ProxyBackendLost, "envoy UC")]
    [InlineData("UR", Sign.ProxyBackendLost, "envoy UR")]
    [InlineData("DC", Sign.ProxyClientLost, "envoy DC")]
    [InlineData("LR", Sign.ProxySessionEnded, "envoy LR")]
    [InlineData("UT", Sign.ProxyQueryTimedOut, "envoy UT")]
    [InlineData("SI", Sign.ProxyIdleClosed, "envoy SI")]
    [InlineData("UO", Sign.ProxyQueueTimedOut, "envoy UO")]
    [InlineData("UH", Sign.ProxyNoServer, "envoy UH")]
    [InlineData("NR", Sign.ProxyNoServer, "envoy NR")]
    public void The_response_flags_say_who_ended_the_session(string flags, Sign sign, string state)
    {
        Sighting told = Read.One($"[2021-03-16T09:29:27.498Z] \"- - -\" 0 {flags} - -{Places}");
        Assert.Equal((sign, state), (told.Sign, told.State));
        Assert.Equal(TimeSpan.FromMilliseconds(3600084), told.Elapsed);
        Assert.Equal(("10.77.28.132", 3306, "10.244.0.31", 50842), (told.ServerHost, told.ServerPort!.Value, told.ClientHost, told.ClientPort!.Value));
        Assert.Equal("outbound|3306||mysql.db.svc.cluster.local", told.Subject);
        // The time in the line is the beginning; the sighting is the end.
        Assert.Equal(new DateTime(2021, 3, 16, 10, 29, 27, 582), told.Stamp!.Value.Clock);
    }

    [Fact]
    public void A_failed_connect_tells_why()
    {
        Sighting refused = Read.One("[2021-03-16T09:29:27.498Z] \"- - -\" 0 UF,URX - - \"delayed_connect_error:_111\" 0 0 1 - \"-\" \"-\" \"-\" \"-\" \"10.0.0.1:3306\" outbound|3306||mysql - 10.96.0.7:3306 10.244.0.31:50842 - -");
        Assert.Equal((Sign.ProxyConnectFailed, 111, "10.244.0.31"), (refused.Sign, refused.Errno!.Value, refused.ClientHost));
    }

    [Fact]
    public void A_log_in_JSON_tells_the_same()
    {
        Sighting told = Read.One("{\"start_time\":\"2021-03-16T09:29:27.498Z\",\"method\":null,\"protocol\":null,\"response_flags\":\"UC\",\"duration\":1000,\"upstream_host\":\"10.0.0.1:3306\",\"downstream_remote_address\":\"10.0.0.9:4711\",\"upstream_cluster\":\"outbound|3306||mysql\"}");
        Assert.Equal((Sign.ProxyBackendLost, "10.0.0.1", 3306, "10.0.0.9", 4711, TimeSpan.FromSeconds(1)), (told.Sign, told.ServerHost, told.ServerPort!.Value, told.ClientHost, told.ClientPort!.Value, told.Elapsed!.Value));
    }

    [Theory]
    [InlineData("[2021-03-16T09:29:27.498Z] \"- - -\" 0 - - - \"-\" 6238 6291 84 - \"-\" \"-\" \"-\" \"-\" \"100.77.28.132:1521\" PassthroughCluster 10.244.0.31:50844 100.77.28.132:1521 10.244.0.31:50842 - -")]
    [InlineData("[2021-03-16T09:29:27.498Z] \"GET / HTTP/1.1\" 200 - via_upstream - \"-\" 0 770 26 26 \"-\" \"curl\" \"f0\" \"httpbin.org\" \"10.0.0.1:3306\" outbound|80||x - 10.0.0.1:80 10.0.0.9:4711 - default")]
    [InlineData("{\"method\":\"GET\",\"response_flags\":\"UC\",\"upstream_host\":\"10.0.0.1:3306\"}")]
    [InlineData("\"response_flags\" of port 10.0.0.1:3306 are UF")]
    public void Other_traffic_gives_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void No_mutation_of_a_line_throws() => Mutated.NeverThrows("[2021-03-16T09:29:27.498Z] \"- - -\" 0 UF,URX - -" + Places, static text => Read.Lines(text));
}
