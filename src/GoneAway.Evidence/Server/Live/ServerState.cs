using GoneAway.Model;

namespace GoneAway.Evidence.Server.Live;

/// <summary>What a running server told of itself.</summary>
public sealed record ServerState
{
    /// <summary><c>app@db1:3306</c>.</summary>
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required bool IsMariaDb { get; init; }
    /// <summary>Counters are there twice when they were watched: each reading has its time.</summary>
    public required IReadOnlyList<Fact> Facts { get; init; }
    /// <summary>Its sessions.</summary>
    public required IReadOnlyList<Sighting> Sightings { get; init; }
    /// <summary><c>host cache (needs SELECT on performance_schema.host_cache)</c>.</summary>
    public required IReadOnlyList<string> NotSeen { get; init; }
}
