using System.Buffers;
using GoneAway.Evidence.Server;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Options;

/// <summary>Recognises option files. What they set is known when all of them have been read: <see cref="OptionFileSet"/>.</summary>
public sealed class OptionFilePassage : IPassageReader
{
    private const int MostLines = 50_000;
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t:{}()|,;<>[]");

    public string Kind => "my.cnf";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (passage.Lines.Count > MostLines || TryParse(passage) is not { } file)
            return false;
        findings.Add(file);
        return true;
    }

    /// <summary>Null when it is no option file.</summary>
    internal static OptionFile? TryParse(Passage passage)
    {
        if (PersistedOptions.TryRead(passage.Path, passage.FirstLine, passage.Lines) is { } persisted)
            return persisted;
        string[] lines = passage.IsPart ? Pasted.Clean(passage.Lines) : [.. passage.Lines];
        var read = new List<OptionLine>();
        for (int i = 0; i < lines.Length; i++)
            if (OptionSyntax.Parse(lines[i], passage.At(i)) is { } line)
                read.Add(line);
        if (read.Count == 0 || read.Count(IsOdd) * 5 > read.Count)
            return null;
        // What stands around: the words of a message, the keys of a ConfigMap.
        read.RemoveAll(static l => l.Kind == OptionLineKind.Setting && IsOdd(l));
        if (read.Exists(static l => l.Kind == OptionLineKind.Group))
            return HasGroups(read) ? new OptionFile(passage.Path, read) : null;
        if (read.TrueForAll(static l => l.Kind is OptionLineKind.Include or OptionLineKind.IncludeFolder))
            return new OptionFile(passage.Path, read);
        return IsFragment(read) ? new OptionFile(passage.Path, read) { IsFragment = passage.IsPart || !passage.Path.EndsWith(".cnf", StringComparison.OrdinalIgnoreCase) } : null;
    }

    /// <summary>A sentence, or a line of something else.</summary>
    private static bool IsOdd(OptionLine line) => line.Kind is OptionLineKind.BadDirective or OptionLineKind.BadGroup
        || line.Kind == OptionLineKind.Setting && (line.Name.Length is 0 or > 80 || line.Name.AsSpan().ContainsAny(NotInNames));

    /// <summary>One group that nobody else has, or one that others may have, with settings that they have not.</summary>
    private static bool HasGroups(List<OptionLine> lines)
    {
        string? group = null;
        int known = 0, settings = 0;
        bool own = false, shared = false;
        foreach (OptionLine line in lines)
        {
            if (line.Kind == OptionLineKind.Group)
            {
                group = line.Name;
                own |= OptionGroups.IsOwn(group);
                shared |= OptionGroups.IsShared(group);
            }
            else if (line.Kind == OptionLineKind.Setting && group is not null && (OptionGroups.IsShared(group) || OptionGroups.IsOwn(group)))
            {
                settings++;
                known += OptionName.Of(line.Name).IsKnown || IsOfClients(line.Name) ? 1 : 0;
            }
        }
        return own || shared && known > 0 && known * 3 >= settings * 2;
    }

    private static bool IsOfClients(string name) => name.Replace('_', '-') is "password" or "user" or "host" or "port" or "socket" or "pager" or "prompt" or "no-auto-rehash" or "auto-rehash" or "default-character-set" or "protocol" or "ssl-mode" or "connect-timeout" or "reconnect" or "compress" or "database" or "quick";

    /// <summary>Settings alone, all of them known, and one at least written as only option files have it: 64M, max-allowed-packet.</summary>
    private static bool IsFragment(List<OptionLine> lines) =>
        lines.TrueForAll(static l => l.Kind == OptionLineKind.Setting && OptionName.Of(l.Name).IsKnown)
        && lines.Exists(static l => ServerNames.IsTelling(OptionName.Of(l.Name).Name))
        && lines.Exists(static l => l.Name.Contains('-', StringComparison.Ordinal) || l.Value is { Length: > 1 } value && !char.IsAsciiDigit(value[^1]) && OptionValue.TrySize(value, out _, out _)
            || l.Value is { } product && OptionValue.Product(product) is not null);
}
