using System.Buffers;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>Completes a sighting from what stands around its line; null leaves the line without one.</summary>
internal delegate Sighting? Refine(LogLine line, in ServerLogEntry entry, Sighting sighting);

/// <summary>A message of the server and what it is a sign of; without a sign it is known and tells nothing.</summary>
internal sealed class ServerLogRule
{
    public ServerLogRule(Sign? sign, string text)
    {
        Sign = sign;
        Template = new Template(text);
        string key = "";
        foreach (string piece in text.Split('{', '}').Where(static (_, i) => i % 2 == 0))
            if (piece.Length > key.Length)
                key = piece;
        Key = key;
    }

    public Sign? Sign { get; }
    public Template Template { get; }
    /// <summary>The longest piece of the message that never changes: it finds the rule.</summary>
    public string Key { get; }
    /// <summary>The message is the server's beyond doubt, also without a time and level before it.</summary>
    public bool IsBare { get; init; }
    /// <summary>One event is told in several lines: within that many lines only the first counts.</summary>
    public int Once { get; init; }
    /// <summary>What the sign is about, when the message does not say it.</summary>
    public string? Subject { get; init; }
    public string? State { get; init; }
    public int? Code { get; init; }
    public int? Errno { get; init; }
    /// <summary>The thing that ends or starts is told of by its supervisor.</summary>
    public Origin Origin { get; init; } = Origin.Server;
    public Refine? Refine { get; init; }
}

/// <summary>Many rules, found in one pass over a message.</summary>
internal sealed class ServerLogRules
{
    // Enough for any real message; a hostile one cannot make it costly.
    private const int MostTries = 12;

    private readonly TriggerSearch? any;
    private readonly SearchValues<string> keys;
    private readonly Dictionary<char, ServerLogRule[]> byFirst;

    public ServerLogRules(IEnumerable<ServerLogRule> rules)
    {
        ServerLogRule[] all = [.. rules];
        keys = SearchValues.Create([.. all.Select(static rule => rule.Key).Distinct()], StringComparison.Ordinal);
        any = Array.TrueForAll(all, static rule => rule.Key.Length >= TriggerSearch.Shortest) ? new TriggerSearch(all.Select(static rule => (rule.Key, 0))) : null;
        byFirst = all.GroupBy(static rule => rule.Key[0]).ToDictionary(static group => group.Key, static group => group.OrderByDescending(static rule => rule.Key.Length).ThenByDescending(static rule => rule.Template.Text.Length).ToArray());
    }

    /// <summary>The rule that matches first in the message; of those at one place, the one with the longest key.</summary>
    public bool TryFind(ReadOnlySpan<char> message, bool bareOnly, out ServerLogRule rule, out Template.Matched matched)
    {
        rule = null!;
        matched = default;
        // Most messages hold none: that is found out fastest.
        if (any is not null && any.IndexOf(message) < 0)
            return false;
        int at = 0;
        for (int tries = 0; tries < MostTries && at < message.Length && message[at..].IndexOfAny(keys) is var found and >= 0; tries++)
        {
            at += found;
            foreach (ServerLogRule candidate in byFirst[message[at]])
                if ((candidate.IsBare || !bareOnly) && message[at..].StartsWith(candidate.Key, StringComparison.Ordinal) && candidate.Template.TryMatch(message, out matched))
                {
                    rule = candidate;
                    return true;
                }
            at++;
        }
        return false;
    }
}
