using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>How sightings and facts are worded in answers.</summary>
internal static class Words
{
    private const int Longest = 160;

    public static string Quote(Sighting sighting)
    {
        string text = sighting.Text.Trim();
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }

    public static string Of(Fact fact) => fact.Scope is null or "global" ? $"{fact.Name} = {fact.Value}" : $"{fact.Name} = {fact.Value} ({fact.Scope})";

    public static string Of(Phases phases) => phases switch
    {
        Phases.Connect => "before any greeting",
        Phases.Login => "during the login",
        Phases.Connect | Phases.Login => "before the login was done",
        Phases.Idle => "while nothing was under way",
        Phases.Query => "while a command was under way",
        Phases.Fetch => "in the middle of an answer",
        Phases.Query | Phases.Fetch => "while a command was under way",
        _ => "in an established session",
    };
}
