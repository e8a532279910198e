using System.Net.Sockets;
using System.Text;

namespace GoneAway.Gateway.Operations;

/// <summary>
/// The old process's side of being replaced: over a Unix socket it gives its listening sockets to a new process of the same user, and stops
/// to accept only when that one says that it accepts. The sockets are never closed in between, so no connect is refused.
/// </summary>
public sealed class HandoverServer : IAsyncDisposable
{
    internal const string Hello = "goneaway handover 1\n", Ready = "ready\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string path;
    private readonly Func<IReadOnlyList<ListeningSocket>> sockets;
    private readonly TimeProvider time;
    private readonly Socket listening;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task serving;

    /// <summary>Listens at the path; a file that is there, left over or a predecessor's, is replaced in one step.</summary>
    /// <param name="sockets">What to give when asked.</param>
    /// <exception cref="SocketException">The path cannot be listened on.</exception>
    public HandoverServer(string path, Func<IReadOnlyList<ListeningSocket>> sockets, TimeProvider time)
    {
        (this.path, this.sockets, this.time) = (path, sockets, time);
        listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            ListeningSockets.BindFile(listening, path, forAll: false);
            listening.Listen(4);
        }
        catch
        {
            listening.Dispose();
            throw;
        }
        serving = ServeAsync();
    }

    /// <summary>Ends when a new process accepts on the sockets.</summary>
    public Task Taken => taken.Task;

    /// <summary>A new process has the sockets, and has not given up.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>No more is given; the path goes, unless it is a successor's now.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listening.Dispose();
        if (!IsGiven)
            File.Delete(path);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested && !taken.Task.IsCompleted)
        {
            try
            {
                using Socket asking = await listening.AcceptAsync(stop.Token);
                using var late = new CancellationTokenSource(Patience, time);
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop.Token);
                if (DescriptorPassing.PeerUser(asking) is var user && user != DescriptorPassing.OwnUser() && user != 0)
                    continue;
                if (await LineAsync(asking, cancel.Token) != Hello)
                    continue;
                Give(asking);
                IsGiven = true;
                IsGiven = await LineAsync(asking, cancel.Token) == Ready;
                if (IsGiven)
                    taken.TrySetResult();
            }
            catch (Exception failed) when (failed is SocketException or OperationCanceledException)
            {
                // The new process gave up; this one goes on as it is.
                IsGiven &= failed is OperationCanceledException;
            }
        }
    }

    private void Give(Socket asking)
    {
        IReadOnlyList<ListeningSocket> all = [.. sockets().Take(DescriptorPassing.Most)];
        int[] descriptors = [.. all.Select(static one => one.Descriptor)];
        asking.Blocking = true;
        DescriptorPassing.Send(asking, Encoding.UTF8.GetBytes(string.Join('\n', all.Select(static one => one.Name)) + "\n\n"), descriptors);
    }

    private static async Task<string> LineAsync(Socket socket, CancellationToken cancel)
    {
        byte[] bytes = new byte[64];
        int length = 0;
        while (length < bytes.Length && (length == 0 || bytes[length - 1] != '\n'))
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(length), cancel);
            if (read == 0)
                break;
            length += read;
        }
        return Encoding.ASCII.GetString(bytes, 0, length);
    }
}

/// <summary>The new process's side: takes the listening sockets of the one that runs, and tells it when it accepts.</summary>
public sealed class HandoverClient : IDisposable
{
    private const int Longest = 64 << 10, PatienceMilliseconds = 10_000;

    private readonly Socket socket;

    private HandoverClient(Socket socket, IReadOnlyList<ListeningSocket> sockets) => (this.socket, Sockets) = (socket, sockets);

    /// <summary>What the old process listens on.</summary>
    public IReadOnlyList<ListeningSocket> Sockets { get; }

    /// <summary>Null where no process gives anything at this path. Waits up to ten seconds for it.</summary>
    /// <exception cref="InvalidDataException">What is there does not speak this.</exception>
    public static HandoverClient? Take(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds };
        var descriptors = new List<int>();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            // Of another user's process nothing is taken: its sockets could be anything.
            if (DescriptorPassing.PeerUser(socket) is var user && user != DescriptorPassing.OwnUser() && user != 0)
                throw new InvalidDataException("another user's process serves the handover socket");
            _ = socket.Send(Encoding.ASCII.GetBytes(HandoverServer.Hello));
            string names = Receive(socket, descriptors);
            string[] each = names.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!names.EndsWith("\n\n", StringComparison.Ordinal) || each.Length != descriptors.Count || descriptors.Count == 0)
                throw new InvalidDataException("the process at the handover socket gave no listening sockets");
            return new HandoverClient(socket, [.. each.Zip(descriptors, ListeningSockets.Adopt)]);
        }
        catch (SocketException)
        {
            Discard(socket, descriptors);
            return null;
        }
        catch
        {
            Discard(socket, descriptors);
            throw;
        }
    }

    /// <summary>Tells the old process that this one accepts now.</summary>
    public void SayReady()
    {
        try
        {
            _ = socket.Send(Encoding.ASCII.GetBytes(HandoverServer.Ready));
        }
        catch (SocketException)
        {
            // It is gone already: nothing is left to be told.
        }
    }

    public void Dispose() => socket.Dispose();

    private static string Receive(Socket socket, List<int> descriptors)
    {
        byte[] bytes = new byte[Longest];
        int length = 0;
        while (length < bytes.Length && !bytes.AsSpan(0, length).EndsWith("\n\n"u8))
        {
            int read = DescriptorPassing.Receive(socket, bytes.AsSpan(length), descriptors);
            if (read == 0)
                break;
            length += read;
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static void Discard(Socket socket, List<int> descriptors)
    {
        socket.Dispose();
        foreach (int one in descriptors)
            _ = DescriptorPassing.Close(one);
    }
}
