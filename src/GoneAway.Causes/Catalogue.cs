namespace GoneAway.Causes;

/// <summary>All causes, one line each. Where two fit equally well, the one listed first is reported first.</summary>
public static class Catalogue
{
    public static IReadOnlyList<Cause> All { get; } =
    [
    ];

    /// <summary>The cause of that name, or null.</summary>
    public static Cause? Find(string name) => All.FirstOrDefault(cause => cause.Name == name);
}
