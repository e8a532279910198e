using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>The option files of MySQL's server and clients on this host, with all that they include.</summary>
public sealed class OptionFileEvidence(Collection collection, long largest)
{
    private const int MostFiles = 200;
    private const int DeepestInclude = 10;

    private readonly HashSet<string> seen = [];

    /// <param name="home">The user's folder; null when there is none.</param>
    /// <param name="more">Files that running servers were told to read.</param>
    public void Take(string? home, IEnumerable<string> more)
    {
        // The places of all distributions; MySQL manual, "Using Option Files".
        foreach (string path in (string[])["/etc/my.cnf", "/etc/mysql/my.cnf", "/usr/etc/my.cnf", "/usr/local/etc/my.cnf", "/usr/local/mysql/etc/my.cnf", "/etc/my.cnf.d"])
            Place(path, 0, wanted: false);
        foreach (string path in more)
            Place(path, 0, wanted: true);
        if (!string.IsNullOrEmpty(home))
            Place(Path.Combine(home, ".my.cnf"), 0, wanted: false);
    }

    private void Place(string path, int depth, bool wanted)
    {
        if (Directory.Exists(path))
        {
            try
            {
                foreach (string file in Directory.GetFiles(path).Where(static f => f.EndsWith(".cnf", StringComparison.Ordinal) || f.EndsWith(".ini", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                    One(file, depth);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                collection.Miss(path, "no permission to read this folder");
            }
        }
        else if (File.Exists(path))
            One(path, depth);
        else if (wanted)
            collection.Miss(path, "no such file");
    }

    private void One(string path, int depth)
    {
        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        if (seen.Count >= MostFiles || !seen.Add(real))
            return;
        if (FileTail.Read(path, largest, out string? note, out string? failure) is not { } text)
        {
            collection.Miss(path, failure!);
            return;
        }
        collection.Add("option-files" + path, path, text, Encoding.Latin1, note);
        if (depth >= DeepestInclude)
            return;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            foreach (string word in (string[])["!includedir", "!include"])
                if (line.StartsWith(word, StringComparison.Ordinal) && line.Length > word.Length && line[word.Length] is ' ' or '\t')
                {
                    string target = line[word.Length..].Trim();
                    Place(Path.IsPathRooted(target) ? target : Path.Combine(Path.GetDirectoryName(path) ?? "/", target), depth + 1, wanted: true);
                    break;
                }
        }
    }
}
