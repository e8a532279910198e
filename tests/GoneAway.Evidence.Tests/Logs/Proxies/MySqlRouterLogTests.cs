using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class MySqlRouterLogTests
{
    [Theory]
    [InlineData("2025-09-10 17:40:53 routing WARNING [7f37017fa640] No available servers found for PRIMARY routing", Sign.ProxyNoServer, "PRIMARY", null)]
    [InlineData("2025-09-10 17:40:55 routing ERROR [7f37037fe640] [routing:bootstrap_rw] connecting to backend(s) for client from 10.64.40.111:7746 failed: no destinations: no more destinations", Sign.ProxyConnectFailed, "routing:bootstrap_rw", "10.64.40.111")]
    [InlineData("2025-09-10 17:40:55 routing INFO [7f37037fe640] Stop accepting connections for routing routing:bootstrap_rw listening on 0.0.0.0:6446", Sign.ProxyNoServer, "routing:bootstrap_rw", null)]
    [InlineData("2020-09-10 17:40:55 routing WARNING [7f37037fe640] [routing:rw] reached max active connections (512 max=512)", Sign.ProxyQueueTimedOut, "routing:rw", null)]
    [InlineData("2020-09-10 17:40:55 routing WARNING [7f37037fe640] [routing:rw] blocking client host 10.0.0.9", Sign.HostBlockedLogged, "routing:rw", "10.0.0.9")]
    public void What_it_could_not_do_is_told(string line, Sign sign, string subject, string? client)
    {
        Sighting told = Read.One(line);
        Assert.Equal((sign, subject, client), (told.Sign, told.Subject, told.ClientHost));
        Assert.Equal(["mysqlrouter"], told.Stack);
    }

    [Theory]
    [InlineData("expected: No available servers found for PRIMARY routing")]
    [InlineData("2025-09-10 17:40:53 routing INFO [7f37017fa640] started: routing strategy = first-available")]
    public void Other_lines_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void No_mutation_of_a_line_throws() =>
        Mutated.NeverThrows("2025-09-10 17:40:55 routing ERROR [7f37037fe640] [routing:rw] connecting to backend(s) for client from 10.64.40.111:7746 failed: no destinations", static text => Read.Lines(text));
}
