using GoneAway.Evidence.Server.Live;
using GoneAway.Lab.Parts;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Server.Live;

/// <summary>What real servers tell, to an account that may see all and to one that may see nothing.</summary>
[Collection(LiveServers.Name)]
public sealed class SurveyTests(MariaDbServer maria, MySqlServer mysql)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static async Task<MySqlConnection> Open(LocalServer? server, string user, string password) =>
        await MySqlConnection.OpenAsync(new ServerAddress { Host = "127.0.0.1", Port = server!.Port, User = user }, new Secret(password), Patience);

    private Task<MySqlConnection> Maria(string user = "native") => Open(maria.Server, user, user + " secret");

    private Task<MySqlConnection> MySql(string user = "sha") => Open(mysql.Server, user, user == "sha" ? "sha secret, longer than the twenty bytes of a scramble" : user + " secret");

    private static async Task<ServerState> Survey(MySqlConnection connection, double watch = 0) => await new ServerSurvey(connection, "it", "server", TimeProvider.System).TakeAsync(TimeSpan.FromSeconds(watch));

    /// <summary>
    /// Surveys until the server shows what it will show in a moment: a session is at rest some time after its answer was sent, and InnoDB
    /// renews its list of transactions only when nobody has read it for 0.1 s.
    /// </summary>
    private static async Task<ServerState> SurveyUntil(MySqlConnection connection, Func<ServerState, bool> settled)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            ServerState state = await Survey(connection);
            if (settled(state) || deadline.IsCancellationRequested)
                return state;
            await Task.Delay(150);
        }
    }

    private static Sighting? Session(ServerState state, MySqlConnection of) => state.Sightings.SingleOrDefault(s => s.ThreadId == of.ThreadId);

    private static string Value(ServerState state, FactKind kind, string name) => state.Facts.Last(f => f.Kind == kind && f.Name == name && f.Scope is null).Value;

    [MariaDbFact]
    public async Task MariaDB_tells_an_administrator_all_but_the_values_of_sessions()
    {
        await using MySqlConnection sleeper = await Maria();
        await using MySqlConnection connection = await Maria();
        ServerState state = await SurveyUntil(connection, s => Session(s, sleeper)?.Idle is not null);
        Assert.True(state.IsMariaDb);
        Assert.Equal("28800", Value(state, FactKind.Variable, "wait_timeout"));
        Assert.True(double.Parse(Value(state, FactKind.Status, "greeting_seconds")) > 0);
        Assert.Equal("0", Value(state, FactKind.Replica, "rows"));
        Assert.StartsWith("values that sessions have set", Assert.Single(state.NotSeen));
        Sighting seen = Session(state, sleeper)!;
        Assert.Equal((Sign.SessionSeen, "native", "goneaway", Environment.ProcessId), (seen.Sign, seen.User, seen.Subject, seen.Pid));
        Assert.NotNull(seen.Idle);
        Assert.DoesNotContain(state.Sightings, s => s.ThreadId == connection.ThreadId);
    }

    [MySqlFact]
    public async Task MySQL_tells_an_administrator_what_each_session_has_set_and_which_errors_it_gave()
    {
        await using MySqlConnection other = await MySql();
        Assert.True((await other.QueryAsync("SET SESSION wait_timeout = 77, net_write_timeout = 7")).IsOk);
        await using MySqlConnection connection = await MySql();
        ServerState state = await Survey(connection);
        Assert.Empty(state.NotSeen);
        Fact wait = Assert.Single(state.Facts, f => f.Name == "wait_timeout" && f.Scope is not null);
        Assert.Equal(("77", $"session {other.ThreadId} sha@localhost", "server:variables_by_thread"), (wait.Value, wait.Scope, wait.Source));
        Assert.Contains(state.Facts, f => f.Name == "net_write_timeout" && f.Value == "7" && f.Scope == wait.Scope);
        Assert.Contains(state.Sightings, s => s.ThreadId == other.ThreadId && s.Subject == "goneaway");
    }

    [MySqlFact]
    public async Task Open_transactions_of_sleeping_sessions_are_seen()
    {
        await using MySqlConnection other = await MySql();
        foreach (string sql in (string[])["CREATE TABLE IF NOT EXISTS shop.t (a INT PRIMARY KEY)", "BEGIN", "INSERT INTO shop.t VALUES (1)"])
            Assert.True((await other.QueryAsync(sql)).IsOk);
        await using MySqlConnection connection = await MySql();
        ServerState state = await SurveyUntil(connection, s => Session(s, other)?.State == "in transaction");
        Assert.Equal("in transaction", Session(state, other)?.State);
    }

    [MariaDbFact]
    public async Task An_account_without_privileges_is_told_what_it_lacks_on_MariaDB()
    {
        await using MySqlConnection other = await Maria();
        await using MySqlConnection more = await Maria();
        await using MySqlConnection connection = await Maria("nobody");
        ServerState state = await Survey(connection);
        Assert.Equal("28800", Value(state, FactKind.Variable, "wait_timeout"));
        Assert.Contains(state.NotSeen, static n => n.Contains("sessions (needs PROCESS)", StringComparison.Ordinal));
        Assert.Contains("replication (needs SLAVE MONITOR, or REPLICATION CLIENT before 10.5)", state.NotSeen);
        Assert.Contains("open transactions (needs PROCESS)", state.NotSeen);
        Assert.Contains("stored events that run KILL (needs EVENT on *.*)", state.NotSeen);
    }

    [MySqlFact]
    public async Task An_account_without_privileges_is_told_what_it_lacks_on_MySQL()
    {
        await using MySqlConnection connection = await MySql("nobody");
        ServerState state = await Survey(connection);
        Assert.Equal("28800", Value(state, FactKind.Variable, "wait_timeout"));
        Assert.Contains("replication (needs REPLICATION CLIENT)", state.NotSeen);
        Assert.Contains("the host cache (needs SELECT on performance_schema.host_cache)", state.NotSeen);
        Assert.Contains(state.NotSeen, static n => n.StartsWith("values that sessions have set for themselves (needs SELECT on performance_schema.variables_by_thread", StringComparison.Ordinal));
        Assert.DoesNotContain(state.NotSeen, static n => n.Contains("error", StringComparison.Ordinal) && n.Contains("1064", StringComparison.Ordinal));
    }

    [MariaDbFact]
    public async Task Counters_are_read_twice()
    {
        await using MySqlConnection connection = await Maria();
        Task<ServerState> survey = Survey(connection, watch: 0.5);
        await using (MySqlConnection other = await Maria())
            await other.QueryAsync("KILL QUERY 999999");
        ServerState state = await survey;
        Fact[] readings = [.. state.Facts.Where(static f => f is { Kind: FactKind.Status, Name: "Com_kill" })];
        Assert.Equal(2, readings.Length);
        Assert.True(readings[1].At!.Value.Clock - readings[0].At!.Value.Clock >= TimeSpan.FromSeconds(0.4));
    }

    [MariaDbFact]
    public async Task A_stored_event_that_kills_is_found()
    {
        await using MySqlConnection connection = await Maria();
        Assert.True((await connection.QueryAsync("CREATE EVENT shop.reaper ON SCHEDULE EVERY 1 DAY DO KILL 1")).IsOk);
        ServerState state = await Survey(connection);
        Assert.Equal("shop.reaper", Assert.Single(state.Facts, static f => f.Kind == FactKind.KillingEvent).Name);
        Assert.True((await connection.QueryAsync("DROP EVENT shop.reaper")).IsOk);
    }
}
