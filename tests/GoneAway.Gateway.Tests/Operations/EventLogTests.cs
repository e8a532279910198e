using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Tests.Operations;

public sealed class EventLogTests
{
    private static readonly GatewayEvent Lost = new()
    {
        Kind = EventKind.Incident, Level = EventLevel.Error, Name = "idle-timeout", Text = "db1 closed it\e[31m\nafter 28800 s", IncidentId = "7f3a", Client = "10.0.0.5:40112", User = "app user",
        Backend = "db1", Session = 17, ServerThread = 99, Statement = StatementMark.Of("select 1"u8), After = TimeSpan.FromSeconds(1.5),
    };

    [Fact]
    public async Task A_line_for_people_has_all_and_cannot_move_the_cursor()
    {
        string line = await LogAsync(false, Lost);
        Assert.Contains("Z ERROR incident idle-timeout: db1 closed it\\u001b[31m\\u000aafter 28800 s incident_id=7f3a client=10.0.0.5:40112 user=\"app user\" backend=db1 session=17 server_thread=99 statement=\"SELECT #", line, StringComparison.Ordinal);
        Assert.EndsWith(" after_seconds=1.5\n", line, StringComparison.Ordinal);
        Assert.Single(line, static one => one == '\n');
    }

    [Fact]
    public async Task A_JSON_line_is_one_object()
    {
        using var json = JsonDocument.Parse(await LogAsync(true, Lost));
        Assert.Equal("idle-timeout", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(Lost.Text, json.RootElement.GetProperty("text").GetString());
        Assert.Equal(17, json.RootElement.GetProperty("session").GetInt32());
        Assert.Equal("ERROR", json.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public async Task A_flood_is_counted_and_its_number_logged()
    {
        var stream = new LogStream();
        var log = new EventLog(stream, json: false, rate: 10, TimeProvider.System);
        for (int i = 0; i < 100_000; i++)
            log.Note(Lost);
        log.Note(Lost with { Name = "other" });
        await log.DisposeAsync();
        Assert.Equal(100_000, log.Counts().Single(static one => one.Key.Name == "idle-timeout").Count);
        Assert.InRange(log.NotLogged, 1, 99_990);
        Assert.Contains("incident other: ", stream.Text, StringComparison.Ordinal);
        string[] lines = stream.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        long told = lines.Where(static line => line.Contains("more of these", StringComparison.Ordinal)).Sum(static line => long.Parse(line.Split(": ")[1].Split(' ')[0]));
        Assert.Equal(log.NotLogged, told);
        Assert.Equal(100_001, told + lines.Count(static line => line.Contains("db1 closed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE id = 5", "select  *\nfrom t where id=17")]
    [InlineData("/* app:x */ SELECT 'a'", "SELECT 'it\\'s' -- why")]
    [InlineData("INSERT INTO t VALUES (\"a\\\"b\", 0x1F)", "INSERT INTO t VALUES ('c', 1.5)")]
    public void The_same_statement_with_other_literals_has_the_same_mark(string one, string other) =>
        Assert.Equal(Mark(one), Mark(other));

    [Fact]
    public void Another_statement_has_another_mark_and_data_is_not_in_it()
    {
        Assert.NotEqual(Mark("SELECT a FROM t"), Mark("SELECT b FROM t"));
        Assert.NotEqual(Mark("SELECT t1.a"), Mark("SELECT t2.a"));
        Assert.Equal("?", Mark("").Keyword);
        Assert.Matches("^SET #[0-9a-f]{16}$", Mark("SET PASSWORD = 'hunter2'").ToString());
    }

    [Fact]
    public async Task Logs_and_metrics_go_out_as_OTLP_and_a_failing_collector_is_tried_again()
    {
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)listening.LocalEndPoint!).Port;
        listening.Dispose();
        using var collector = new HttpListener();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        var core = new FakeCore("x");
        await using var events = new EventLog(Stream.Null, json: false, 100, TimeProvider.System);
        var exporter = new OtlpExporter($"http://127.0.0.1:{port}/", "api-key=s%20x, bad", () => Metrics.Collect(core, events), TimeProvider.System);
        exporter.Offer(DateTimeOffset.UnixEpoch.AddSeconds(1), Lost);
        JsonElement? logs = null, metrics = null;
        int refused = 0;
        while (logs is null || metrics is null)
        {
            HttpListenerContext got = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal("s x", got.Request.Headers["api-key"]);
            Assert.Equal("application/json", got.Request.ContentType);
            using var json = await JsonDocument.ParseAsync(got.Request.InputStream);
            bool isLogs = got.Request.Url!.AbsolutePath == "/v1/logs";
            got.Response.StatusCode = isLogs && refused++ == 0 ? 503 : 200;
            if (got.Response.StatusCode == 200 && isLogs)
                logs = json.RootElement.Clone();
            else if (!isLogs)
                metrics = json.RootElement.Clone();
            got.Response.Close();
        }
        await exporter.DisposeAsync();
        Assert.Equal(2, refused);
        Assert.Equal(0, exporter.Dropped);
        JsonElement record = logs.Value.GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords")[0];
        Assert.Equal("1000000000", record.GetProperty("timeUnixNano").GetString());
        Assert.Equal(17, record.GetProperty("severityNumber").GetInt32());
        Assert.Equal(Lost.Text, record.GetProperty("body").GetProperty("stringValue").GetString());
        Assert.Contains(record.GetProperty("attributes").EnumerateArray(), static one => one.GetProperty("key").GetString() == "goneaway.incident_id");
        JsonElement[] each = [.. metrics.Value.GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics").EnumerateArray()];
        JsonElement queries = each.Single(static one => one.GetProperty("name").GetString() == "goneaway_queries_total").GetProperty("sum");
        Assert.Equal(2, queries.GetProperty("aggregationTemporality").GetInt32());
        Assert.Equal(42, queries.GetProperty("dataPoints")[0].GetProperty("asDouble").GetDouble());
    }

    private static StatementMark Mark(string statement) => StatementMark.Of(System.Text.Encoding.UTF8.GetBytes(statement));

    private static async Task<string> LogAsync(bool json, GatewayEvent what)
    {
        var stream = new LogStream();
        await using (var log = new EventLog(stream, json, 10, TimeProvider.System))
            log.Note(what);
        return stream.Text;
    }
}
