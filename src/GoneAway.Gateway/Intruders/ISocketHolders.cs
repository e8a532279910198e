using System.Net;

namespace GoneAway.Gateway.Intruders;

/// <summary>A process that has a connection's client end open.</summary>
/// <param name="Name">Its program, with the script of an interpreter.</param>
public readonly record struct SocketHolder(int Pid, string Name);

/// <summary>A socket of this host, as the kernel sees it.</summary>
/// <param name="Unread">Bytes that came and that no process has read.</param>
public readonly record struct SocketLook(ulong Inode, long Unread);

/// <summary>Finds which processes of this host hold the other end of a connection.</summary>
public interface ISocketHolders
{
    /// <summary>Empty when nobody is found, or this account may not see who. Reads tables of the kernel: not for a loop's thread.</summary>
    /// <param name="client">The client's end as the gateway sees it; null for a Unix socket.</param>
    /// <param name="gateway">The gateway's end; null for a Unix socket.</param>
    /// <param name="inode">Of the gateway's socket.</param>
    IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode);

    /// <summary>Inodes of all sockets that more than one process holds, as far as this account may see. Takes milliseconds: not for a loop's thread.</summary>
    IReadOnlySet<ulong> Several() => new HashSet<ulong>();

    /// <summary>The client's end; null when it is not on this host, or the kernel does not tell. Takes microseconds.</summary>
    SocketLook? Look(IPEndPoint client, IPEndPoint gateway) => null;

    /// <summary>A number that is another one once a process was born. Takes microseconds.</summary>
    long Births() => 0;
}
