namespace GoneAway.Gateway.Configuration;

/// <summary>One key of a section: its name, what it takes, what it means, its default as written, and how it is read.</summary>
internal sealed record Key<T>(string Name, string Takes, string About, Func<T, string> Default, Func<T, Node, Reading, T> Read)
{
    /// <summary>The keys below, for a key that is a section or a list of sections.</summary>
    public ISection? Below { get; init; }
}

/// <summary>A section's keys, for documentation and for suggestions.</summary>
internal interface ISection
{
    /// <summary>Each key's name, what it takes, its default, its meaning, and the section below it.</summary>
    IEnumerable<(string Name, string Takes, string Default, string About, ISection? Below)> Describe();
}

/// <summary>The keys of one section of the file, and how to read it. The order of <see cref="With"/> is that of the documentation.</summary>
internal sealed class Section<T>(T defaults) : ISection
{
    private readonly List<Key<T>> keys = [];

    /// <summary>Words for keys that people try and that are not there on purpose.</summary>
    public Dictionary<string, string> Refused { get; init; } = [];

    public Section<T> With(Key<T> key)
    {
        keys.Add(key);
        return this;
    }

    public IEnumerable<(string Name, string Takes, string Default, string About, ISection? Below)> Describe()
    {
        foreach (Key<T> key in keys)
            yield return (key.Name, key.Takes, key.Default(defaults), key.About, key.Below);
    }

    /// <summary>The value with all that the section says; errors are noted and leave what was there.</summary>
    public T Read(T value, Node node, Reading reading)
    {
        if (node is not MapNode map)
        {
            reading.Wrong(node.Place, node is TextNode { IsNothing: true } ? "no value: a section is expected, or leave the line out for the defaults" : "a section is expected: lines of 'key: value', indented");
            return value;
        }
        var seen = new Dictionary<string, int>();
        foreach ((TextNode name, Node content) in map.Entries)
        {
            if (!seen.TryAdd(name.Text, name.Place.Line))
                reading.Wrong(name.Place, $"'{Reading.Shown(name.Text)}' is there twice: it is in line {seen[name.Text]} already");
            else if (keys.Find(key => key.Name == name.Text) is { } known)
                value = reading.Within(known.Name, name.Place, () => known.Read(value, content, reading));
            else
                reading.Wrong(name.Place, Unknown(name.Text));
        }
        return value;
    }

    private string Unknown(string name)
    {
        if (Refused.TryGetValue(name, out string? why))
            return $"'{name}': {why}";
        string unknown = $"unknown key '{Reading.Shown(name)}'";
        if (Nearest.Of(name, keys.Select(static key => key.Name)) is { } near)
            return $"{unknown}: did you mean '{near}'?";
        // Right key, wrong section.
        if (FileKeys.SectionsWith(name) is [{ } section])
            return $"{unknown}: it belongs into '{section}'";
        return $"{unknown}: known here are {string.Join(", ", keys.Select(static key => key.Name))}";
    }
}

/// <summary>The known word that was probably meant.</summary>
internal static class Nearest
{
    /// <summary>Null where none is near: more than one change for every three letters.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        string? best = null;
        int least = 1 + (Math.Min(word.Length, 60) / 3);
        if (word.Length > 60)
            return null;
        foreach (string one in known)
            if (Distance(word.ToLowerInvariant().Replace('-', '_'), one) is var distance && distance < least)
                (best, least) = (one, distance);
        return best;
    }

    // Levenshtein's, one row at a time.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
