namespace GoneAway.Evidence.Config.Applications;

/// <summary>A key and its value in an application's source or configuration, with the brackets or sections around it.</summary>
/// <param name="Key">As written, without quotes; <c>#0</c>, <c>#1</c> for arguments without a name.</param>
/// <param name="Line">Counted from 0 in its passage.</param>
/// <param name="Block">What it stands in.</param>
internal sealed record Setting(string Key, SettingValue Value, int Line, Block Block);

/// <summary>A constant, as far as it could be worked out.</summary>
/// <param name="Text">Without quotes; empty when it is no constant.</param>
/// <param name="Number">The number, where it is one or an arithmetic of some.</param>
/// <param name="Seconds">The span, where the value itself names a unit of time.</param>
internal readonly record struct SettingValue(string Text, double? Number = null, double? Seconds = null)
{
    /// <summary>It holds only where the environment says nothing else.</summary>
    public bool IsDefault { get; init; }
    /// <summary>A name of something else, or only a part of the value.</summary>
    public bool IsName { get; init; }

    public bool IsOn => Text.ToLowerInvariant() is "true" or "on" or "yes" or "1";
    public bool IsOff => Text.ToLowerInvariant() is "false" or "off" or "no" or "0";
    /// <summary>None, null, nil.</summary>
    public bool IsNothing => Text.ToLowerInvariant() is "none" or "null" or "nil" or "undefined" or "~";
}

/// <summary>A pair of brackets with what is in front of it: a call, a dictionary, a section.</summary>
/// <param name="key">The key whose value it is; empty when it has none.</param>
/// <param name="callee">The word right before the bracket: a function, a type.</param>
internal sealed class Block(string key, string callee, Block? parent, int line)
{
    public string Key { get; } = key;
    public string Callee { get; } = callee;
    public Block? Parent { get; } = parent;
    public int Line { get; } = line;
    public List<Setting> Settings { get; } = [];
    public List<Block> Inner { get; } = [];

    /// <summary>The last part of the callee: <c>create_engine</c> of <c>sa.create_engine</c>.</summary>
    public string Function => Callee[(Callee.LastIndexOfAny(['.', ':', '>', '\\']) + 1)..];

    public Setting? Find(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            if (Settings.Find(one => one.Key.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found;
        return null;
    }

    /// <summary>An argument without a name, from 0.</summary>
    public Setting? Argument(int index) => Settings.Find(one => one.Key.Length == 2 && one.Key[0] == '#' && one.Key[1] == (char)('0' + index));

    /// <summary>This block or one around it that has such a key or such a callee.</summary>
    public bool IsWithin(params ReadOnlySpan<string> names)
    {
        for (Block? one = this; one is not null; one = one.Parent)
            foreach (string name in names)
                if (one.Key.Equals(name, StringComparison.OrdinalIgnoreCase) || one.Function.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }

    /// <summary>Keys from the outermost block to this one, with dots.</summary>
    public string Path => Parent is null || Parent.Path.Length == 0 ? Key : Key.Length == 0 ? Parent.Path : Parent.Path + "." + Key;
}
