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

    /// <summary>Inodes of the sockets that more than one process holds, as far as this account may see.</summary>
    public static IReadOnlySet<ulong> Several()
    {
        var first = new Dictionary<ulong, int>();
        var several = new HashSet<ulong>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), out int pid))
                foreach (ulong inode in Sockets(folder))
                    if (!first.TryAdd(inode, pid) && first[inode] != pid)
                        several.Add(inode);
        return several;
    }

    /// <summary>The number of the last process (or thread) that was born here: another one after a fork.</summary>
    public static long LastBorn()
    {
        using var file = File.OpenHandle("/proc/loadavg");
        Span<byte> text = stackalloc byte[128];
        text = text[..RandomAccess.Read(file, text, 0)].TrimEnd((byte)'\n');
        return long.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out long number) ? number : 0;
    }

    private static List<ulong> Sockets(string folder)
    {
        var found = new List<ulong>();
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries(folder + "/fd"))
                if (new FileInfo(link).LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal) && ulong.TryParse(target.AsSpan(8, target.Length - 9), out ulong inode))
                    found.Add(inode);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or is another account's.
        }
        return found;
    }

    private static bool Same(IPEndPoint? one, IPEndPoint other) => one is not null && one.Port == other.Port && ProcTcp.Plain(one.Address).Equals(ProcTcp.Plain(other.Address));
}
