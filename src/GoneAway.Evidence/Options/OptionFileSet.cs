using GoneAway.Model;

namespace GoneAway.Evidence.Options;

/// <summary>Reads option files one after the other as the server does, the included ones where they are included.</summary>
public sealed class OptionFileSet
{
    /// <summary>The server follows no deeper (max_recursion_level in mysys/my_default.cc).</summary>
    private const int Deepest = 10;
    private const int MostSteps = 2000;

    private readonly IncludedFiles included;
    private readonly string? version;
    private readonly Dictionary<(string Group, string Name), OptionSetting> settings = [];
    private readonly OptionHazards hazards = new();
    private readonly List<(string Path, string Text)> notes = [];
    private int steps;

    private OptionFileSet(IncludedFiles included, string? version)
    {
        this.included = included;
        this.version = version;
    }

    /// <summary>The settings in effect after all files, and what is wrong with them.</summary>
    /// <param name="files">As they were found, in any order.</param>
    /// <param name="known">Facts of the same case: the running server's variables are compared with the files.</param>
    public static OptionSettings Resolve(IReadOnlyList<OptionFile> files, IReadOnlyList<Fact> known)
    {
        string? version = known.LastOrDefault(static f => f is { Kind: FactKind.Variable, Name: "version" })?.Value;
        List<OptionFile> counted = [.. files.Where(static one => !IncludedFiles.IsCopy(one.Path))];
        List<(string Path, string Text)> notes = [.. files.Except(counted).Where(_ => counted.Count > 0).Select(static one => (one.Path, "a copy, which no server reads; left out"))];
        var included = new IncludedFiles(counted.Count > 0 ? counted : files);
        IReadOnlyList<IReadOnlyList<OptionFile>> hosts = included.ByHost();
        var settings = new List<OptionSetting>();
        var hazards = new List<Hazard>();
        var origins = new List<(string Path, string Text)>();
        foreach (IReadOnlyList<OptionFile> host in hosts)
        {
            var set = new OptionFileSet(included, version);
            foreach (OptionFile file in host)
                set.Walk(file, []);
            // Which of several hosts the running server is on, nobody says.
            IReadOnlyList<Fact> running = hosts.Count == 1 ? known : [];
            set.hazards.Weigh(set.settings, running);
            origins.AddRange(OptionHazards.Origins(set.settings.Values, running));
            settings.AddRange(set.settings.Values);
            hazards.AddRange(set.hazards.Found);
            notes.AddRange(set.notes);
        }
        return new OptionSettings { Settings = settings, Hazards = hazards, Notes = notes, Origins = origins };
    }

    private void Walk(OptionFile file, List<string> open)
    {
        if (++steps > MostSteps)
        {
            Note(file, "option files include one another too often; the rest is left out");
            return;
        }
        open.Add(file.Path);
        string? group = file.IsFragment ? OptionGroups.Server : null;
        bool told = false;
        foreach (OptionLine line in file.Lines)
            switch (line.Kind)
            {
                case OptionLineKind.Group:
                    group = line.Name;
                    if (OptionGroups.IsRead(group, version) is null)
                        Note(file, $"[{group}] counts for servers of that version alone; it was left out, since the server's is not known");
                    break;
                case OptionLineKind.Setting when group is null:
                    if (!told)
                        hazards.NoGroup(line);
                    told = true;
                    break;
                case OptionLineKind.Setting:
                    Take(line, group, file.IsPersisted);
                    break;
                case OptionLineKind.BadGroup or OptionLineKind.BadDirective:
                    hazards.Broken(line);
                    break;
                default:
                    Include(file, line, open);
                    break;
            }
        open.RemoveAt(open.Count - 1);
    }

    private void Include(OptionFile file, OptionLine line, List<string> open)
    {
        if (open.Count > Deepest)
        {
            Note(file, $"{line.Source} includes deeper than the server follows ({Deepest} levels)");
            return;
        }
        IReadOnlyList<OptionFile> targets = included.Of(file, line, out string? missing);
        if (missing is not null)
            Note(file, $"{line.Source} includes {Shown(line.Name)}: {missing}");
        foreach (OptionFile target in targets)
            if (open.Contains(target.Path))
                Note(file, $"{line.Source} includes {Shown(target.Path)}, which includes this file: a circle, followed once");
            else
                Walk(target, open);
    }

    private void Take(OptionLine line, string group, bool persisted)
    {
        if (!OptionGroups.IsServer(group))
        {
            TakeOther(line, group);
            return;
        }
        if (OptionGroups.IsRead(group, version) != true)
            return;
        OptionName option = OptionName.Of(line.Name);
        if (!option.IsKnown || IsRefused(option))
        {
            hazards.Unknown(line, option);
            return;
        }
        if (option.IsShortened || option.IsCapital && !IsMariaDb)
            hazards.Inexact(line, option);
        if (option.IsMaximum || IsSecret(option.Name))
            return;
        if (OptionValue.IsPlaceholder(line.Value))
            return;
        var value = OptionValue.Of(option, line.Value, IsMariaDb);
        if (value.Refusal is { } refusal)
        {
            hazards.Refused(line, option.Name, refusal);
            return;
        }
        if (value.Adjusted)
            hazards.Adjusted(line, option.Name, value.Value);
        // The host cache has two names.
        if (option.Name == "skip_host_cache")
            Set(OptionGroups.Server, "host_cache_size", value.Value == "ON" ? "0" : "ON", line.Source);
        Set(OptionGroups.Server, option.Name, value.Value, line.Source);
    }

    private bool IsMariaDb => version?.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>MySQL takes no capitals, and since 8.0 no abbreviations; MariaDB takes both.</summary>
    private bool IsRefused(OptionName option) => version is not null && !IsMariaDb && (option.IsCapital || option.IsShortened && !version.StartsWith("5.", StringComparison.Ordinal));

    private void TakeOther(OptionLine line, string group)
    {
        string name = line.Name.Replace('-', '_').ToLowerInvariant();
        if (name.StartsWith("loose_", StringComparison.Ordinal))
            name = name["loose_".Length..];
        if (IsSecret(name) || name.Length is 0 or > 80)
            return;
        if (OptionGroups.IsClient(group))
            hazards.InClientGroup(line, group, name);
        string value = line.Value ?? "ON";
        if (OptionValue.TrySize(value, out decimal size, out _))
            value = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Set(group, name, value, line.Source);
    }

    private void Set(string group, string name, string value, string source)
    {
        settings.TryGetValue((group, name), out OptionSetting? before);
        settings[(group, name)] = new OptionSetting(group, name, Shown(value), source, before is null ? [] : [.. before.Lost.TakeLast(20), (before.Value, before.Source)]);
    }

    /// <summary>Values that are nobody's business.</summary>
    private static bool IsSecret(string name) => name.Contains("password", StringComparison.Ordinal) && !name.StartsWith("default_password", StringComparison.Ordinal) || name.Contains("passwd", StringComparison.Ordinal) || name is "pass" || name.Contains("secret", StringComparison.Ordinal)
        || name is "wsrep_sst_auth" || name.Contains("_key", StringComparison.Ordinal) && name.Contains("keyring", StringComparison.Ordinal);

    private static string Shown(string text) => string.Concat((text.Length > 300 ? text[..300] : text).Select(static c => char.IsControl(c) ? ' ' : c));

    private void Note(OptionFile file, string text)
    {
        if (notes.Count < 50 && !notes.Contains((file.Path, text)))
            notes.Add((file.Path, text));
    }
}
