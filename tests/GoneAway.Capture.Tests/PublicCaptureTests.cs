using GoneAway.TestKit;

namespace GoneAway.Capture.Tests;

/// <summary>Captures that others made (tests/captures/README.md): read without a fault, and nothing invented.</summary>
public sealed class PublicCaptureTests
{
    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Repository.At("tests", "captures")).Select(static f => Path.GetFileName(f)!).Where(static f => !f.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_what_is_known_to_be_there_is_an_incident(string name)
    {
        using FileStream stream = File.OpenRead(Repository.At("tests", "captures", name));
        Told told = Told.Of(stream);
        Assert.Null(told.Input.Note);
        Assert.True(told.Totals.Connections > 0);
        string[] causes = [.. told.Incidents.Select(static i => i.Verdict.Cause ?? "unknown")];
        switch (name)
        {
            case "zeek_auth.pcap":
                Assert.Equal(["host-not-allowed", "host-not-allowed", "host-not-allowed"], causes);
                Assert.Equal(9, told.Totals.RefusedLogins);
                break;
            case "zeek_caching_sha2_password.pcap":
                Assert.Equal(["client-vanished"], causes);
                break;
            default:
                Assert.Empty(causes);
                break;
        }
    }
}
