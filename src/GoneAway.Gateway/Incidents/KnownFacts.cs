using System.Globalization;
using GoneAway.Gateway.Backends;
using GoneAway.Model;

namespace GoneAway.Gateway.Incidents;

/// <summary>What a server said of its settings when the connection was opened, as facts for the judge: what is set globally later counts for new ones.</summary>
internal static class KnownFacts
{
    public static IReadOnlyList<Fact> Of(ServerInfo info, Timeline timeline)
    {
        // What the session set for itself goes before the server's own value.
        IEnumerable<Fact> own = timeline.Work.Settings.Select(static s => new Fact(FactKind.Variable, s.Key, s.Value.Value, null, "server:" + s.Key) { Scope = "session" });
        if (info.MaxAllowedPacket == 0)
            return [.. own];
        return
        [
            .. own,
            Variable("wait_timeout", info.WaitTimeout), Variable("interactive_timeout", info.InteractiveTimeout),
            Variable("max_allowed_packet", info.MaxAllowedPacket), Variable("max_connections", info.MaxConnections),
            new Fact(FactKind.Variable, "version", IncidentDesk.VersionOf(info), null, "server:version"),
        ];
    }

    private static Fact Variable(string name, long value) =>
        new(FactKind.Variable, name, value.ToString(CultureInfo.InvariantCulture), null, "server:" + name) { Scope = "global" };
}
