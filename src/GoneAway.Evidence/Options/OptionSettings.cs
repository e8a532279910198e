using GoneAway.Model;

namespace GoneAway.Evidence.Options;

/// <summary>What an option is in the end, and which lines said otherwise before.</summary>
/// <param name="Group">Who reads it; <c>mysqld</c> for the server, whichever of its groups it stands in.</param>
/// <param name="Source"><c>file:line</c> that won.</param>
/// <param name="Lost">Earlier lines with the values that do not count, first to last.</param>
public sealed record OptionSetting(string Group, string Name, string Value, string Source, IReadOnlyList<(string Value, string Source)> Lost);

/// <summary>All that a set of option files comes to.</summary>
public sealed record OptionSettings
{
    public required IReadOnlyList<OptionSetting> Settings { get; init; }
    public required IReadOnlyList<Hazard> Hazards { get; init; }
    /// <summary>What was left out and why, by the file that it concerns.</summary>
    public required IReadOnlyList<(string Path, string Text)> Notes { get; init; }

    /// <summary>Which line sets each option that can end connections, and what the running server has; by the file of that line.</summary>
    public IReadOnlyList<(string Path, string Text)> Origins { get; init; } = [];

    /// <summary>The settings as facts.</summary>
    public IEnumerable<Fact> Facts => Settings.Select(static s => new Fact(FactKind.Option, s.Name, s.Value, null, s.Source) { Scope = s.Group });

    /// <summary>What the server takes for that option; null when no file sets it.</summary>
    public OptionSetting? Server(string name) => Settings.FirstOrDefault(s => s.Group == OptionGroups.Server && s.Name == name);
}
