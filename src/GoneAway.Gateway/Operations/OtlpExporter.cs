using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;

namespace GoneAway.Gateway.Operations;

/// <summary>Sends log records and metrics by OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp). What cannot be sent in time is dropped and counted; nobody waits for it.</summary>
public sealed class OtlpExporter : IAsyncDisposable
{
    private const int Waiting = 4096, Batch = 512, Tries = 5;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1), MetricsEvery = TimeSpan.FromSeconds(15), Patience = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromSeconds(30);

    private readonly Channel<(DateTimeOffset, GatewayEvent)> queue = Channel.CreateBounded<(DateTimeOffset, GatewayEvent)>(Waiting);
    private readonly HttpClient client;
    private readonly string endpoint;
    private readonly Func<IReadOnlyList<Metric>> metrics;
    private readonly TimeProvider time;
    private readonly OtlpJson json;
    private readonly CancellationTokenSource stop = new();
    private readonly Task sending, measuring;
    private long dropped;

    /// <param name="endpoint">http://host:4318; /v1/logs and /v1/metrics are put behind it.</param>
    /// <param name="headers">name=value,name=value; may hold secrets and is never shown. Null: none.</param>
    public OtlpExporter(string endpoint, string? headers, Func<IReadOnlyList<Metric>> metrics, TimeProvider time)
    {
        this.endpoint = endpoint.TrimEnd('/');
        (this.metrics, this.time) = (metrics, time);
        json = new OtlpJson(time.GetUtcNow());
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        foreach (string header in headers?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
            if (header.IndexOf('=', StringComparison.Ordinal) is > 0 and var cut)
                client.DefaultRequestHeaders.TryAddWithoutValidation(header[..cut].Trim(), Uri.UnescapeDataString(header[(cut + 1)..].Trim()));
        sending = SendLogsAsync();
        measuring = SendMetricsAsync();
    }

    /// <summary>Log records that were never delivered.</summary>
    public long Dropped => Volatile.Read(ref dropped);

    /// <summary>Takes an event for sending; never waits.</summary>
    public void Offer(DateTimeOffset when, GatewayEvent what)
    {
        if (!queue.Writer.TryWrite((when, what)))
            Interlocked.Increment(ref dropped);
    }

    /// <summary>Sends what waits once more, within a few seconds, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        stop.CancelAfter(TimeSpan.FromSeconds(3));
        await sending;
        await stop.CancelAsync();
        await measuring;
        client.Dispose();
        stop.Dispose();
    }

    private async Task SendLogsAsync()
    {
        await Task.Yield();
        var batch = new List<(DateTimeOffset, GatewayEvent)>(Batch);
        var body = new ArrayBufferWriter<byte>();
        while (await queue.Reader.WaitToReadAsync())
        {
            if (!queue.Reader.Completion.IsCompleted && queue.Reader.Count < Batch)
                await Task.Delay(Gather, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batch.Clear();
            while (batch.Count < Batch && queue.Reader.TryRead(out (DateTimeOffset, GatewayEvent) next))
                batch.Add(next);
            body.ResetWrittenCount();
            OtlpJson.Logs(batch, body);
            if (!await PostAsync("/v1/logs", body.WrittenMemory, Tries))
                Interlocked.Add(ref dropped, batch.Count);
        }
    }

    private async Task SendMetricsAsync()
    {
        await Task.Yield();
        var body = new ArrayBufferWriter<byte>();
        do
        {
            body.ResetWrittenCount();
            json.Metrics(time.GetUtcNow(), metrics(), body);
            // Cumulative: the next ones tell all that these would have.
            _ = await PostAsync("/v1/metrics", body.WrittenMemory, 1);
            await Task.Delay(MetricsEvery, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!stop.IsCancellationRequested);
    }

    private async Task<bool> PostAsync(string path, ReadOnlyMemory<byte> body, int tries)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        for (int i = 0; i < tries && !stop.IsCancellationRequested; i++)
        {
            if (i > 0)
                await Task.Delay(pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                using var late = new CancellationTokenSource(Patience, time);
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop.Token);
                using var content = new ReadOnlyMemoryContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using HttpResponseMessage response = await client.PostAsync(new Uri(endpoint + path), content, cancel.Token);
                if (response.IsSuccessStatusCode)
                    return true;
                // These alone mean "later" (OTLP: failures).
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout))
                    return false;
                if (response.Headers.RetryAfter?.Delta is { } asked)
                    pause = asked < LongestPause ? asked : LongestPause;
            }
            catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException or IOException)
            {
            }
        }
        return false;
    }
}
