using System.Globalization;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>A process of this host, as <c>/proc</c> shows it to this account.</summary>
public sealed record RunningProcess
{
    public required int Pid { get; init; }
    public int Parent { get; init; }
    /// <summary>The program's name, with the script of an interpreter: <c>python3 worker.py</c>. No other argument: one might be a password.</summary>
    public string Name { get; init; } = "";
    /// <summary>Its numbers in the process namespaces it is in, the outermost first: a container's processes have a number of their own.</summary>
    public IReadOnlyList<int> Numbers { get; init; } = [];
    /// <summary><c>net:[4026531840]</c>; null when this account may not see it.</summary>
    public string? NetworkNamespace { get; init; }
    /// <summary>Descriptors that are sockets, with their inodes; null when this account may not see them.</summary>
    public IReadOnlyList<(int Descriptor, ulong Inode)>? Sockets { get; init; }

    public string Shown => $"{Name}[{Pid}]";

    private static readonly string[] Interpreters = ["python", "perl", "php", "ruby", "node", "java", "dotnet", "sh", "bash"];

    /// <summary>All processes that <c>/proc</c> lists; those that end meanwhile are left out.</summary>
    public static IReadOnlyList<RunningProcess> All(string proc = "/proc")
    {
        var found = new List<RunningProcess>();
        foreach (string folder in Directory.EnumerateDirectories(proc))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid, folder) is { } process)
                found.Add(process);
        return found;
    }

    /// <summary>Null when there is none of that number.</summary>
    public static RunningProcess? Read(int pid, string folder)
    {
        if (Text(folder, "stat") is not { } stat || !TryStat(stat, out string name, out int parent))
            return null;
        return new RunningProcess
        {
            Pid = pid,
            Parent = parent,
            Name = WithScript(name, Text(folder, "cmdline") ?? ""),
            Numbers = NumbersOf(Text(folder, "status") ?? "", pid),
            NetworkNamespace = Target(Path.Combine(folder, "ns/net")),
            Sockets = SocketsIn(Path.Combine(folder, "fd")),
        };
    }

    /// <summary>4711 (a name) S 4710 ...: the name may hold blanks and brackets.</summary>
    internal static bool TryStat(string stat, out string name, out int parent)
    {
        (name, parent) = ("", 0);
        int open = stat.IndexOf('('), close = stat.LastIndexOf(')');
        if (open < 0 || close < open)
            return false;
        name = stat[(open + 1)..close];
        string[] rest = stat[(close + 1)..].Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 1 && int.TryParse(rest[1], NumberStyles.None, CultureInfo.InvariantCulture, out parent);
    }

    internal static string WithScript(string name, string commandLine)
    {
        string[] words = commandLine.Split('\0', 4);
        if (words.Length < 2 || !Interpreters.Any(one => name.StartsWith(one, StringComparison.Ordinal)))
            return name;
        if (words[1] == "-m" && words.Length > 2)
            return $"{name} -m {Script(words[2])}";
        // dotnet exec, php artisan: a word without a point is a command of the interpreter's own as often as a script.
        return words[1].StartsWith('-') || words[1].IndexOfAny(['.', '/']) < 0 ? name : $"{name} {Script(words[1])}";
    }

    private static string Script(string path) => Path.GetFileName(path) is { Length: > 0 and <= 40 } file && !file.Contains(' ') ? file : "…";

    private static List<int> NumbersOf(string status, int pid)
    {
        foreach (string line in status.Split('\n'))
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
                return [.. line[6..].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Select(static word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];
        return [pid];
    }

    private static List<(int, ulong)>? SocketsIn(string folder)
    {
        var sockets = new List<(int, ulong)>();
        try
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(folder))
                if (Target(path) is { } target && target.StartsWith("socket:[", StringComparison.Ordinal)
                    && ulong.TryParse(target.AsSpan(8, target.Length - 9), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
                    && int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
                    sockets.Add((descriptor, inode));
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            // It has ended.
        }
        return sockets;
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Text(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
