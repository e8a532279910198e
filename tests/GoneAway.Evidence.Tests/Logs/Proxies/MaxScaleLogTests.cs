using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class MaxScaleLogTests
{
    private const string Lost = "2023-07-24 21:39:36   error  : (590) [readwritesplit] (Read-Write-Service); Lost connection to the primary server, closing session. Lost connection to primary server while connection was idle. A transaction is active and cannot be replayed. Connection has been idle for 28800 seconds. Error caused by: #HY000: Lost connection to backend server: network error (server2: 220, Connection reset by peer). Last close reason: <none>. Last error: ";

    [Fact]
    public void A_lost_primary_is_told_with_its_idleness_and_error()
    {
        Sighting lost = Read.One(Lost);
        Assert.Equal((Sign.ProxyBackendLost, TimeSpan.FromSeconds(28800), 104, "server2", "idle"), (lost.Sign, lost.Idle!.Value, lost.Errno!.Value, lost.Subject, lost.State));
        Assert.Equal(["maxscale"], lost.Stack);
    }

    [Fact]
    public void A_client_timed_out_is_told_with_its_account()
    {
        Sighting idle = Read.One("2023-01-01 10:00:00   warning: (77) Timing out 'app'@10.0.0.5, idle for 300 seconds");
        Assert.Equal((Sign.ProxyIdleClosed, TimeSpan.FromSeconds(300), "app", "10.0.0.5"), (idle.Sign, idle.Idle!.Value, idle.User, idle.ClientHost));
    }

    [Theory]
    [InlineData("2024-06-14 02:34:50   notice : Server changed state: example-hu-db-0[example-hu-db-0.internal.svc:3306]: master_up. [Down] -> [Master, Running]", Sign.ProxyServerUp, "example-hu-db-0", "example-hu-db-0.internal.svc")]
    [InlineData("2024-06-14 04:19:20   notice : Server changed state: db-1[db-1.internal:3306]: slave_down. [Slave, Running] -> [Down]", Sign.ProxyServerDown, "db-1", "db-1.internal")]
    [InlineData("2024-06-14 04:19:20   notice : Server changed state: db-1[10.0.0.2:3306]: new_master. [Slave, Running] -> [Master, Running]", Sign.RoleChanged, "db-1", "10.0.0.2")]
    [InlineData("2024-06-14 04:19:20   notice : Server changed state: db-0[10.0.0.1:3306]: lost_master. [Master, Running] -> [Running]", Sign.RoleChanged, "db-0", "10.0.0.1")]
    [InlineData("<30>Jun 14 04:19:20 lb maxscale[812]: (12) Server changed state: db-0[10.0.0.1:3306]: lost_slave. [Slave, Running] -> [Running]", Sign.ProxyServerDown, "db-0", "10.0.0.1")]
    public void A_change_of_a_servers_state_is_told(string line, Sign sign, string subject, string host)
    {
        Sighting told = Read.One(line);
        Assert.Equal((sign, subject, host, 3306), (told.Sign, told.Subject, told.ServerHost, told.ServerPort!.Value));
        Assert.Contains("->", told.State, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-06-14 04:19:20   error  : Monitor was unable to connect to server db-1[db-1.internal:3306] : 'Host '10.15.0.159' is not allowed to connect to this MariaDB server'", "db-1", "db-1.internal", null, "Host '10.15.0.159' is not allowed to connect to this MariaDB server")]
    [InlineData("2019-06-14 04:19:20   error  : Monitor was unable to connect to server [10.0.0.1]:3306 : \"Can't connect to MySQL server on '10.0.0.1' (111)\"", null, "10.0.0.1", 111, "Can't connect to MySQL server on '10.0.0.1' (111)")]
    [InlineData("2024-06-14 04:19:20   error  : Monitor timed out when connecting to server db-1[10.0.0.2:3306] : 'Can't connect to server on '10.0.0.2' (110)'", "db-1", "10.0.0.2", 110, "timeout: Can't connect to server on '10.0.0.2' (110)")]
    public void What_the_monitor_met_is_told_in_its_own_words(string line, string? subject, string host, int? errno, string state)
    {
        Sighting told = Read.One(line);
        Assert.Equal((Sign.ProxyServerDown, subject, host, 3306, errno, state), (told.Sign, told.Subject, told.ServerHost, told.ServerPort!.Value, told.Errno, told.State));
    }

    [Theory]
    [InlineData("2024-06-14 04:19:20   error  : (5) [readwritesplit] Couldn't find suitable Master from 2 candidates.", Sign.ProxyNoServer)]
    [InlineData("2024-06-14 04:19:20   error  : (5) Failed to create new router session for service 'RW'. See previous errors for more details.", Sign.ProxyConnectFailed)]
    [InlineData("2024-06-14 04:19:20   notice : MaxScale received signal SIGTERM. Exiting.", Sign.ProxyReloaded)]
    [InlineData("2024-06-14 04:19:20   alert  : MaxScale 6.4.1 received fatal signal 11. Commit ID: 1", Sign.UnitDied)]
    public void Refusals_and_ends_of_it_are_told(string line, Sign sign) => Assert.Equal(sign, Read.One(line).Sign);

    [Theory]
    [InlineData("ERROR: Lost connection to backend server. Please check if the Flask server is running on port 5000.")]
    [InlineData("Camera 5 has lost connection to the primary server")]
    [InlineData("Timing out the session, idle for long")]
    [InlineData("2024-06-14 04:19:20   notice : Server changed state: what")]
    public void Others_words_give_none_of_its_signs(string line) => Assert.DoesNotContain(Read.Lines(line).Sightings, static one => one.Stack.Contains("maxscale"));

    [Fact]
    public void No_mutation_of_a_line_throws() => Mutated.NeverThrows(Lost, static text => Read.Lines(text));
}
