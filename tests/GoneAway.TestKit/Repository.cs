namespace GoneAway.TestKit;

/// <summary>Where the project's own files are, found from the running test.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        throw new DirectoryNotFoundException("the tests do not run inside the project's folder");
    }
}
