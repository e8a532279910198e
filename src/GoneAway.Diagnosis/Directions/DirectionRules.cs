using GoneAway.Model;

namespace GoneAway.Diagnosis.Directions;

/// <summary>The directions of an investigation behind a proxy, in the order in which a person would ask.</summary>
internal static class DirectionRules
{
    private static readonly DirectionRule[] All =
    [
        new TimeOuts(), new HealthChecks(), new Limits(), new ReloadsAndDowns(), new KeptConnections(), new PacketSizes(), new ReplicaHealth(), new DriverVersions(), new LogLevels(),
    ];

    /// <summary>Each with its answer; none where no proxy stands in the case.</summary>
    public static IReadOnlyList<Direction> Of(Loss loss, Case @case, Incident incident)
    {
        var hearing = new Hearing(loss, @case, incident);
        return incident.IsLoss && hearing.Site.HasProxy ? [.. All.Select(rule => rule.Answer(hearing))] : [];
    }
}
