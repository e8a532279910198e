namespace GoneAway.Gateway.Configuration;

/// <summary>Makes keys of each kind of value.</summary>
internal static class Keys
{
    public static Key<T> Text<T>(string name, string takes, string about, Func<T, string?> get, Func<T, string, T> set, Func<string, string?>? complaint = null) =>
        new(name, takes, about, one => get(one) is { Length: > 0 } text ? $"`{text}`" : "", (one, node, reading) =>
        {
            if (reading.Text(node, takes) is not { } text)
                return one;
            if (complaint?.Invoke(text) is not { } wrong)
                return set(one, text);
            reading.Wrong(node.Place, wrong);
            return one;
        });

    /// <summary>A file or folder; one without a full path is beside the configuration file.</summary>
    public static Key<T> File<T>(string name, string takes, string about, Func<T, string?> get, Func<T, string, T> set) =>
        new(name, takes, about, one => get(one) is { Length: > 0 } text ? $"`{text}`" : "", (one, node, reading) =>
            reading.Text(node, takes) is { } text ? set(one, Path.GetFullPath(text, reading.Folder)) : one);

    public static Key<T> Truth<T>(string name, string about, Func<T, bool> get, Func<T, bool, T> set) =>
        new(name, "`true` or `false`", about, one => get(one) ? "`true`" : "`false`", (one, node, reading) =>
        {
            switch (reading.Text(node, "true or false"))
            {
                case null:
                    return one;
                case "true":
                    return set(one, true);
                case "false":
                    return set(one, false);
                case { } other:
                    reading.Wrong(node.Place, $"'{Reading.Shown(other)}' is not true or false");
                    return one;
            }
        });

    public static Key<T> Number<T>(string name, string about, Func<T, int> get, Func<T, int, T> set, int least = 0, int most = int.MaxValue) =>
        new(name, most == int.MaxValue ? $"number, {least} or more" : $"number, {least} to {most}", about, one => $"`{get(one)}`", (one, node, reading) =>
            reading.Number(node, least, most) is { } value ? set(one, (int)value) : one);

    public static Key<T> Duration<T>(string name, string about, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set, string least = "0s", string most = "1d")
    {
        _ = Units.TryDuration(least, out TimeSpan low) & Units.TryDuration(most, out TimeSpan high);
        return new(name, $"duration, {least} to {most}", about, one => $"`{Units.Show(get(one))}`", (one, node, reading) =>
        {
            if (reading.Text(node, "a duration such as 10s, 500ms or 5m") is not { } text)
                return one;
            if (!Units.TryDuration(text, out TimeSpan value))
                reading.Wrong(node.Place, $"'{Reading.Shown(text)}' is not a duration: a number with its unit, such as 10s, 500ms or 5m");
            else if (value < low || value > high)
                reading.Wrong(node.Place, $"'{Reading.Shown(text)}' is out of range: {least} to {most}");
            else
                return set(one, value);
            return one;
        });
    }

    public static Key<T> Size<T>(string name, string about, Func<T, long> get, Func<T, long, T> set, long least = 0, long most = long.MaxValue)
    {
        string range = most == long.MaxValue ? least == 0 ? "" : $", {Units.ShowSize(least)} or more" : $", {Units.ShowSize(least)} to {Units.ShowSize(most)}";
        return new(name, "size" + range, about, one => $"`{Units.ShowSize(get(one))}`", (one, node, reading) =>
        {
            if (reading.Text(node, "a size such as 16MB or 1GiB") is not { } text)
                return one;
            if (!Units.TrySize(text, out long value))
                reading.Wrong(node.Place, $"'{Reading.Shown(text)}' is not a size: a number with its unit, such as 16MB or 1GiB");
            else if (value < least || value > most)
                reading.Wrong(node.Place, $"'{Reading.Shown(text)}' is out of range{range.Replace(',', ':')}");
            else
                return set(one, value);
            return one;
        });
    }

    public static Key<T> Choice<T, TChoice>(string name, string about, (string Word, TChoice Meaning)[] choices, Func<T, TChoice> get, Func<T, TChoice, T> set) =>
        new(name, string.Join(", ", choices.Select(static one => $"`{one.Word}`")), about,
            one => $"`{Array.Find(choices, choice => Equals(choice.Meaning, get(one))).Word}`",
            (one, node, reading) =>
            {
                string words = string.Join(", ", choices.Select(static choice => choice.Word));
                if (reading.Text(node, "one of " + words) is not { } text)
                    return one;
                int at = Array.FindIndex(choices, choice => choice.Word == text);
                if (at >= 0)
                    return set(one, choices[at].Meaning);
                string? near = Nearest.Of(text, choices.Select(static choice => choice.Word));
                reading.Wrong(node.Place, $"'{Reading.Shown(text)}' is not one of {words}" + (near is null ? "" : $": did you mean '{near}'?"));
                return one;
            });

    /// <summary>A list of texts; a single text is a list of one.</summary>
    public static Key<T> Texts<T>(string name, string takes, string about, Func<T, IReadOnlyList<string>> get, Func<T, IReadOnlyList<string>, T> set, Func<string, string?> complaint) =>
        new(name, takes, about, one => string.Join(", ", get(one).Select(static text => $"`{text}`")), (one, node, reading) =>
        {
            var texts = new List<string>();
            foreach (Node item in node is ListNode list ? list.Items : [node])
            {
                if (reading.Text(item, takes) is not { } text)
                    continue;
                if (complaint(text) is { } wrong)
                    reading.Wrong(item.Place, wrong);
                else if (texts.Contains(text))
                    reading.Wrong(item.Place, $"'{Reading.Shown(text)}' is there twice");
                else
                    texts.Add(text);
            }
            return set(one, texts);
        });

    public static Key<T> Section<T, TBelow>(string name, string about, Section<TBelow> below, Func<T, TBelow> get, Func<T, TBelow, T> set) =>
        new(name, "section", about, static _ => "", (one, node, reading) => set(one, below.Read(get(one), node, reading))) { Below = below };

    /// <summary>A list of sections; <paramref name="plain"/> reads an item that is one word.</summary>
    public static Key<T> Sections<T, TBelow>(string name, string takes, string about, Section<TBelow> below, TBelow empty, Func<T, IReadOnlyList<TBelow>, T> set, Func<TBelow, TextNode, Reading, TBelow>? plain = null) =>
        new(name, takes, about, static _ => "", (one, node, reading) =>
        {
            if (node is not ListNode && !(plain is not null && node is TextNode { IsNothing: false }))
            {
                reading.Wrong(node.Place, "a list is expected: one line with '- ' for each");
                return one;
            }
            var items = new List<TBelow>();
            foreach (Node item in node is ListNode list ? list.Items : [node])
                items.Add(reading.Within($"[{items.Count}]", item.Place, () => item is TextNode { IsNothing: false } word && plain is not null ? plain(empty, word, reading) : below.Read(empty, item, reading)));
            return set(one, items);
        }) { Below = below };
}
