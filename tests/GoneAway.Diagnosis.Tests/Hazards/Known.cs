using System.Globalization;
using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests.Hazards;

/// <summary>Facts for a rule, written short.</summary>
internal sealed class Known
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    private readonly List<Fact> facts = [];
    private readonly List<Sighting> sightings = [];

    /// <summary>A server of these variables: <c>wait_timeout=60</c>.</summary>
    public static Known Server(params string[] variables) => new Known().With(FactKind.Variable, null, "server:", variables);

    public Known Session(string scope, params string[] variables) => With(FactKind.Variable, "session " + scope, "server:", variables);
    public Known Application(string stack, params string[] settings) => With(FactKind.Application, stack, "settings.py:", settings);
    public Known Proxy(string section, params string[] settings) => With(FactKind.Proxy, section, "haproxy.cfg:", settings);
    public Known System(params string[] settings) => With(FactKind.System, null, "/proc/sys/", settings);
    public Known Replica(params string[] fields) => With(FactKind.Replica, null, "server:", fields);
    public Known HostCache(string address, params string[] columns) => With(FactKind.HostCache, address, "server:", columns);
    public Known Errors(string lastSeen, params string[] counts) => With(FactKind.ErrorSummary, lastSeen, "server:", counts);
    public Known Event(params string[] events) => With(FactKind.KillingEvent, null, "server:", events);

    /// <summary>A counter's readings, three seconds apart.</summary>
    public Known Counter(string name, params double[] readings)
    {
        for (int i = 0; i < readings.Length; i++)
            facts.Add(new Fact(FactKind.Status, name, readings[i].ToString(CultureInfo.InvariantCulture), new Stamp(Noon.AddSeconds(i * 3), TimeSpan.Zero), "server:" + name));
        return this;
    }

    public Known Status(string name, string value)
    {
        facts.Add(new Fact(FactKind.Status, name, value, null, "server:" + name));
        return this;
    }

    public Known Seen(uint thread, string user, string host, int seconds, string? state = null, bool sleeps = true, string? program = null)
    {
        sightings.Add(new Sighting
        {
            Sign = Sign.SessionSeen,
            Origin = Origin.Server,
            Source = "server:processlist",
            Text = sleeps ? "Sleep" : "SELECT 1",
            ThreadId = thread,
            User = user,
            ClientHost = host,
            Idle = sleeps ? TimeSpan.FromSeconds(seconds) : null,
            Elapsed = sleeps ? null : TimeSpan.FromSeconds(seconds),
            State = state,
            Subject = program,
        });
        return this;
    }

    public IReadOnlyList<Hazard> Hazards() => HazardRules.Judge(facts, sightings);

    public IdleBudget Budget() => IdleBudget.Of(new KnownFacts(facts, sightings));

    private Known With(FactKind kind, string? scope, string place, string[] pairs)
    {
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=');
            facts.Add(new Fact(kind, pair[..equals], pair[(equals + 1)..], null, place + pair[..equals]) { Scope = scope });
        }
        return this;
    }
}
