namespace GoneAway.Evidence.Processes.Live;

/// <summary>
/// A descriptor of a TCP connection that is no more: a reset ends it at once, so no table lists it, while the process that has not touched
/// it since still holds it. To whom it led is lost with it.
/// </summary>
/// <param name="Received">Bytes that came in its life: at least a greeting.</param>
public sealed record LostSocket(RunningProcess Process, int Descriptor, long Received, TimeSpan? SinceReceived)
{
    private const int Closed = 7;

    // MySQL 4's was the shortest; whoever got less was never greeted.
    private const int ShortestGreeting = 40;
    private const int MostAsked = 2000;

    /// <summary>Those of processes that were asked for, or that have other connections to MySQL. Looking needs the right to trace the process.</summary>
    internal static IReadOnlyList<LostSocket> Of(Snapshot snapshot, IReadOnlyList<int> pids)
    {
        var clients = new HashSet<int>(pids);
        if (pids.Count == 0)
            clients.UnionWith(snapshot.Connections.SelectMany(static c => c.Holders.Select(static h => h.Process.Pid)));
        var lost = new List<LostSocket>();
        var seen = new HashSet<ulong>();
        int asked = 0;
        foreach (RunningProcess process in snapshot.Processes.Where(p => clients.Contains(p.Pid)))
            foreach ((int descriptor, ulong inode) in process.Sockets ?? [])
                if (!snapshot.Known.Contains(inode) && seen.Add(inode) && asked++ < MostAsked && Look(process, descriptor) is { } one)
                    lost.Add(one);
        return lost;
    }

    private static LostSocket? Look(RunningProcess process, int descriptor)
    {
        const int Tcp = 6, TcpInfo = 11, LastDataReceived = 52, BytesReceived = 128, Needed = 136;
        int copy = NativeCalls.CopyOf(process.Pid, descriptor);
        if (copy < 0)
            return null;
        try
        {
            Span<byte> info = stackalloc byte[256];
            int length = info.Length;
            if (NativeCalls.GetOption(copy, Tcp, TcpInfo, info, ref length) != 0 || length < Needed || info[0] != Closed)
                return null;
            long received = BitConverter.ToInt64(info[BytesReceived..]);
            return received < ShortestGreeting ? null : new LostSocket(process, descriptor, received, TimeSpan.FromMilliseconds(BitConverter.ToUInt32(info[LastDataReceived..])));
        }
        finally
        {
            _ = NativeCalls.Close(copy);
        }
    }
}
