using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>
/// Sessions that captures show on both sides of a proxy: a proxy that only passes bytes on hands the server's greeting to its client, thread
/// id and scramble included. Such a session is lost once, and the leg on which its end began tells why.
/// </summary>
internal sealed class Legs
{
    /// <summary>Of a greeting's scramble, at least.</summary>
    private const int RandomBytes = 4;

    private readonly Dictionary<Timeline, SecondLeg> others = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Timeline> consequences = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyDictionary<Timeline, SecondLeg> Others => others;

    /// <summary>The end of this one only followed from that of the other leg, or both are the proxy's doing and the client's side tells of it.</summary>
    public bool IsConsequence(Timeline connection) => consequences.Contains(connection);

    /// <param name="connections">Each once.</param>
    public static Legs Of(IReadOnlyList<Timeline> connections)
    {
        var legs = new Legs();
        foreach (IGrouping<uint, Timeline> group in connections.Where(static c => c.Identity.ThreadId is not null && IsGreeting(c.Opening.FirstServerBytes.Span)).GroupBy(static c => c.Identity.ThreadId!.Value))
        {
            Timeline[] same = [.. group];
            for (int i = 0; i < same.Length; i++)
                for (int j = i + 1; j < same.Length; j++)
                    if (AreOne(same[i], same[j]) && !legs.others.ContainsKey(same[i]) && !legs.others.ContainsKey(same[j]))
                        legs.Add(same[i], same[j]);
        }
        return legs;
    }

    /// <summary>Header, protocol 10, version up to its zero, thread id, and enough of the scramble that follows.</summary>
    private static bool IsGreeting(ReadOnlySpan<byte> first) => first.Length > 5 && first[4] == 10 && first[5..].IndexOf((byte)0) is > 0 and var version && first.Length >= 5 + version + 1 + 4 + RandomBytes;

    private static bool AreOne(Timeline one, Timeline other) =>
        !(one.Client.Equals(other.Client) && one.Server.Equals(other.Server)) && one.First.At <= other.Last.At && other.First.At <= one.Last.At
        && one.Opening.FirstServerBytes.Span.SequenceEqual(other.Opening.FirstServerBytes.Span);

    private void Add(Timeline one, Timeline other)
    {
        (Timeline front, Timeline back) = IsFront(one, other) ? (one, other) : (other, one);
        others[front] = new SecondLeg(back, IsBehind: true);
        others[back] = new SecondLeg(front, IsBehind: false);
        bool serverBegan = back.Ending is { By: Side.Server } end && (front.Ending is not { } seen || seen.By == Side.Server || end.At.At <= seen.At.At);
        consequences.Add(serverBegan ? front : back);
    }

    /// <summary>The proxy opens the second leg from its own address, after the first.</summary>
    private static bool IsFront(Timeline one, Timeline other)
    {
        bool leads = one.Server.Address.Equals(other.Client.Address), follows = other.Server.Address.Equals(one.Client.Address);
        return leads != follows ? leads : one.First.At <= other.First.At;
    }
}
