namespace GoneAway.Model;

/// <summary>The judgement on one lost connection. <see cref="Cause"/> is null when the grade is unknown.</summary>
public sealed record Verdict(string? Cause, Grade Grade, string Summary);

/// <summary>A cause that is not excluded.</summary>
public sealed record Alternative(string Cause, Grade Grade, string Why);

/// <summary>A cause that is excluded, and by what.</summary>
public sealed record Exclusion(string Cause, string Why, string Source);

/// <summary>The two ends of a lost connection and what names them, as far as any source says.</summary>
public sealed record Party
{
    /// <summary><c>address:port</c>, or what there is of it.</summary>
    public string? Client { get; init; }
    public string? Server { get; init; }
    public uint? ThreadId { get; init; }
    public string? User { get; init; }
    public string? Program { get; init; }
    public int? Pid { get; init; }

    public static Party Of(Loss loss)
    {
        Sighting[] told = [.. loss.Sightings];
        // The job that a line tells of is the loss's, or another's: who wrote that line is not who lost the connection.
        Identity? identity = loss.Connection?.Identity;
        return new Party
        {
            Client = loss.Connection?.Client.ToString() ?? Address(told.FirstOrDefault(static s => s.ClientHost is not null && s.ClientPort is not null) ?? told.FirstOrDefault(static s => s.ClientHost is not null), static s => (s.ClientHost, s.ClientPort)),
            Server = loss.Connection?.Server.ToString() ?? Address(told.FirstOrDefault(static s => s.ServerHost is not null), static s => (s.ServerHost, s.ServerPort)),
            ThreadId = identity?.ThreadId ?? told.FirstOrDefault(static s => s.ThreadId is not null)?.ThreadId,
            User = identity?.User ?? told.FirstOrDefault(static s => s.User is not null)?.User,
            Program = identity?.Program ?? told.FirstOrDefault(static s => s.Worker is not null && s.Sign != Sign.JobRan)?.Worker,
            Pid = identity?.Pid ?? told.FirstOrDefault(static s => s.Pid is not null)?.Pid,
        };
    }

    private static string? Address(Sighting? sighting, Func<Sighting, (string? Host, int? Port)> of) =>
        sighting is null || of(sighting) is not { Host: { } host } end ? null : end.Port is { } port ? $"{host}:{port}" : host;
}

/// <summary>A lost connection with its verdict.</summary>
public sealed record Incident
{
    /// <summary>Stable within a report.</summary>
    public required string Id { get; init; }
    /// <summary>Null when no source says a time.</summary>
    public required Instant? At { get; init; }
    /// <summary>The evidence that it was seen in first: a capture's or a log's name.</summary>
    public required string Source { get; init; }
    /// <summary>What a capture shows of it; null when only other sources tell.</summary>
    public required Timeline? Connection { get; init; }
    /// <summary>What applications, servers, proxies and processes say of it, oldest first.</summary>
    public IReadOnlyList<Sighting> Sightings { get; init; } = [];
    public required Party Party { get; init; }
    public required Symptom? Symptom { get; init; }
    public required ClosedBy ClosedBy { get; init; }
    public required Verdict Verdict { get; init; }
    public required IReadOnlyList<Evidence> Evidence { get; init; }
    public required IReadOnlyList<Alternative> Alternatives { get; init; }
    public required IReadOnlyList<Exclusion> RuledOut { get; init; }
    public required IReadOnlyList<Fix> Fix { get; init; }
    public required IReadOnlyList<NextStep> CollectNext { get; init; }
    /// <summary>Where a proxy stands in the case: each direction of the investigation with its answer.</summary>
    public IReadOnlyList<Direction> Directions { get; init; } = [];
    /// <summary>False when the connection went on: an error that is often taken for a loss.</summary>
    public required bool IsLoss { get; init; }
}

/// <summary>Something that will cost connections one day.</summary>
public sealed record Hazard(string Cause, string Text, string Source, string Fix);

/// <summary>One input and what became of it.</summary>
/// <param name="Kind"><c>pcap</c>, <c>pcapng</c>, <c>unreadable</c>, <c>unrecognised</c>, ...</param>
/// <param name="Records">Packets or lines read.</param>
/// <param name="Skipped">Records that could not be used.</param>
/// <param name="Note">What a person should know of it: where it was cut, why it was not read.</param>
public sealed record InputSummary(string Path, string Kind, long Records, long Skipped, string? Note);

/// <summary>Counts over all inputs.</summary>
public sealed record Totals
{
    /// <summary>MySQL connections seen.</summary>
    public long Connections { get; init; }
    public long Packets { get; init; }
    /// <summary>Connections that were lost: incidents that are losses.</summary>
    public long Lost { get; init; }
    public long CleanCloses { get; init; }
    /// <summary>Still open when the evidence ends.</summary>
    public long StillOpen { get; init; }
    /// <summary>Logins answered with "access denied" and the like: an answer, not a loss.</summary>
    public long RefusedLogins { get; init; }
    /// <summary>Connections closed by the client before it sent a byte: health checks, port probes.</summary>
    public long Probes { get; init; }
}

/// <summary>What a report is written to, part by part, so that no report has to fit in memory.</summary>
public interface IReportWriter
{
    void Begin();
    void Input(InputSummary input);
    void Incident(Incident incident);
    void Hazard(Hazard hazard);
    /// <summary>Ends the report; nothing may follow.</summary>
    void End(Totals totals);
}
