using System.Globalization;

namespace GoneAway.Gateway.Configuration;

/// <summary>What is known while a file is read: its folder, what was wrong so far, and where each key stood.</summary>
internal sealed class Reading
{
    private readonly Dictionary<string, Place> places = [];
    private string path = "";

    public List<ConfigurationError> Errors { get; } = [];

    /// <summary>Files of the configuration without a full path are in here.</summary>
    public required string Folder { get; init; }

    public void Wrong(Place place, string message) => Errors.Add(new ConfigurationError(place.Line, place.Column, message));

    public void Wrong(string key, string message) => Wrong(Where(key), message);

    /// <summary>Whether the file says this key: <c>clients.key_file</c>, <c>backends[1].name</c>.</summary>
    public bool Says(string key) => places.ContainsKey(key);

    /// <summary>Where the key stands; or what holds it; or the file's start.</summary>
    public Place Where(string key)
    {
        Place place;
        while (!places.TryGetValue(key, out place))
        {
            int cut = key.LastIndexOfAny(['.', '[']);
            if (cut < 0)
                return new Place(1, 1);
            key = key[..cut];
        }
        return place;
    }

    /// <summary>Reads what is below a key.</summary>
    public T Within<T>(string key, Place place, Func<T> read)
    {
        string outer = path;
        path = key.StartsWith('[') || outer.Length == 0 ? outer + key : outer + "." + key;
        places.TryAdd(path, place);
        T value = read();
        path = outer;
        return value;
    }

    /// <summary>The text of a node; null where it is a list or a section, and that is an error.</summary>
    public string? Text(Node node, string what)
    {
        if (node is TextNode text && !text.IsNothing)
            return text.Text;
        Wrong(node.Place, node is TextNode ? $"no value: {what} is expected, or leave the line out for the default"
            : $"{what} is expected, not {(node is ListNode ? "a list" : "a section")}");
        return null;
    }

    public long? Number(Node node, long least, long most)
    {
        string what = most == int.MaxValue || most == long.MaxValue ? $"a whole number of {least} or more" : $"a whole number from {least} to {most}";
        if (Text(node, what) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most)
            return value;
        Wrong(node.Place, $"'{Shown(text)}' is not {what}");
        return null;
    }

    /// <summary>A value in the words of the file, short and without control characters, for a message.</summary>
    public static string Shown(string text)
    {
        Span<char> shown = stackalloc char[Math.Min(text.Length, 40)];
        for (int i = 0; i < shown.Length; i++)
            shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        return text.Length > 40 ? string.Concat(shown, "...") : shown.ToString();
    }
}
