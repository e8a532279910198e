using System.Net;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>The processes of this host that hold one end of a connection, found from its other end.</summary>
public static class ConnectionHolders
{
    /// <summary>Empty when nobody is found, or this account may not see who.</summary>
    /// <param name="near">The end whose holders are wanted; null for a Unix socket.</param>
    /// <param name="far">The other end; null for a Unix socket.</param>
    /// <param name="farInode">Of the other end's socket, by which a Unix socket is found.</param>
    public static IReadOnlyList<RunningProcess> Find(IPEndPoint? near, IPEndPoint? far, ulong farInode)
    {
        IReadOnlyList<KernelSocket> sockets = SocketDiagnosis.Read(null, "") ?? [.. ProcTcp.Read("/proc/self/net", "")];
        KernelSocket? found = near is null || far is null
            ? sockets.FirstOrDefault(s => s.Local is null && farInode != 0 && s.Peer == farInode)
            : sockets.FirstOrDefault(s => Same(s.Local, near) && Same(s.Remote, far));
        return found is { Inode: not 0 } ? [.. RunningProcess.All().Where(p => p.Sockets?.Any(s => s.Inode == found.Inode) == true)] : [];
    }

    /// <summary>The socket of this host with these ends: its inode, and the bytes in it that nobody has read. Null when there is none here.</summary>
    public static (ulong Inode, long Unread)? Look(IPEndPoint near, IPEndPoint far) =>
        SocketDiagnosis.One(near, far) is { Inode: not 0 } found ? (found.Inode, found.Unread) : null;

    private static bool Same(IPEndPoint? one, IPEndPoint other) => one is not null && one.Port == other.Port && ProcTcp.Plain(one.Address).Equals(ProcTcp.Plain(other.Address));
}
