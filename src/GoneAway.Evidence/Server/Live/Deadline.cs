using System.Net.Sockets;
using System.Security.Authentication;

namespace GoneAway.Evidence.Server.Live;

/// <summary>Gives each step of a connection its time, and says in words what went wrong with it.</summary>
internal sealed class Deadline(TimeSpan patience, TimeProvider time, CancellationToken cancel)
{
    public async Task<T> RunAsync<T>(LiveStage stage, Func<CancellationToken, Task<T>> step)
    {
        using var timer = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            return await step(both.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new LiveException(stage, $"no {Expected(stage)} within {patience.TotalSeconds:0.#} s");
        }
        catch (SocketException error)
        {
            throw new LiveException(stage, Said(error), null, error);
        }
        catch (AuthenticationException error)
        {
            throw new LiveException(stage, "TLS failed: " + (error.InnerException?.Message ?? error.Message), null, error);
        }
        catch (IOException error) when (error is not LiveException)
        {
            throw new LiveException(stage, error.InnerException is SocketException inner ? Said(inner) : error.Message, null, error);
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
        {
            throw new LiveException(stage, error.Message, null, error);
        }
    }

    private static string Expected(LiveStage stage) => stage switch
    {
        LiveStage.Connect => "connection",
        LiveStage.Greeting => "greeting (the port is open, yet nobody speaks: a full backlog, a proxy without a server, a stalled server)",
        LiveStage.Tls => "TLS handshake",
        LiveStage.Login => "answer to the login",
        _ => "answer",
    };

    private static string Said(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused: nobody listens there (111)",
        SocketError.TimedOut => "no answer from that host (110)",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host's name cannot be resolved",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to that host",
        SocketError.ConnectionReset => "the connection was reset (104)",
        SocketError.AccessDenied => "no permission to connect",
        SocketError.AddressNotAvailable => "no such socket or address",
        _ => error.Message,
    };
}
