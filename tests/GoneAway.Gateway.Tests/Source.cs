namespace GoneAway.Gateway.Tests;

/// <summary>Files of this repository that tests look at.</summary>
internal static class Source
{
    /// <summary>The folder that holds src and tests.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Directory.Packages.props")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
