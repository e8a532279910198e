using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Options;

/// <summary>
/// Finds the files that !include and !includedir name: among those given, as they lie below a folder that somebody collected,
/// or on the disk beside the including file. Nothing outside of its folder is opened.
/// </summary>
internal sealed class IncludedFiles(IReadOnlyList<OptionFile> given)
{
    private const int MostRead = 200;
    private const int LargestFile = 1 << 20;

    private readonly Dictionary<string, OptionFile?> opened = new(StringComparer.Ordinal);

    /// <summary>The files that the server begins with, first to last, and at the end what SET PERSIST has kept.</summary>
    public IEnumerable<OptionFile> InOrder()
    {
        var below = new HashSet<OptionFile>(ReferenceEqualityComparer.Instance);
        foreach (OptionFile file in given)
            foreach (OptionLine line in file.Lines)
                if (line.Kind is OptionLineKind.Include or OptionLineKind.IncludeFolder)
                    foreach (OptionFile target in Given(file, line))
                        if (!ReferenceEquals(target, file))
                            below.Add(target);
        List<OptionFile> first = [.. given.Where(one => !below.Contains(one))];
        // All are included by one another.
        if (first.Count == 0)
            first = [.. given.OrderBy(static one => Rank(one.Path)).Take(1)];
        return first.OrderBy(static one => one.IsPersisted ? 100 : Rank(one.Path)).ThenBy(static one => one.Path, StringComparer.Ordinal);
    }

    /// <summary>
    /// The same, parted where the files are those of several hosts: a server reads one /etc/my.cnf only.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<OptionFile>> ByHost()
    {
        List<OptionFile> all = [.. InOrder()];
        List<OptionFile>? mains = all.Where(static one => !one.IsPersisted && Rank(one.Path) is 0 or 1 or 3).GroupBy(static one => Rank(one.Path)).Select(static same => same.ToList()).FirstOrDefault(static same => same.Count > 1);
        if (mains is null)
            return [all];
        return [.. mains.Select(main => (IReadOnlyList<OptionFile>)[.. all.Where(one => mains.MaxBy(other => Common(one.Path, other.Path)) == main)])];
    }

    private static int Common(string a, string b) => a == b ? int.MaxValue : Parts(a).Zip(Parts(b)).TakeWhile(static pair => pair.First == pair.Second).Count();

    /// <summary>Kept beside the file that counts: my.cnf.bak, my.cnf.rpmsave, my.cnf~.</summary>
    public static bool IsCopy(string path)
    {
        string name = Parts(path)[^1];
        return name.EndsWith('~') || name.Contains(".cnf.", StringComparison.OrdinalIgnoreCase) || name.Contains(".ini.", StringComparison.OrdinalIgnoreCase);
    }

    private static int Rank(string path)
    {
        string[] parts = Parts(path);
        string name = parts.Length > 0 ? parts[^1] : "", folder = parts.Length > 1 ? parts[^2] : "";
        return name switch
        {
            "my.cnf" or "my.ini" when folder == "etc" && !parts.Contains("usr") => 0,
            "my.cnf" when folder == "mysql" => 1,
            "mariadb.cnf" => 2,
            "my.cnf" or "my.ini" => 3,
            ".my.cnf" or ".mylogin.cnf" => 5,
            _ => 4,
        };
    }

    /// <param name="missing">Why there is none.</param>
    public IReadOnlyList<OptionFile> Of(OptionFile from, OptionLine line, out string? missing)
    {
        missing = null;
        List<OptionFile> found = Given(from, line);
        if (found.Count > 0)
            return found;
        if (OnDisk(from, line, out missing) is { } read)
            return read;
        missing ??= "not among the files given";
        return [];
    }

    /// <summary>The longest end that its path shares with those of given files: /etc/mysql/conf.d is ticket/etc/mysql/conf.d, or conf.d beside the file.</summary>
    private List<OptionFile> Given(OptionFile from, OptionLine line)
    {
        string[] wanted = Parts(line.Name);
        for (int ends = wanted.Length; ends > 0; ends--)
        {
            // A name alone must lie where the including file lies.
            List<OptionFile> found = [.. given.Where(one => !one.IsPersisted && EndsWith(Of(one, line.Kind), wanted, ends) && (ends > 1 || wanted.Length == 1 || Beside(from.Path, Of(one, line.Kind))))];
            if (line.Kind == OptionLineKind.IncludeFolder)
                found.RemoveAll(static one => !one.Path.EndsWith(".cnf", StringComparison.OrdinalIgnoreCase) && !one.Path.EndsWith(".ini", StringComparison.OrdinalIgnoreCase));
            if (found.Count > 0)
                return line.Kind == OptionLineKind.Include ? found[..1] : [.. found.OrderBy(static one => one.Path, StringComparer.Ordinal)];
        }
        return [];
    }

    private static string[] Of(OptionFile file, OptionLineKind kind) => kind == OptionLineKind.Include ? Parts(file.Path) : Parts(file.Path)[..^1];

    private static bool EndsWith(string[] path, string[] wanted, int ends)
    {
        if (path.Length < ends)
            return false;
        for (int i = 1; i <= ends; i++)
            if (path[^i] != wanted[^i])
                return false;
        return true;
    }

    private static bool Beside(string from, string[] target) => Parts(from)[..^1].AsSpan().SequenceEqual(target.AsSpan(0, target.Length - 1));

    private static string[] Parts(string path) => path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } parts ? [.. parts.Where(static p => p != ".")] : [""];

    /// <summary>Reads beside the including file. Null when there is nothing; an empty list when the folder holds no option files.</summary>
    private List<OptionFile>? OnDisk(OptionFile from, OptionLine line, out string? missing)
    {
        missing = null;
        try
        {
            if (!File.Exists(from.Path) || Path.GetDirectoryName(Path.GetFullPath(from.Path)) is not { } folder || RealPath.Of(folder) is not { } root)
                return null;
            string wanted = Path.GetFullPath(line.Name, folder);
            if (line.Kind == OptionLineKind.Include ? !File.Exists(wanted) : !Directory.Exists(wanted))
                return null;
            if (RealPath.Of(wanted) is not { } real || !RealPath.IsBelow(root, real))
            {
                missing = "outside of the folder of the file given; left out";
                return null;
            }
            IEnumerable<string> paths = line.Kind == OptionLineKind.Include ? [wanted] : Directory.EnumerateFiles(wanted, "*.cnf").Take(MostRead).Order(StringComparer.Ordinal);
            var files = new List<OptionFile>();
            foreach (string path in paths)
                if (RealPath.Of(path) is { } one && RealPath.IsBelow(root, one))
                    files.AddRange(Open(path) is { } file ? [file] : []);
                else
                    missing = $"{path} is a link that points outside of the folder; left out";
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or System.Security.SecurityException)
        {
            missing = "cannot be read";
            return null;
        }
    }

    private OptionFile? Open(string path)
    {
        if (opened.TryGetValue(path, out OptionFile? known))
            return known;
        // Devices and pipes have no length.
        bool fits = opened.Count < MostRead && new FileInfo(path).Length is > 0 and <= LargestFile;
        return opened[path] = fits ? OptionFilePassage.TryParse(new Passage(path, 1, File.ReadAllLines(path))) : null;
    }
}
