using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>
/// Which sockets of this host more than one process holds. A process comes to another's socket by being born: only processes that were not
/// there the last time are looked at, and their parents.
/// </summary>
public sealed class SharedSockets : IDisposable
{
    private readonly Dictionary<ulong, HashSet<int>> holders = [];
    private HashSet<int> known = [];
    private SafeFileHandle? load;

    /// <summary>The number of the last process or thread that was born here; 0 where that is not told.</summary>
    public long LastBorn()
    {
        try
        {
            load ??= File.OpenHandle("/proc/loadavg");
            Span<byte> text = stackalloc byte[128];
            text = text[..RandomAccess.Read(load, text, 0)].TrimEnd((byte)'\n');
            return long.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Inodes of the sockets that more than one process holds, as far as this account may see. One call at a time.</summary>
    public IReadOnlySet<ulong> Look()
    {
        var present = new HashSet<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                present.Add(pid);
        var looked = new HashSet<int>();
        foreach (int pid in present)
        {
            if (known.Contains(pid))
                continue;
            Add(pid, looked);
            if (known.Count > 0 && ParentOf(pid) is > 0 and var parent)
                Add(parent, looked);
        }
        known = present;
        return Several(present);
    }

    public void Dispose() => load?.Dispose();

    /// <summary>Forgets who has ended, and sockets that nobody holds.</summary>
    private HashSet<ulong> Several(HashSet<int> present)
    {
        var several = new HashSet<ulong>();
        foreach ((ulong inode, HashSet<int> pids) in holders)
        {
            pids.IntersectWith(present);
            if (pids.Count > 1)
                several.Add(inode);
            else if (pids.Count == 0)
                holders.Remove(inode);
        }
        return several;
    }

    private void Add(int pid, HashSet<int> looked)
    {
        if (!looked.Add(pid))
            return;
        Span<byte> target = stackalloc byte[64];
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
            {
                int length = (int)NativeCalls.ReadLink(link, target, target.Length);
                if (length <= 9 || !target[..length].StartsWith("socket:["u8) || !ulong.TryParse(target[8..(length - 1)], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
                    continue;
                if (!holders.TryGetValue(inode, out HashSet<int>? pids))
                    holders[inode] = pids = [];
                pids.Add(pid);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or is another account's.
        }
    }

    /// <summary>4711 (name, with any signs) S 4700 ...</summary>
    private static int ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat", Encoding.Latin1);
            string[] words = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent) ? parent : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
