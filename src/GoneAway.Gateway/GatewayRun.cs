using System.Net.Sockets;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway;

/// <summary>One run of a gateway: brings the parts up in order, does what it is asked, takes them down in order.</summary>
internal sealed class GatewayRun : IAsyncDisposable
{
    private static readonly TimeSpan ClientsLookedAt = TimeSpan.FromMilliseconds(200);

    /// <summary>How the name of a socket for HTTP begins in a handover.</summary>
    private const string HttpName = "http=";

    private readonly GatewayOptions first;
    private readonly HostSurroundings around;
    private readonly EventLog log;
    private GatewayOptions options;
    private List<ListeningSocket> sockets = [];
    private List<ListeningSocket> http = [];
    private List<HttpEndpoint> pages = [];
    private IGatewayCore? core;
    private HandoverServer? handover;
    private OtlpExporter? otlp;
    /// <summary>Another process has the listening sockets too, and serves them if this one does not.</summary>
    private bool elsewhere;

    public GatewayRun(GatewayOptions options, HostSurroundings around)
    {
        (first, this.options, this.around) = (options, options, around);
        log = new EventLog(around.Log, options.Operation.JsonLog, options.Operation.LogRate, around.Time);
    }

    public async Task<int> RunAsync()
    {
        if (!Begin())
            return 1;
        await ServeAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await EndHandoverAsync();
        if (core is not null)
            await core.DisposeAsync();
        foreach (HttpEndpoint one in pages)
            await one.DisposeAsync();
        if (elsewhere)
            ListeningSockets.Release([.. sockets, .. http]);
        else
            ListeningSockets.Close([.. sockets, .. http]);
        await log.DisposeAsync();
        if (otlp is not null)
            await otlp.DisposeAsync();
    }

    private bool Begin()
    {
        OperationOptions operation = options.Operation;
        HandoverClient? before = null;
        try
        {
            before = operation.HandoverSocket is { } path ? HandoverClient.Take(path) : null;
            elsewhere = before is not null;
            IReadOnlyList<ListeningSocket> inherited = before?.Sockets ?? Systemd.Activated();
            ListeningSocket[] webs = [.. inherited.Where(static one => one.Name.StartsWith(HttpName, StringComparison.Ordinal)).Select(static one => one with { Name = one.Name[HttpName.Length..] })];
            sockets = [.. inherited.Where(static one => !one.Name.StartsWith(HttpName, StringComparison.Ordinal))];
            List<ListeningSocket> open = ListeningSockets.Open(Names(options), sockets);
            ListeningSockets.Release([.. sockets.Except(open)]);
            sockets = open;
            http = operation.Http is null ? [] : ListeningSockets.Open([operation.Http], webs);
            ListeningSockets.Release([.. webs.Except(http)]);
            core = around.Core?.Invoke(options, log) ?? new GatewayCore(options, log, around.Judge) { Holders = around.Holders };
            if (operation.OtlpEndpoint is not null)
            {
                string? headers = operation.OtlpHeadersVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null;
                otlp = new OtlpExporter(operation.OtlpEndpoint, headers, () => Metrics.Collect(core.Status, log), around.Time);
                (log.Also, log.NotSent) = (otlp.Offer, () => otlp.Dropped);
            }
            core.Start(sockets);
            pages = [.. http.Select(one => new HttpEndpoint(one.Socket, (path, cancel) => StatusPages.AnswerAsync(path, core.Status, log, around.Time, cancel), around.Time))];
            if (operation.HandoverSocket is not null)
                handover = new HandoverServer(operation.HandoverSocket, Given, around.Time);
            Note(EventLevel.Info, before is null ? "started" : "took-over", $"listening on {string.Join(", ", sockets.Select(static one => one.Name))}; backends: {string.Join(", ", options.Backends.Select(static one => one.Name ?? one.Address))}");
            before?.SayReady();
            elsewhere = false;
            Systemd.NotifyReady();
            return true;
        }
        catch (Exception failed) when (IsOfSurroundings(failed))
        {
            Note(EventLevel.Error, "not-started", Words(failed));
            return false;
        }
        finally
        {
            before?.Dispose();
        }
    }

    /// <summary>An address that cannot be had, a file that is not what it should be.</summary>
    private static bool IsOfSurroundings(Exception failed) => failed is SocketException or IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException;

    private static string Words(Exception failed) => (failed.Data["address"] is string address ? address + ": " : "") + failed.Message;

    /// <summary>Does what it is asked until it has stopped.</summary>
    private async Task ServeAsync()
    {
        Task taken = handover?.Taken ?? Task.Delay(Timeout.Infinite, CancellationToken.None);
        while (true)
        {
            Task<HostCommand> asked = around.Commands.ReadAsync().AsTask();
            if (await Task.WhenAny(asked, taken) == taken)
            {
                Note(EventLevel.Info, "handed-over", "another process has the listening sockets; the clients that are here stay until they leave");
                elsewhere = true;
                await StopAcceptingAsync();
                if (await LingerAsync(asked) is { } next)
                    await DrainAsync(next);
                return;
            }
            switch (await asked)
            {
                case HostCommand.Reload:
                    Reload();
                    break;
                case HostCommand.Replace:
                    Replace();
                    break;
                case HostCommand.Drain:
                    Systemd.NotifyStopping();
                    await EndHandoverAsync();
                    await StopAcceptingAsync();
                    await DrainAsync(around.Commands.ReadAsync().AsTask());
                    return;
                default:
                    Systemd.NotifyStopping();
                    Note(EventLevel.Warning, "stopped", "asked to stop at once");
                    return;
            }
        }
    }

