namespace GoneAway.Diagnosis.Directions;

/// <summary>A driver and a server that do not fit: it shows when they log in, not in a session that worked.</summary>
internal sealed class DriverVersions : DirectionRule
{
    public override string Name => "driver and server versions";
    public override IReadOnlyList<string> Causes => ["old-client", "tls-mismatch", "commands-out-of-sync", "corrupted-packets"];

    protected override string? Numbers(Hearing hearing)
    {
        string? server = hearing.Loss.Connection?.Identity.ServerVersion ?? hearing.Known.Text("version"), driver = hearing.Loss.Connection?.Identity.Driver;
        return server is null && driver is null ? null : string.Join(", ", ((string?[])[driver is null ? null : "driver " + driver, server is null ? null : "server " + server]).OfType<string>());
    }

    protected override (string Missing, string Command) Collect(Hearing hearing) =>
        ("both versions", $"{hearing.Site.Client} -e 'SELECT VERSION()'; php -r 'echo PHP_VERSION, \" \", mysqli_get_client_info(), PHP_EOL;'   (or the driver's own version)");
}
