using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Tests.Operations;

public sealed class HttpEndpointTests : IAsyncLifetime
{
    private readonly FakeCore core = new("x");
    private readonly EventLog events = new(Stream.Null, json: false, 1000, TimeProvider.System);
    private readonly Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private HttpEndpoint? endpoint;

    public Task InitializeAsync()
    {
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        endpoint = new HttpEndpoint(listening, (path, cancel) => path == "/throws" ? throw new InvalidOperationException("secret") : StatusPages.AnswerAsync(path, core, events, TimeProvider.System, cancel), TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await endpoint!.DisposeAsync();
        await events.DisposeAsync();
        listening.Dispose();
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "ok\n")]
    [InlineData("GET /readyz?verbose HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "ok\n")]
    [InlineData("HEAD /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "")]
    [InlineData("GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "/healthz, /readyz, /metrics\n")]
    [InlineData("POST /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed", "GET and HEAD only\n")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request", "not an HTTP request\n")]
    [InlineData("GET http://x/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "not an HTTP request\n")]
    [InlineData("GET /throws HTTP/1.1\r\n\r\n", "HTTP/1.1 500 Internal Server Error", "InvalidOperationException\n")]
    public async Task A_request_has_its_answer(string request, string status, string body)
    {
        string answer = await AskAsync(request);
        Assert.StartsWith(status + "\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + body, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_an_end_is_too_large() =>
        Assert.StartsWith("HTTP/1.1 431 ", await AskAsync("GET /" + new string('a', 9000)), StringComparison.Ordinal);

    [Fact]
    public async Task Silent_connections_do_not_keep_others_out_for_ever()
    {
        var silent = new List<Socket>();
        for (int i = 0; i < 63; i++)
            silent.Add(await ConnectAsync());
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("GET /healthz HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        silent.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Without_a_backend_it_is_alive_and_not_ready_and_says_why()
    {
        core.Backends = [core.Backends[0] with { State = BackendState.Down, Reason = "connection refused" }];
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("GET /healthz HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        string answer = await AskAsync("GET /readyz HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable", answer, StringComparison.Ordinal);
        Assert.EndsWith("no backend is up: db\"1 is down, connection refused\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Error, Name = "idle-timeout", Text = "x" });
        string answer = await AskAsync("GET /metrics HTTP/1.1\r\n\r\n");
        Assert.Contains("Content-Type: text/plain; version=0.0.4", answer, StringComparison.Ordinal);
        Assert.Contains("# TYPE goneaway_queries_total counter\ngoneaway_queries_total 42\n", answer, StringComparison.Ordinal);
        Assert.Contains("goneaway_backend_state{backend=\"db\\\"1\",state=\"up\"} 1\n", answer, StringComparison.Ordinal);
        Assert.Contains("goneaway_events_total{kind=\"incident\",name=\"idle-timeout\"} 1\n", answer, StringComparison.Ordinal);
        string[] lines = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line => Assert.Matches("^(# (HELP|TYPE) (goneaway|dotnet)_[a-z_]+ .+|(goneaway|dotnet)_[a-z_]+(\\{.+\\})? [0-9.E+-]+)$", line));
        string[] types = [.. lines.Where(static line => line.StartsWith("# TYPE", StringComparison.Ordinal))];
        Assert.Equal(types.Distinct(), types);
    }

    [Fact]
    public void Each_counter_is_told_and_summed()
    {
        var one = new GatewayCounters();
        var fields = typeof(GatewayCounters).GetFields();
        for (int i = 0; i < fields.Length; i++)
            fields[i].SetValue(one, i + 1L);
        var sum = new GatewayCounters();
        sum.Add(one);
        sum.Add(one);
        Assert.Equal(fields.Length, GatewayCounters.All.Count);
        Assert.All(Enumerable.Range(0, fields.Length), i => Assert.Equal(2L * (i + 1), fields[i].GetValue(sum)));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listening.LocalEndPoint!);
        return socket;
    }

    private async Task<string> AskAsync(string request)
    {
        using Socket socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
