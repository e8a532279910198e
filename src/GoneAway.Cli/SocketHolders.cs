using System.Net;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Gateway.Intruders;

namespace GoneAway.Cli;

/// <summary>Tells the gateway which processes of this host hold a client's socket.</summary>
internal sealed class SocketHolders : ISocketHolders
{
    public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) =>
        [.. ConnectionHolders.Find(client, gateway, inode).Select(static one => new SocketHolder(one.Pid, one.Name))];
}
