using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway;

/// <summary>Accepts clients on a loop; does not own the listening sockets.</summary>
internal sealed class Listener : IDisposable
{
    private const int MostAtOnce = 64;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4, Again = 11, Aborted = 103;

    private readonly EventLoop loop;
    private readonly Action<Socket, EndPoint?> accepted;
    private readonly Action<string> failed;
    private readonly List<LoopSocket> watched = [];
    private bool stopped;

    public Listener(EventLoop loop, IReadOnlyList<ListeningSocket> sockets, Action<Socket, EndPoint?> accepted, Action<string> failed)
    {
        this.loop = loop;
        this.accepted = accepted;
        this.failed = failed;
        foreach (ListeningSocket socket in sockets)
            loop.Post(() => Watch(socket));
    }

    /// <summary>When this returns, nothing is accepted any more.</summary>
    public void Dispose()
    {
        if (loop.IsHere)
        {
            Stop();
            return;
        }
        using var done = new ManualResetEventSlim();
        loop.Post(() =>
        {
            Stop();
            done.Set();
        });
        done.Wait();
    }

    private void Stop()
    {
        stopped = true;
        foreach (LoopSocket socket in watched)
            socket.Leave();
        watched.Clear();
    }

    private async void Watch(ListeningSocket listening)
    {
        if (stopped)
            return;
        var waiter = new Waiter(loop);
        var socket = new LoopSocket(listening.Socket, loop);
        watched.Add(socket);
        socket.Attach(waiter, isClient: true);
        while (!stopped)
        {
            for (int i = 0; i < MostAtOnce; i++)
            {
                int file = AcceptOne(socket.File);
                if (file < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    // The next one may be as good as any.
                    if (error is Interrupted or Aborted)
                        continue;
                    if (error is not Again)
                        failed($"clients wait to be accepted, and cannot be: {Marshal.GetPInvokeErrorMessage(error)}");
                    goto Wait;
                }
                var client = new Socket(new SafeSocketHandle(file, ownsHandle: true));
                EndPoint? remote = null;
                try
                {
                    remote = client.RemoteEndPoint;
                }
                catch (SocketException)
                {
                    // It is gone already; the session will see.
                }
                accepted(client, remote);
            }
            // There may be more; those who have connected get their turn first.
            loop.Post(() => waiter.Notify(Ready.Client));
        Wait:
            await waiter.WaitAsync(Ready.Client, loop.Now + 1000);
        }
    }

    private static unsafe int AcceptOne(int file) => Native.Accept(file, null, null, NonBlocking | CloseOnExec);
}
