using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Tests.Operations;

/// <summary>A core that says its name to each client and then lets it be.</summary>
internal sealed class FakeCore(string name) : IGatewayCore, IGatewayStatus
{
    private readonly List<Socket> clients = [];
    private CancellationTokenSource? accepting;
    private List<Task> loops = [];

    public List<GatewayOptions> Reloaded { get; } = [];
    public IReadOnlyList<BackendStatus> Backends { get; set; } = [new BackendStatus { Name = "db\"1", Address = "127.0.0.1:3306", State = BackendState.Up, Open = 3, InUse = 1, Idle = 2, Weight = 1 }];
    public GatewayCounters Counters { get; } = new() { Queries = 42 };
    public TaskCompletionSource Ended { get; } = new();
    public bool Hangs { get; set; }
    /// <summary>What a reload ends with.</summary>
    public Exception? Refuses { get; set; }

    public IGatewayStatus Status => this;
    public long Waiting => 4;
    public long SpooledInMemory => 5;
    public long SpooledOnDisk => 7;
    public bool Draining { get; private set; }

    public long Clients
    {
        get
        {
            lock (clients)
                return clients.Count;
        }
    }

    public void Start(IReadOnlyList<ListeningSocket> sockets)
    {
        accepting = new CancellationTokenSource();
        loops = [.. sockets.Select(one => AcceptAsync(one.Socket, accepting.Token))];
    }

    public void Reload(GatewayOptions options, IReadOnlyList<ListeningSocket> sockets)
    {
        if (Refuses is not null)
            throw Refuses;
        StopAccepting();
        Draining = false;
        Reloaded.Add(options);
        Start(sockets);
    }

    public void StopAccepting()
    {
        Draining = true;
        accepting?.Cancel();
        Task.WaitAll([.. loops]);
    }

    public async Task DrainAsync(CancellationToken enough)
    {
        using CancellationTokenRegistration cut = enough.Register(() => Ended.TrySetResult());
        await Ended.Task;
        lock (clients)
        {
            clients.ForEach(static one => one.Dispose());
            clients.Clear();
        }
    }

    public void Count(GatewayCounters sum) => sum.Add(Counters);

    public Task AnswerAsync(CancellationToken cancel) => Hangs ? Task.Delay(Timeout.Infinite, cancel) : Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        accepting?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(Socket socket, CancellationToken cancel)
    {
        await Task.Yield();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Socket client = await socket.AcceptAsync(cancel);
                await client.SendAsync(Encoding.ASCII.GetBytes(name));
                lock (clients)
                    clients.Add(client);
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException)
            {
            }
        }
    }
}
