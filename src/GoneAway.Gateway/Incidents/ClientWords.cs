using GoneAway.Model;

namespace GoneAway.Gateway.Incidents;

/// <summary>What the error that a client gets says of a loss. Frameworks decide by words and numbers whether to run a statement again.</summary>
internal static class ClientWords
{
    // peewee looks for these digits anywhere in an error's text; others for a few more of the kind.
    private static readonly string[] ErrorNumbers = ["1040", "1053", "1205", "1213", "1927", "2002", "2003", "2006", "2013", "2014", "2027", "2045", "2048", "2055", "3024", "4031"];

    /// <summary><c>cause: server-restart (likely), incident ikqzw-42</c></summary>
    public static string Cause(Verdict verdict, string incident) =>
        verdict.Cause is { } cause ? $"cause: {cause} ({verdict.Grade.ToString().ToLowerInvariant()}), incident {incident}" : $"cause: not known yet, incident {incident}";

    /// <summary>The text of the error that says so. No framework may take it for a reason to run the statement again.</summary>
    /// <param name="cause">As <see cref="Cause"/> makes it.</param>
    public static string OutcomeUnknown(bool wasInTransaction, string cause) =>
        $"Outcome unknown: the server ended while this statement ran{(wasInTransaction ? " at the end of a transaction" : "")}; look whether it took effect before anything else. {cause}";

    public static bool HoldsErrorNumber(string text)
    {
        foreach (string number in ErrorNumbers)
            if (text.Contains(number, StringComparison.Ordinal))
                return true;
        return false;
    }
}
