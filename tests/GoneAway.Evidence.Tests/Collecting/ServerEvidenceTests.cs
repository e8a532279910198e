using GoneAway.Evidence.Collecting;
using GoneAway.Evidence.Server.Live;
using GoneAway.Evidence.Tests.Server.Live;
using GoneAway.Lab.Parts;

namespace GoneAway.Evidence.Tests.Collecting;

/// <summary>Real servers' answers, as they are written into a folder.</summary>
[Collection(LiveServers.Name)]
public sealed class ServerEvidenceTests(MariaDbServer maria, MySqlServer mysql) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-collected-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Text(string name) => File.ReadAllText(Path.Combine(folder, name));

    private async Task<(ServerEvidence Evidence, Collection Collection)> Take(LocalServer server, string user, string password, string? statement = null)
    {
        var address = new ServerAddress { Host = "127.0.0.1", Port = server.Port, User = user };
        await using MySqlConnection other = await MySqlConnection.OpenAsync(address, new Secret(password), TimeSpan.FromSeconds(15));
        Task<QueryAnswer>? running = statement is null ? null : other.QueryAsync(statement);
        await using MySqlConnection connection = await MySqlConnection.OpenAsync(address, new Secret(password), TimeSpan.FromSeconds(15));
        var collection = new Collection(folder);
        var evidence = new ServerEvidence(connection, collection, "server", "it");
        await evidence.TakeAsync(TimeSpan.FromSeconds(0.1), TimeProvider.System, CancellationToken.None);
        collection.Finish("here", DateTimeOffset.UnixEpoch, "1.2.3");
        if (running is not null)
            await running;
        return (evidence, collection);
    }

    [MariaDbFact]
    public async Task MariaDB_tells_all_as_its_client_would_print_it()
    {
        (ServerEvidence evidence, Collection collection) = await Take(maria.Server!, "native", "native secret", "SELECT SLEEP(3), 'private words'");
        Assert.True(evidence.IsLocal);
        Assert.Contains("\nwait_timeout\t28800\n", Text("server/variables.txt"));
        Assert.StartsWith("Variable_name\tValue\n", Text("server/status-1.txt"));
        Assert.Contains("\nUptime\t", Text("server/status-2.txt"));
        Assert.Contains("SELECT SLEEP(3), '?'", Text("server/processlist.txt"));
        Assert.StartsWith("*************************** 1. row", Text("server/innodb-status.txt"));
        Assert.Contains("BACKGROUND THREAD", Text("server/innodb-status.txt"));
        Assert.Contains("program_name", Text("server/session_connect_attrs.txt"));
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("private words", File.ReadAllText(path));
        string manifest = Text("MANIFEST.txt");
        Assert.StartsWith("GoneAway collection of here, 1970-01-01 00:00:00Z, goneaway 1.2.3\n", manifest);
        Assert.Contains("server/variables.txt", manifest);
        Assert.Empty(collection.Missing);
    }

    [MySqlFact]
    public async Task MySQL_tells_its_error_log_by_a_table()
    {
        await Take(mysql.Server!, "sha", "sha secret, longer than the twenty bytes of a scramble");
        Assert.Contains("Z 0 [System] [MY-010931] [Server] ", Text("server/error.log"));
        Assert.Contains("\nwait_timeout\t28800\n", Text("server/variables.txt"));
    }

    [MySqlFact]
    public async Task What_an_account_may_not_see_is_listed()
    {
        (_, Collection collection) = await Take(mysql.Server!, "nobody", "nobody secret");
        Assert.Contains(collection.Missing, static miss => miss.What == "server: SHOW ENGINE INNODB STATUS" && miss.Why.StartsWith("error 1227", StringComparison.Ordinal));
    }
}
