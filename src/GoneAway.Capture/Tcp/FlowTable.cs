namespace GoneAway.Capture.Tcp;

/// <summary>The open connections by their key: open addressing, one probe for nearly every packet.</summary>
internal sealed class FlowTable<T> where T : class
{
    private Entry[] entries = new Entry[1024];
    private int used;

    public int Count { get; private set; }

    public T? Find(in FlowKey key, uint hash)
    {
        Entry[] table = entries;
        for (uint i = hash & (uint)(table.Length - 1); table[i].Value is not null || table[i].Removed; i = i + 1 & (uint)(table.Length - 1))
            if (table[i].Hash == hash && table[i].Value is { } value && table[i].Key == key)
                return value;
        return null;
    }

    public void Add(in FlowKey key, uint hash, T value)
    {
        if (used * 4 >= entries.Length * 3)
            Rehash();
        uint i = hash & (uint)(entries.Length - 1);
        while (entries[i].Value is not null)
            i = i + 1 & (uint)(entries.Length - 1);
        if (!entries[i].Removed)
            used++;
        entries[i] = new Entry { Key = key, Hash = hash, Value = value };
        Count++;
    }

    public void Remove(in FlowKey key, uint hash)
    {
        for (uint i = hash & (uint)(entries.Length - 1); entries[i].Value is not null || entries[i].Removed; i = i + 1 & (uint)(entries.Length - 1))
            if (entries[i].Hash == hash && entries[i].Value is not null && entries[i].Key == key)
            {
                entries[i] = new Entry { Removed = true };
                Count--;
                return;
            }
    }

    public List<T> ToList()
    {
        var all = new List<T>(Count);
        foreach (Entry entry in entries)
            if (entry.Value is { } value)
                all.Add(value);
        return all;
    }

    private void Rehash()
    {
        Entry[] old = entries;
        entries = new Entry[Count * 2 >= old.Length ? old.Length * 2 : old.Length];
        used = Count = 0;
        foreach (Entry entry in old)
            if (entry.Value is { } value)
                Add(entry.Key, entry.Hash, value);
    }

    private struct Entry
    {
        public FlowKey Key;
        public uint Hash;
        public bool Removed;
        public T? Value;
    }
}
