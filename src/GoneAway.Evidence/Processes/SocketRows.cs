namespace GoneAway.Evidence.Processes;

/// <summary>Puts together what several rows show of one socket.</summary>
internal static class SocketRows
{
    /// <summary>One row for each socket, in the order of first sight; descriptors whose socket another row shows go with that.</summary>
    public static IEnumerable<SocketRow> Merge(List<SocketRow> rows)
    {
        var known = new Dictionary<string, int>();
        var merged = new List<SocketRow>(rows.Count);
        // Rows with both ends first: a descriptor of ls -l then finds its socket, wherever it stands.
        foreach (bool descriptors in (ReadOnlySpan<bool>)[false, true])
            foreach (SocketRow row in rows)
            {
                if (row.IsDescriptor != descriptors)
                    continue;
                if (Key(row) is not { } key)
                    merged.Add(row);
                else if (known.TryGetValue(key, out int at) || Ends(row) is { } pair && known.TryGetValue(pair, out at))
                {
                    merged[at] = Both(merged[at], row);
                    known.TryAdd(key, at);
                }
                else
                {
                    known[key] = merged.Count;
                    merged.Add(row);
                }
                if (!descriptors && Ends(row) is { } ends && row.Identity is not null)
                    known.TryAdd(ends, known[row.Identity]);
            }
        return merged;
    }

    private static string? Key(SocketRow row) => row.Identity ?? Ends(row);

    private static string? Ends(SocketRow row) => row.PeerPort is null || row.LocalPort is null ? null : $"{row.LocalHost}:{row.LocalPort}>{row.PeerHost}:{row.PeerPort}";

    private static SocketRow Both(SocketRow one, SocketRow other)
    {
        if (other.Holders.Count == 0)
            return one;
        var holders = new List<Holder>(one.Holders);
        foreach (Holder holder in other.Holders)
            if (!holders.Exists(h => h.Pid == holder.Pid && (h.Descriptor == holder.Descriptor || holder.Descriptor is null)))
                holders.Add(holder);
        return one with { Holders = holders };
    }
}
