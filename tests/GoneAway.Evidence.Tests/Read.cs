using System.Text;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests;

/// <summary>Short ways to have text read in tests.</summary>
internal static class Read
{
    private static readonly EvidenceFile All = EvidenceFile.WithAllReaders();
    private static readonly EvidenceFile LinesOnly = new([], Readers.Lines);

    /// <summary>As a log: line readers only.</summary>
    public static Findings Lines(string text) => LinesOnly.Read("test.log", Bytes(text)).Findings;

    /// <summary>By one passage reader; null when it does not take it.</summary>
    public static Findings? Passage(IPassageReader reader, string text, string path = "test.txt")
    {
        var findings = new Findings();
        return reader.TryRead(new Passage(path, 1, text.TrimEnd('\n').Split('\n')), findings) ? findings : null;
    }

    /// <summary>As a file of unknown kind: all readers.</summary>
    public static Findings File(string text) => All.Read("test.txt", Bytes(text)).Findings;

    /// <summary>What kind the file is taken for.</summary>
    public static InputSummary Summary(string text) => All.Read("test.txt", Bytes(text)).Summary;

    /// <summary>The only sighting that a log gives.</summary>
    public static Sighting One(string text) => Assert.Single(Lines(text).Sightings);

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
