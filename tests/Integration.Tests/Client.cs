namespace GoneAway.Integration.Tests;

/// <summary>How a client connects.</summary>
public enum Variant
{
    Plain,
    Tls,
    Compressed,
}

/// <summary>A real client with its script, which prints what it saw.</summary>
public sealed record Client
{
    /// <summary>Also the name of its schema: c_ and this.</summary>
    public required string Name { get; init; }
    public required IReadOnlyList<string> Run { get; init; }
    /// <summary>A file that its package puts there, with the package's name.</summary>
    public (string File, string Package)? Needs { get; init; }
    /// <summary>Commands that are run once before, each in the folder of the scripts.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Prepare { get; init; } = [];

    private readonly Lazy<string?> missing;

    public Client() => missing = new Lazy<string?>(FindMissing);

    /// <summary>Why it cannot run here; null when it can.</summary>
    public string? Missing => missing.Value;

    private string? FindMissing()
    {
        if (Needs is { } needs && !File.Exists(needs.File))
            return $"{Name}: {needs.File} is not there (package {needs.Package})";
        foreach (IReadOnlyList<string> command in Prepare)
            if (Command.Run(command) is { Status: not 0 } outcome)
                return $"{Name}: {string.Join(' ', command)}: {outcome.All.Trim()}";
        return null;
    }
}
