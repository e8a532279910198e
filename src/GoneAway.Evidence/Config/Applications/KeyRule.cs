using System.Text;

namespace GoneAway.Evidence.Config.Applications;

internal enum ValueKind : byte
{
    Span,
    Count,
    Switch,
}

/// <summary>A key of some stack and the fact that it tells; several spellings of a key are one when letters and digits are the same.</summary>
/// <param name="Unit">Seconds in one of the value's units, where it names none itself.</param>
internal sealed record KeyRule(string Key, string Fact, ValueKind Kind, double Unit = 1)
{
    /// <summary>Adds what the setting says, when its key is this one. The key is given in its plain form.</summary>
    public static bool Apply(IReadOnlyList<KeyRule> rules, string plain, Setting setting, string scope, ApplicationFacts facts)
    {
        bool any = false;
        foreach (KeyRule rule in rules)
        {
            if (rule.Key != plain)
                continue;
            any = true;
            if (rule.Kind == ValueKind.Span)
                facts.Span(rule.Fact, setting, scope, rule.Unit);
            else if (rule.Kind == ValueKind.Count)
                facts.Number(rule.Fact, setting, scope);
            else
                facts.Switch(rule.Fact, setting, scope);
        }
        return any;
    }

    /// <summary>Letters and digits in lower case: <c>max-lifetime</c>, <c>MAX_LIFETIME</c> and <c>maxLifetime</c> are the same.</summary>
    public static string Plain(string key)
    {
        if (key.Length > 120)
            return "";
        var plain = new StringBuilder(key.Length);
        foreach (char c in key)
            if (char.IsAsciiLetterOrDigit(c))
                plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }
}
