using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>A folder that is filled with evidence, secrets taken out of it, and ends with a list of what is in it and what is not.</summary>
public sealed class Collection(string folder)
{
    public const string ManifestName = "MANIFEST.txt";
    /// <summary>How a manifest begins: those who read the folder know it by that.</summary>
    public const string ManifestHead = "GoneAway collection";

    private readonly List<(string Name, long Size, string Source, string? Note)> files = [];
    private readonly List<(string Place, string What)> removed = [];
    private readonly List<(string What, string Why)> missing = [];
    private readonly List<(string What, string Text)> said = [];

    public int Files => files.Count;
    public int Removed { get; private set; }
    public IReadOnlyList<(string What, string Why)> Missing => missing;

    /// <summary>Writes a text, its secrets removed. Bytes that are no characters stay as they are when it was read as Latin-1.</summary>
    /// <param name="name">Path inside the folder.</param>
    /// <param name="source">Where it comes from, as the manifest tells it.</param>
    /// <param name="text">All of it.</param>
    /// <param name="encoding">Of the file that is written.</param>
    /// <param name="note">What was left out, for the manifest.</param>
    public void Add(string name, string source, string text, Encoding? encoding = null, string? note = null)
    {
        var scrubber = new Scrubber();
        byte[] bytes = (encoding ?? Encoding.UTF8).GetBytes(scrubber.Clean(text));
        name = Free(Safe(name));
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (FileStream file = Create(path))
            file.Write(bytes);
        files.Add((name, bytes.Length, source, note));
        removed.AddRange(scrubber.Removed.Select(one => ($"{name}:{one.Line}", one.What)));
        if (scrubber.Count > scrubber.Removed.Count)
            removed.Add((name, $"{scrubber.Count - scrubber.Removed.Count} more"));
        Removed += scrubber.Count;
    }

    /// <summary>A line of the manifest about the host.</summary>
    public void Say(string what, string text) => said.Add((what, text));

    public void Miss(string what, string why) => missing.Add((what, why));

    /// <summary>Writes the manifest. Nothing is added after it.</summary>
    public void Finish(string host, DateTimeOffset at, string version)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{ManifestHead} of {host}, {at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, goneaway {version}\n\nRead it with: goneaway explain THIS-FOLDER-OR-ARCHIVE\n\nHost\n");
        foreach ((string what, string told) in said)
            text.Append(CultureInfo.InvariantCulture, $"  {what}: {told}\n");
        text.Append("\nFiles\n");
        foreach ((string name, long size, string source, string? note) in files)
            text.Append(CultureInfo.InvariantCulture, $"  {name}  {size} bytes  {source}{(note is null ? "" : $" ({note})")}\n");
        text.Append(CultureInfo.InvariantCulture, $"\nRemoved, and replaced by {Scrubber.Replacement}{(removed.Count == 0 ? ": nothing" : "")}\n");
        foreach ((string place, string what) in removed)
            text.Append(CultureInfo.InvariantCulture, $"  {place}  {what}\n");
        text.Append("Statements of sessions have '?' in place of every literal in quotes.\nLook through the files before you hand them on: hosts, accounts, addresses and what applications log are still in them.\n");
        text.Append(CultureInfo.InvariantCulture, $"\nNot collected{(missing.Count == 0 ? ": nothing that was looked for" : "")}\n");
        foreach ((string what, string why) in missing)
            text.Append(CultureInfo.InvariantCulture, $"  {what}: {why}\n");
        using FileStream file = Create(Path.Combine(folder, ManifestName));
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Packs a finished folder into a .tar.gz that its owner alone may read; an existing file is an error.</summary>
    public static void Pack(string folder, string archive)
    {
        using FileStream file = Create(archive);
        using var packed = new GZipStream(file, CompressionLevel.Optimal);
        string top = Path.GetFileName(archive);
        foreach (string ending in (string[])[".tar.gz", ".tgz"])
            if (top.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                top = top[..^ending.Length];
        using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            tar.WriteEntry(path, $"{top}/{Path.GetRelativePath(folder, path)}");
    }

    /// <summary>A new file, readable and writable by the collector alone: it may hold more than a ticket should.</summary>
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Letters, digits and points only; never a way out of the folder.</summary>
    public static string Safe(string name)
    {
        string[] parts = [.. name.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static part => string.Concat(part.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' ? c : '_')).TrimStart('.')).Where(static part => part.Length > 0)];
        return parts.Length == 0 ? "unnamed" : string.Join('/', parts);
    }

    private string Free(string name)
    {
        string free = name;
        for (int i = 2; files.Any(f => f.Name == free) || free == ManifestName; i++)
            free = $"{Path.ChangeExtension(name, null)}-{i}{Path.GetExtension(name)}";
        return free;
    }
}
