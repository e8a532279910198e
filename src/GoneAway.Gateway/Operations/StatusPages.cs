namespace GoneAway.Gateway.Operations;

/// <summary>/healthz, /readyz and /metrics.</summary>
public static class StatusPages
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async ValueTask<HttpAnswer> AnswerAsync(string path, IGatewayStatus status, EventLog events, TimeProvider time, CancellationToken cancel) => path switch
    {
        "/healthz" => await HealthAsync(status, time, cancel),
        "/readyz" => Ready(status),
        "/metrics" => new HttpAnswer(200, "text/plain; version=0.0.4; charset=utf-8", Metrics.Text(Metrics.Collect(status, events))),
        _ => HttpAnswer.Plain(404, "/healthz, /readyz, /metrics\n"),
    };

    /// <summary>Alive: every loop does a piece of work in time. Says nothing of backends, for a restart would not bring them back.</summary>
    private static async ValueTask<HttpAnswer> HealthAsync(IGatewayStatus status, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await status.AnswerAsync(cancel).WaitAsync(Patience, time, cancel);
            return HttpAnswer.Plain(200, "ok\n");
        }
        catch (TimeoutException)
        {
            return HttpAnswer.Plain(503, $"a loop has not answered for {Patience.TotalSeconds:0} s\n");
        }
    }

    private static HttpAnswer Ready(IGatewayStatus status)
    {
        if (status.Draining)
            return HttpAnswer.Plain(503, "draining: the gateway stops\n");
        IReadOnlyList<BackendStatus> backends = status.Backends;
        foreach (BackendStatus one in backends)
            if (one.State is BackendState.Up or BackendState.Ramping)
                return HttpAnswer.Plain(200, "ok\n");
        return HttpAnswer.Plain(503, "no backend is up: " + string.Join("; ", backends.Select(static one => $"{one.Name} is {Metrics.Word(one.State)}{(one.Reason is null ? "" : ", " + one.Reason)}")) + "\n");
    }
}
