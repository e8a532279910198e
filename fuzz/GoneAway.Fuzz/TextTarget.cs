using GoneAway.Evidence;
using GoneAway.Model;

namespace GoneAway.Fuzz;

/// <summary>The input is a file of evidence: whatever it holds, all readers have their try, and what they find is short, printable and of that file.</summary>
public sealed class TextTarget : ITarget
{
    private const string Name = "evidence";
    private const int LongestText = 500;

    private static readonly EvidenceFile Readers = EvidenceFile.WithAllReaders();

    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        Findings findings = Readers.Read(Name, new MemoryStream(input.ToArray(), writable: false)).Findings;
        foreach (Sighting one in findings.Sightings)
        {
            if (!one.Source.StartsWith(Name, StringComparison.Ordinal))
                throw new BrokenPromiseException($"a sighting of {one.Source}");
            if (one.Text.Length > LongestText)
                throw new BrokenPromiseException($"{one.Sign}: a text of {one.Text.Length} characters");
            foreach (char c in one.Text)
                if (char.IsControl(c))
                    throw new BrokenPromiseException($"{one.Sign}: control character {(int)c} in its text");
        }
    }
}
