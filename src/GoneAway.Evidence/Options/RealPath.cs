namespace GoneAway.Evidence.Options;

/// <summary>Where a path leads when all links in it are followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>Null when the links go round in circles or lead nowhere.</summary>
    public static string? Of(string path)
    {
        var open = new Stack<string>(Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = "/";
        int links = 0;
        while (open.TryPop(out string? part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks)
                return null;
            if (target.StartsWith('/'))
                real = "/";
            foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                open.Push(step);
        }
        return File.Exists(real) || Directory.Exists(real) ? real : null;
    }

    public static bool IsBelow(string folder, string path) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
