using GoneAway.Evidence.Config.Applications;

namespace GoneAway.Evidence.Tests.Config.Applications;

/// <summary>What a configuration tells, in short: <c>scope name=value@line</c>, sorted.</summary>
internal static class Told
{
    public static string By(string text)
    {
        Findings? findings = Read.Passage(new ApplicationConfig(), text, "app");
        return findings is null ? "nothing" : string.Join("; ", findings.Facts.Select(static one => $"{one.Scope} {one.Name}={one.Value}@{one.Source["app:".Length..]}").Order(StringComparer.Ordinal));
    }

    /// <summary>Asserts that these facts are told and no others.</summary>
    public static void Exactly(string text, params string[] facts) => Assert.Equal(string.Join("; ", facts.Order(StringComparer.Ordinal)), By(text));
}
