using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway;

/// <summary>The gateway's inner part, as <see cref="GatewayHost"/> runs it: sessions, pools, backends. The host calls from one thread at a time.</summary>
public interface IGatewayCore : IAsyncDisposable
{
    IGatewayStatus Status { get; }

    /// <summary>Begins to accept on these sockets and to ask backends. The host keeps the sockets and closes them.</summary>
    void Start(IReadOnlyList<ListeningSocket> sockets);

    /// <summary>Takes new options, that were checked, without dropping a client: what a session uses already stays as it is. Accepts on these sockets from now on and on no others; when this returns, no loop uses the others.</summary>
    /// <exception cref="InvalidDataException">A file that they name is not what it should be: all stays as it was.</exception>
    void Reload(GatewayOptions options, IReadOnlyList<ListeningSocket> sockets);

    /// <summary>Accepts no more; when this returns, no loop uses the listening sockets. Another process may have them too, so they are taken out of every epoll explicitly: closing them here would not do it.</summary>
    void StopAccepting();

    /// <summary>Lets sessions end at their next safe point; ends when there are none, or soon after the token says that it was long enough.</summary>
    Task DrainAsync(CancellationToken enough);
}