    private void Reload()
    {
        Systemd.NotifyReloading();
        List<ListeningSocket> open = [];
        try
        {
            (GatewayOptions? read, IReadOnlyList<string> errors) = around.Reread();
            foreach (string error in errors)
                Note(EventLevel.Error, "reload-refused", error);
            if (read is null)
                return;
            open = ListeningSockets.Open(Names(read), sockets);
            ListeningSocket[] gone = [.. sockets.Except(open)];
            core!.Reload(read, open);
            (options, sockets) = (read, open);
            ListeningSockets.Close(gone);
            string later = Later(read.Operation, first.Operation);
            Note(EventLevel.Info, "reloaded", "new options are in force" + (later.Length == 0 ? "" : "; waiting for the next start: " + later));
        }
        catch (Exception failed) when (IsOfSurroundings(failed))
        {
            ListeningSockets.Close([.. open.Except(sockets)]);
            Note(EventLevel.Error, "reload-refused", Words(failed));
        }
        finally
        {
            Systemd.NotifyReady();
        }
    }

    private void Replace()
    {
        if (handover is null)
        {
            Note(EventLevel.Error, "replace-refused", "operation.handover_socket is not set: a new process would have nothing to take over");
            return;
        }
        try
        {
            around.StartSuccessor();
            Note(EventLevel.Info, "replacing", "a new process is started");
        }
        catch (Exception failed) when (failed is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Note(EventLevel.Error, "replace-refused", failed.Message);
        }
    }

    /// <summary>Serves the clients it has, and no others, for as long as they want. The next command where it was long enough, or somebody said so; null when all have left.</summary>
    private async Task<Task<HostCommand>?> LingerAsync(Task<HostCommand> asked)
    {
        using var enough = new CancellationTokenSource(options.Operation.HandoverTimeout, around.Time);
        while (core!.Status.Clients > 0)
        {
            Task tick = Task.Delay(ClientsLookedAt, enough.Token);
            if (await Task.WhenAny(tick, asked) == asked)
            {
                bool ends = await asked is HostCommand.Drain or HostCommand.Stop;
                asked = around.Commands.ReadAsync().AsTask();
                if (ends)
                    return asked;
            }
            if (enough.IsCancellationRequested)
                return asked;
        }
        Note(EventLevel.Info, "drained", "all clients have ended");
        return null;
    }

    /// <param name="asked">The next command; anything but a reload says that it was long enough.</param>
    private async Task DrainAsync(Task<HostCommand> asked)
    {
        Note(EventLevel.Info, "draining", $"{core!.Status.Clients} clients have up to {Units.Show(options.Operation.DrainTimeout)} to end");
        using var enough = new CancellationTokenSource(options.Operation.DrainTimeout, around.Time);
        Task drained = core.DrainAsync(enough.Token);
        while (await Task.WhenAny(drained, asked) == asked)
        {
            if (await asked is HostCommand.Drain or HostCommand.Stop)
            {
                await enough.CancelAsync();
                break;
            }
            asked = around.Commands.ReadAsync().AsTask();
        }
        await drained;
        Note(EventLevel.Info, "drained", core.Status.Clients == 0 ? "all clients have ended" : $"{core.Status.Clients} clients were cut off");
    }

    /// <summary>A process that comes from now on finds nobody, and opens sockets of its own. One that has been given these may be about to serve them.</summary>
    private async Task EndHandoverAsync()
    {
        if (handover is not { } giving)
            return;
        handover = null;
        await giving.DisposeAsync();
        elsewhere |= giving.IsGiven;
    }

    /// <summary>HTTP answers until the end, unless another process answers it.</summary>
    private async Task StopAcceptingAsync()
    {
        core!.StopAccepting();
        if (elsewhere)
        {
            foreach (HttpEndpoint one in pages)
                await one.DisposeAsync();
            pages = [];
            ListeningSockets.Release(http);
            ListeningSockets.Release(sockets);
            http = [];
        }
        else
        {
            ListeningSockets.Close(sockets);
        }
        sockets = [];
    }

    private IReadOnlyList<ListeningSocket> Given() => [.. sockets, .. http.Select(static one => one with { Name = HttpName + one.Name })];

    /// <summary>What systemd opened stands for all that the options say.</summary>
    private IReadOnlyList<string> Names(GatewayOptions wanted)
    {
        string[] activated = [.. sockets.Select(static one => one.Name).Where(static one => one.StartsWith(Systemd.SocketName, StringComparison.Ordinal)).Distinct()];
        return activated.Length > 0 ? activated : wanted.Listen;
    }

    private static string Later(OperationOptions now, OperationOptions then)
    {
        (string Key, bool Changed)[] keys =
        [
            ("http", now.Http != then.Http), ("threads", now.Threads != then.Threads), ("handover_socket", now.HandoverSocket != then.HandoverSocket), ("json_log", now.JsonLog != then.JsonLog),
            ("log_rate", now.LogRate != then.LogRate), ("otlp_endpoint", now.OtlpEndpoint != then.OtlpEndpoint), ("otlp_headers_variable", now.OtlpHeadersVariable != then.OtlpHeadersVariable),
        ];
        return string.Join(", ", keys.Where(static one => one.Changed).Select(static one => one.Key));
    }

    private void Note(EventLevel level, string name, string text) => log.Note(new GatewayEvent { Kind = EventKind.Operation, Level = level, Name = name, Text = text });
}
