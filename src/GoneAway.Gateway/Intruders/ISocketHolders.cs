using System.Net;

namespace GoneAway.Gateway.Intruders;

/// <summary>A process that has a connection's client end open.</summary>
/// <param name="Name">Its program, with the script of an interpreter.</param>
public readonly record struct SocketHolder(int Pid, string Name);

/// <summary>Finds which processes of this host hold the other end of a connection. Reads tables of the kernel: not for a loop's thread.</summary>
public interface ISocketHolders
{
    /// <summary>Empty when nobody is found, or this account may not see who.</summary>
    /// <param name="client">The client's end as the gateway sees it; null for a Unix socket.</param>
    /// <param name="gateway">The gateway's end; null for a Unix socket.</param>
    /// <param name="inode">Of the gateway's socket.</param>
    IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode);
}
