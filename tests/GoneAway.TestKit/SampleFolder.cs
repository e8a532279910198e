using System.Text.Json;

namespace GoneAway.TestKit;

/// <summary>A folder of evidence with its truth.</summary>
/// <param name="Cause">Null when its evidence cannot tell, because the decisive piece is missing.</param>
/// <param name="Collect">Where the evidence cannot tell: what the next steps have to ask for, one of these pieces of text.</param>
public sealed record SampleFolder(string Path, string? Cause, IReadOnlyList<string> AlsoAcceptable, IReadOnlyList<string> Collect)
{
    public string Name => System.IO.Path.GetFileName(Path);
    public string Capture => System.IO.Path.Combine(Path, "capture.pcap");
    public bool HasCapture => File.Exists(Capture);

    public static SampleFolder Read(string path)
    {
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(path, "truth.json")));
        return new SampleFolder(path, truth.RootElement.GetProperty("cause").GetString(), Strings(truth, "alsoAcceptable"), Strings(truth, "collect"));
    }

    public static IEnumerable<SampleFolder> All => Directory.EnumerateDirectories(Repository.At("samples")).Order(StringComparer.Ordinal).Select(Read);

    private static IReadOnlyList<string> Strings(JsonDocument truth, string name) =>
        truth.RootElement.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(static e => e.GetString()!)] : [];
}
