using System.Text.RegularExpressions;

namespace GoneAway.Lab.Stories;

/// <summary>A command that <c>collectNext</c> named, and what it printed.</summary>
public sealed record FollowedStep(string Command, string Output);

/// <summary>What came out of a story.</summary>
public sealed record StoryTold
{
    public required Story Story { get; init; }

    /// <summary>What the application said without the gateway.</summary>
    public required string Saw { get; init; }

    /// <summary>Each command that was run before the failure, and what it printed.</summary>
    public required IReadOnlyList<FollowedStep> Ahead { get; init; }

    /// <summary>From the evidence that the author had.</summary>
    public required Explanation First { get; init; }

    public IReadOnlyList<FollowedStep> Followed { get; init; } = [];

    /// <summary>With what was asked for; null when the first was proof.</summary>
    public Explanation? Second { get; init; }

    public string SawBehindGateway { get; init; } = "";

    public string GatewaySaid { get; init; } = "";

    public Explanation Last => Second ?? First;

    /// <summary>What is not as it must be; empty when the story is solved.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (string pattern in Story.Sees)
            if (!Regex.IsMatch(Saw, pattern))
                yield return $"without the gateway the application did not see {pattern}";
        if (First.Wrong(Story) is { } wrong)
            yield return "from the author's evidence: " + wrong;
        if (!First.IsProven(Story.Cause) && First.CollectNext.Count == 0)
            yield return "the author's evidence proves nothing, and nothing is asked for";
        if (Last.Wrong(Story) is { } stillWrong)
            yield return "with what was asked for: " + stillWrong;
        if (!Last.IsProven(Story.Cause))
            yield return $"{Story.Cause} is not proven with what was asked for";
        foreach (string cause in Story.AlsoCauses.Where(cause => !Last.IsLikely(cause)))
            yield return $"{cause} is not even likely with what was asked for";
        if (Story.Hazard is { } hazard && !Ahead.Any(step => step.Output.Contains("hazard  " + hazard, StringComparison.Ordinal)))
            yield return $"nothing named the hazard {hazard} before the failure";
        if (Story.WrongBehindGateway(SawBehindGateway) is { } seen)
            yield return "behind the gateway: " + seen;
    }
}
