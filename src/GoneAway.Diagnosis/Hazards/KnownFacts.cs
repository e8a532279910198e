using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>The facts and sightings of one server and of the path to it, as rules ask for them.</summary>
public sealed class KnownFacts
{
    private static readonly string[] ServerGroups = ["mysqld", "server", "mariadb", "mariadbd"];

    private readonly ILookup<(FactKind Kind, string Name), Fact> facts;

    public KnownFacts(IReadOnlyList<Fact> facts, IReadOnlyList<Sighting> sightings)
    {
        this.facts = facts.ToLookup(static f => (f.Kind, f.Name.ToLowerInvariant()));
        Sightings = sightings;
        Sessions = [.. sightings.Where(static s => s.Sign == Sign.SessionSeen)];
        string text = Text("version") ?? "";
        IsMariaDb = text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) || Text("version_comment")?.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) == true;
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        Version = System.Version.TryParse(text[..end].Trim('.'), out Version? version) ? version : null;
    }

    public IReadOnlyList<Sighting> Sightings { get; }
    public IReadOnlyList<Sighting> Sessions { get; }
    public bool IsMariaDb { get; }
    /// <summary>Null when it is not known.</summary>
    public Version? Version { get; }

    public IEnumerable<Fact> Of(FactKind kind, string name) => facts[(kind, name.ToLowerInvariant())];

    public IEnumerable<Fact> OfKind(FactKind kind) => facts.Where(group => group.Key.Kind == kind).SelectMany(static group => group);

    /// <summary>The running server's global value; else the one of its option file.</summary>
    public Fact? Variable(string name) => Of(FactKind.Variable, name).LastOrDefault(static f => f.Scope is null or "GLOBAL" or "global")
        ?? Of(FactKind.Option, name).LastOrDefault(static f => f.Scope is { } group && IsServerGroup(group));

    public double? Number(string variable) => Variable(variable)?.Number;

    /// <summary>ON and OFF in all their spellings; null when the variable is not known.</summary>
    public bool? Switch(string variable) => Text(variable)?.ToUpperInvariant() switch
    {
        "ON" or "1" or "YES" or "TRUE" => true,
        "OFF" or "0" or "NO" or "FALSE" => false,
        _ => null,
    };

    public string? Text(string variable) => Variable(variable)?.Value;

    /// <summary>A counter's last reading.</summary>
    public Fact? Counter(string name) => Of(FactKind.Status, name).LastOrDefault();

    /// <summary>The first and the last reading of a counter that moved between them.</summary>
    public bool TryMoved(string name, out double by, out TimeSpan within)
    {
        Fact[] readings = [.. Of(FactKind.Status, name).Where(static f => f.At is not null && f.Number is not null)];
        by = 0;
        within = default;
        if (readings.Length < 2)
            return false;
        by = readings[^1].Number!.Value - readings[0].Number!.Value;
        within = readings[^1].At!.Value.Clock - readings[0].At!.Value.Clock;
        return by > 0 && within > TimeSpan.Zero;
    }

    /// <summary>A server's group, perhaps of one version: mysqld, mysqld-8.0, mariadb-10.11; not mysqldump.</summary>
    private static bool IsServerGroup(string group) => ServerGroups.Any(s => group == s || group.StartsWith(s + "-", StringComparison.Ordinal) && group.Length > s.Length + 1 && char.IsAsciiDigit(group[s.Length + 1]));

    /// <summary>A variable or counter, as evidence is quoted: <c>wait_timeout = 28800</c>.</summary>
    public static string Quote(Fact fact) => $"{fact.Name} = {fact.Value}";
}
