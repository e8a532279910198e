using System.Net;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Gateway.Intruders;

namespace GoneAway.Cli;

/// <summary>Tells the gateway which processes of this host hold a client's socket.</summary>
internal sealed class SocketHolders : ISocketHolders, IDisposable
{
    private readonly SharedSockets shared = new();

    public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) =>
        [.. ConnectionHolders.Find(client, gateway, inode).Select(static one => new SocketHolder(one.Pid, one.Name))];

    public IReadOnlySet<ulong> Several() => shared.Look();

    public SocketLook? Look(IPEndPoint client, IPEndPoint gateway) => ConnectionHolders.Look(client, gateway) is { } found ? new SocketLook(found.Inode, found.Unread) : null;

    public long Births() => shared.LastBorn();

    public void Dispose() => shared.Dispose();
}
