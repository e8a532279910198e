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
        return true;
    }
}
