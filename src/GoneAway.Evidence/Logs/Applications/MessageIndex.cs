using System.Buffers;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Finds the message of a line: tries only those whose trigger stands in it, in their order.</summary>
internal sealed class MessageIndex
{
    private const int MostCandidates = 64;
    private const int MostOthers = 8;

    private readonly IReadOnlyList<ApplicationMessage> messages;
    private readonly SearchValues<string> search;
    // The triggers by their first character, each with the messages (by number) that it stands for; a number below 0 is a wrapped error code.
    private readonly (string Trigger, int[] Messages)[][] byFirst = new (string, int[])[128][];

    public MessageIndex(IReadOnlyList<ApplicationMessage> messages)
    {
        this.messages = messages;
        var all = new Dictionary<string, List<int>>();
        foreach (string trigger in NumberedError.Triggers)
            all[trigger] = [-1];
        for (int i = 0; i < messages.Count; i++)
        {
            if (!all.TryGetValue(messages[i].Trigger, out List<int>? of))
                all[messages[i].Trigger] = of = [];
            of.Add(i);
        }
        Triggers = [.. all.Keys];
        search = SearchValues.Create([.. all.Keys], StringComparison.Ordinal);
        Array.Fill(byFirst, []);
        foreach (var group in all.GroupBy(static one => one.Key[0]))
            byFirst[group.Key] = [.. group.Select(static one => (one.Key, one.Value.ToArray()))];
    }

    public IReadOnlyList<string> Triggers { get; }

    /// <summary>The first message in order that the line holds; a numbered error when none is and a number stands there.</summary>
    public bool TryFind(ReadOnlySpan<char> line, out Hit hit)
    {
        hit = default;
        Span<int> candidates = stackalloc int[MostCandidates];
        int count = Candidates(line, candidates, out bool numbered);
        candidates = candidates[..count];
        candidates.Sort();
        bool wrapped = NumberedError.TryFind(line, out int code, out int start);
        int weak = -1;
        Template.Matched weakly = default;
        for (int i = 0; i < count; i++)
        {
            ApplicationMessage message = messages[candidates[i]];
            if (weak >= 0 && message.Weak || !message.TryMatch(line, out Template.Matched matched))
                continue;
            if (message.Weak)
            {
                (weak, weakly) = (candidates[i], matched);
                continue;
            }
            hit = new Hit(message, matched, wrapped ? code : null, matched.Start);
            return true;
        }
        if (numbered && wrapped)
            hit = new Hit(null, default, code, start);
        else if (weak >= 0)
            hit = new Hit(messages[weak], weakly, wrapped ? code : null, weakly.Start);
        else
            return false;
        return true;
    }

    /// <summary>The other messages that the line holds: a record of JSON has a whole stack trace in one line.</summary>
    public List<Hit> Others(ReadOnlySpan<char> line, Hit first)
    {
        Span<int> candidates = stackalloc int[MostCandidates];
        candidates = candidates[..Candidates(line, candidates, out _)];
        candidates.Sort();
        var others = new List<Hit>();
        foreach (int one in candidates)
        {
            ApplicationMessage message = messages[one];
            if (message != first.Message && others.Count < MostOthers && message.TryMatch(line, out Template.Matched matched))
                others.Add(new Hit(message, matched, null, matched.Start));
        }
        return others;
    }

    private int Candidates(ReadOnlySpan<char> line, Span<int> candidates, out bool numbered)
    {
        numbered = false;
        int count = 0;
        while (line.IndexOfAny(search) is var at and >= 0)
        {
            line = line[at..];
            foreach ((string trigger, int[] of) in line[0] < 128 ? byFirst[line[0]] : [])
            {
                if (!line.StartsWith(trigger, StringComparison.Ordinal))
                    continue;
                foreach (int one in of)
                {
                    if (one < 0)
                        numbered = true;
                    else if (count < candidates.Length && !candidates[..count].Contains(one))
                        candidates[count++] = one;
                }
            }
            line = line[1..];
        }
        return count;
    }
}

/// <summary>A message found in a line.</summary>
/// <param name="Message">Null when only an error number was found.</param>
/// <param name="Code">MySQL's number as wrapped around it.</param>
/// <param name="Start">Where it stands in the line.</param>
internal readonly record struct Hit(ApplicationMessage? Message, Template.Matched Matched, int? Code, int Start)
{
    public bool IsWeak => Message is { Weak: true } && !Proven;

    /// <summary>A driver's own words said the same.</summary>
    private bool Proven { get; init; }

    private bool IsBare => IsWeak && Message!.Rank is null;

    /// <summary>Of two of the same sign the one that tells more.</summary>
    public static Hit Better(Hit one, Hit other)
    {
        Hit better = other.IsBare || !one.IsBare && Telling.Of(other) <= Telling.Of(one) ? one : other;
        return better with { Proven = !one.IsWeak || !other.IsWeak };
    }
}
