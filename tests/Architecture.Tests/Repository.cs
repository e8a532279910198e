using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace GoneAway.Architecture.Tests;

/// <summary>The files of this repository, and what was compiled from them.</summary>
internal static class Repository
{
    /// <summary>The folder that holds src and tests.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The projects below a folder of the root, by name: GoneAway.Wire and its project file.</summary>
    public static IReadOnlyDictionary<string, string> Projects(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .ToDictionary(static path => Path.GetFileNameWithoutExtension(path));

    /// <summary>Source files below a folder of the root, what the build made left out.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !Path.GetRelativePath(Root, path).Split('/').Any(static part => part is "bin" or "obj"));

    /// <summary>Reads the metadata of the assembly that a project of src was compiled to.</summary>
    public static T Metadata<T>(string project, Func<MetadataReader, T> read)
    {
        string file = Path.Combine(AppContext.BaseDirectory, (project == "GoneAway.Cli" ? "goneaway" : project) + ".dll");
        using var image = new PEReader(File.OpenRead(file));
        return read(image.GetMetadataReader());
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Directory.Packages.props")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
