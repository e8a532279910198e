using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>
/// Settings of applications, their pools and process servers that decide how long a connection may live, wait or be idle: source text,
/// .ini, .properties, .env, YAML, JSON, command lines, connection strings.
/// </summary>
internal sealed class ApplicationConfig : IPassageReader
{
    private static readonly Action<ApplicationText, ApplicationFacts>[] Families =
    [
        PythonSettings.Read, DjangoSettings.Read, JavaPools.Read, GoSettings.Read, NodeSettings.Read, PhpSettings.Read, RailsSettings.Read, ProcessServers.Read, CommandLines.Read, ConnectionTexts.Read,
    ];

    private static readonly string[] Keywords =
    [
        "if ", "if(", "elif ", "else", "except", "raise ", "return ", "throw ", "catch", "} catch", "rescue ", "case ", "when ", "def ", "async ", "await ", "function ", "const ", "let ", "var ", "self.", "log", "print", "'", "\"",
    ];

    public string Kind => "application configuration";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (ApplicationText.TryOf(passage) is not { } text)
            return false;
        var facts = new ApplicationFacts(passage);
        foreach (Action<ApplicationText, ApplicationFacts> family in Families)
            family(text, facts);
        // An address alone is in too many texts to make one of them a configuration.
        if (facts.All.Count == 0)
            return false;
        foreach (Fact fact in facts.All)
            findings.Add(fact);
        Leave(passage, facts.All, findings);
        return true;
    }

    /// <summary>A post holds code and the error that it got: lines that set nothing may be a log's. What a comment says of errors is none.</summary>
    private static void Leave(Passage passage, IReadOnlyList<Fact> facts, Findings findings)
    {
        HashSet<string> told = [.. facts.Select(static fact => fact.Source)];
        for (int i = 0; i < passage.Lines.Count; i++)
            if (!told.Contains(passage.At(i)) && !IsComment(passage.Lines[i]) && !IsCode(passage.Lines[i]))
                findings.Leave(passage.FirstLine + i);
    }

    /// <summary>Code that handles an error names it, too.</summary>
    private static bool IsCode(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart();
        foreach (string begin in Keywords)
            if (text.StartsWith(begin, StringComparison.Ordinal))
                return true;
        return text.IndexOf(" in str(", StringComparison.Ordinal) >= 0 || text.IndexOf(" == ", StringComparison.Ordinal) >= 0 || text.EndsWith("{", StringComparison.Ordinal) || text.EndsWith(";", StringComparison.Ordinal);
    }

    private static bool IsComment(string line) =>
        line.AsSpan().TrimStart() is ['#' or ';' or '*', ..] or ['/', '/' or '*', ..] or ['<', '!', '-', ..] or ['-', '-', ' ', ..] || line.Contains(" # ", StringComparison.Ordinal) || line.Contains(" // ", StringComparison.Ordinal);
}
