namespace GoneAway.Cli;

/// <summary>The files of one case: what is judged together.</summary>
/// <param name="Files">Paths, and whether the user named each of them (or it was found in a folder).</param>
internal sealed record CaseFiles(IReadOnlyList<(string Path, bool Named)> Files);

/// <summary>
/// Sorts what the user names into cases. Files named beside each other are one case, and so is a folder with all that is below it;
/// a folder that holds nothing but folders holds one case in each of them.
/// </summary>
internal sealed class Inputs(Action<string, Exception> onUnreadable)
{
    private const int Deepest = 16;

    // What is known of a sample, and the text beside it that tells people of it, are no evidence.
    private const string Truth = "truth.json";
    private const string Description = "README.md";

    public IEnumerable<CaseFiles> Of(IReadOnlyList<string> paths)
    {
        var together = new List<(string Path, bool Named)>();
        foreach (string path in paths)
        {
            if (path == "-" || !Directory.Exists(path))
                together.Add((path, true));
            else if (HoldsOnlyFolders(path, out List<string> folders))
            {
                foreach (string folder in folders)
                    foreach (CaseFiles below in Of([folder]))
                        yield return below;
            }
            else
                together.AddRange(FilesIn(path).Select(static file => (file, false)));
        }
        if (together.Count > 0)
            yield return new CaseFiles(together);
    }

    private static bool HoldsOnlyFolders(string path, out List<string> folders)
    {
        folders = [];
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            {
                if (IsPassedOver(entry))
                    continue;
                if (entry is not DirectoryInfo)
                    return false;
                folders.Add(Path.Combine(path, entry.Name));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        folders.Sort(StringComparer.Ordinal);
        return folders.Count > 0;
    }

    private List<string> FilesIn(string folder)
    {
        var found = new List<string>();
        var open = new Stack<(string Path, int Depth)>([(folder, 0)]);
        while (open.TryPop(out (string Path, int Depth) next))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(next.Path).EnumerateFileSystemInfos())
                {
                    if (IsPassedOver(entry))
                        continue;
                    if (entry is not DirectoryInfo)
                        found.Add(Path.Combine(next.Path, entry.Name));
                    else if (next.Depth < Deepest)
                        open.Push((Path.Combine(next.Path, entry.Name), next.Depth + 1));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                onUnreadable(next.Path, error);
            }
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Links inside folders are not followed: they may point anywhere. Hidden files are no evidence.</summary>
    private static bool IsPassedOver(FileSystemInfo entry) => entry.LinkTarget is not null || entry.Name.StartsWith('.') || entry.Name == Truth || entry.Name == Description && File.Exists(Path.Combine(Path.GetDirectoryName(entry.FullName)!, Truth));
}
