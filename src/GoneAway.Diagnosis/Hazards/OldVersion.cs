using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>A server without updates any more, or one that hides why it closes.</summary>
internal sealed class OldVersion : HazardRule
{
    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Version is not { } version || known.Variable("version") is not { } fact)
            yield break;
        if (known.IsMariaDb ? version < new Version(10, 6) : version < new Version(8, 0))
            yield return new Hazard("old-server", $"{(known.IsMariaDb ? "MariaDB" : "MySQL")} {version} gets no fixes any more, those for crashes included", fact.Source,
                known.IsMariaDb ? "MariaDB 10.11, 11.4 or 11.8 (long-term)" : "MySQL 8.4 (long-term)");
        else if (!known.IsMariaDb && version < new Version(8, 0, 24))
            yield return new Hazard("old-server", $"MySQL {version} closes idle connections without a word; from 8.0.24 on clients are told (4031)", fact.Source, "MySQL 8.4 (long-term), or the last 8.0");
    }
}
