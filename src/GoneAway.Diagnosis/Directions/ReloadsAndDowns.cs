namespace GoneAway.Diagnosis.Directions;

/// <summary>The proxy's own changes: a reload that cuts what is left of the old process, a server that its check takes out.</summary>
internal sealed class ReloadsAndDowns : DirectionRule
{
    public override string Name => "reloads, servers marked down";
    public override IReadOnlyList<string> Causes => ["proxy-reload", "proxy-backend-down"];

    protected override string? Numbers(Hearing hearing) => hearing.Proxy("hard-stop-after") is { } stop ? Show(stop) + " s" : null;

    protected override (string Missing, string Command) Collect(Hearing hearing) =>
        ("the proxy's log of that time: DOWN, stopped, hard-stopped, and the two letters at the end of the session", $"journalctl -u haproxy{hearing.Site.Around}");
}
