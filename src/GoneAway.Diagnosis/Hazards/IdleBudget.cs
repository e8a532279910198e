using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>One station on the path of a connection, and how long it leaves an idle one alone.</summary>
/// <param name="Who">Where: client pool, HAProxy, server.</param>
/// <param name="What">By which setting.</param>
/// <param name="Time">How long.</param>
/// <param name="Source">The setting's place.</param>
/// <param name="Closes">False for what closes nothing: keep-alive.</param>
public sealed record IdleStation(string Who, string What, TimeSpan Time, string Source, bool Closes);

/// <summary>How long a connection may be idle on its path client, proxy, server, and who ends it first.</summary>
public sealed record IdleBudget(IReadOnlyList<IdleStation> Stations)
{
    /// <summary>Who closes first; null when no station is known.</summary>
    public IdleStation? Shortest => Stations.Where(static s => s.Closes).MinBy(static s => s.Time);

    public IdleStation? Pool => Stations.Where(static s => s.Who == ClientPool).MinBy(static s => s.Time);
    public IdleStation? Proxy => Stations.Where(static s => s.Who == Proxies).MinBy(static s => s.Time);
    public IdleStation? Server => Stations.Where(static s => s.Who == Servers).MinBy(static s => s.Time);

    private const string ClientPool = "client pool";
    private const string Host = "keep-alive of this host";
    private const string Proxies = "proxy";
    private const string Servers = "server";

    public static IdleBudget Of(KnownFacts known)
    {
        var stations = new List<IdleStation>();
        foreach (string name in (string[])[ApplicationSetting.MaxLifetime, ApplicationSetting.IdleTimeout])
            foreach (Fact fact in known.Of(FactKind.Application, name))
                Add(stations, fact, ClientPool, fact.Scope is null ? name : $"{fact.Scope} {name}", closes: true);
        if (known.Of(FactKind.System, "net.ipv4.tcp_keepalive_time").LastOrDefault() is { } keepAlive)
            Add(stations, keepAlive, Host, "tcp_keepalive_time", closes: false);
        AddProxies(stations, known);
        Fact? server = known.Of(FactKind.Application, ApplicationSetting.SessionWaitTimeout).LastOrDefault() ?? known.Variable("wait_timeout");
        if (server is not null)
            Add(stations, server, Servers, server.Kind == FactKind.Application ? "wait_timeout, as the application sets it" : "wait_timeout", closes: true);
        return new IdleBudget(stations);
    }

    /// <summary>All in one line: each station with its number, and the shortest.</summary>
    public string Line()
    {
        var parts = new List<string> { Pool is { } pool ? Told(pool) : "client pool not known (--client-config)" };
        parts.AddRange(Stations.Where(static s => !s.Closes).Take(1).Select(Told));
        if (Proxy is not null)
            parts.Add(string.Join(", ", Stations.Where(static s => s.Who == Proxies).DistinctBy(static s => (s.What, s.Time)).OrderBy(static s => s.Time).Take(3).Select(Told)));
        parts.Add(Server is { } server ? Told(server) : "server's wait_timeout not known");
        return string.Join(" → ", parts) + (Shortest is { } shortest
            ? $"; shortest: {(shortest.Who == ClientPool ? "the client's own" : $"the {shortest.Who}'s")} {shortest.What}, {Spans.Show(shortest.Time)}"
                + (shortest.Who == ClientPool ? ", as it should be" : "") : "");
    }

    private static string Told(IdleStation station) =>
        $"{station.Who} {Spans.Show(station.Time)} ({(station.Source.EndsWith(station.What, StringComparison.Ordinal) ? "" : station.What + ", ")}{station.Source})";

    private static void Add(List<IdleStation> stations, Fact fact, string who, string what, bool closes)
    {
        // 0 and below mean "never" wherever they may be set.
        if (SecondsOf(fact) is > 0 and < 1e9 and var seconds)
            stations.Add(new IdleStation(who, what, TimeSpan.FromSeconds(seconds), fact.Source, closes));
    }

    private static void AddProxies(List<IdleStation> stations, KnownFacts known)
    {
        HashSet<string?> http = [.. known.Of(FactKind.Proxy, "mode").Where(static f => f.Value == "http").Select(static f => f.Scope)];
        Fact[] timeouts = [.. ((string[])["timeout tunnel", "timeout client", "timeout server"]).SelectMany(name => known.Of(FactKind.Proxy, name)).Where(f => !http.Contains(f.Scope))];
        Fact[] own = [.. timeouts.Where(static f => f.Scope?.StartsWith("defaults", StringComparison.Ordinal) != true)];
        foreach (Fact fact in own.Length > 0 ? own : timeouts)
        {
            // Once both sides only pass bytes on, a tunnel time-out replaces the two others.
            if (fact.Name != "timeout tunnel" && timeouts.Any(t => t.Name == "timeout tunnel" && (t.Scope == fact.Scope || t.Scope?.StartsWith("defaults", StringComparison.Ordinal) == true)))
                continue;
            Add(stations, fact, Proxies, fact.Scope is null ? fact.Name : $"{fact.Name} of {fact.Scope}", closes: true);
        }
        foreach (string name in (string[])["connection_timeout", "wait_timeout", "idle_timeout", "proxy_timeout", "mysql-wait_timeout"])
            foreach (Fact fact in known.Of(FactKind.Proxy, name))
                Add(stations, fact, Proxies, name, closes: true);
    }

    private static double? SecondsOf(Fact fact) =>
        fact.Number ?? (fact.Value.EndsWith('s') && double.TryParse(fact.Value.AsSpan(0, fact.Value.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : null);
}
