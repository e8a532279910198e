using System.Text.Json;

namespace GoneAway.TestKit;

/// <summary>A folder of evidence with its truth.</summary>
public sealed record SampleFolder(string Path, string Cause, IReadOnlyList<string> AlsoAcceptable)
{
    public string Name => System.IO.Path.GetFileName(Path);
    public string Capture => System.IO.Path.Combine(Path, "capture.pcap");

    public static SampleFolder Read(string path)
    {
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(path, "truth.json")));
        return new SampleFolder(path, truth.RootElement.GetProperty("cause").GetString()!,
            [.. truth.RootElement.GetProperty("alsoAcceptable").EnumerateArray().Select(static e => e.GetString()!)]);
    }

    public static IEnumerable<SampleFolder> All => Directory.EnumerateDirectories(Repository.At("samples")).Order(StringComparer.Ordinal).Select(Read);
}
