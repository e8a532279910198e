namespace GoneAway.Model;

/// <summary>The parts of a connection's life in which it may have been lost, as far as the evidence leaves them open.</summary>
[Flags]
public enum Phases : byte
{
    None = 0,
    /// <summary>Before the greeting.</summary>
    Connect = 1,
    /// <summary>After the greeting, before the login was answered.</summary>
    Login = 2,
    /// <summary>Nothing was under way; noticed at the next use.</summary>
    Idle = 4,
    /// <summary>A command was being sent or its answer awaited.</summary>
    Query = 8,
    /// <summary>In the middle of an answer.</summary>
    Fetch = 16,
    Session = Idle | Query | Fetch,
    Any = Connect | Login | Session,
}

/// <summary>One lost connection as all sources together know it. Either part may be missing, never both.</summary>
public sealed record Loss
{
    /// <summary>What a capture shows of it.</summary>
    public Timeline? Connection { get; init; }
    /// <summary>What applications, servers, proxies and processes say of it, oldest first.</summary>
    public IReadOnlyList<Sighting> Sightings { get; init; } = [];
    public Instant? At { get; init; }
    /// <summary>Those of the sightings that name no connection, or another name of it, and were taken for this one's by their time alone.</summary>
    public IReadOnlyList<Sighting> ByTime { get; init; } = [];

    /// <summary>The sighting that tells of the loss itself; null when only a capture does.</summary>
    public Sighting? Told => Sightings.FirstOrDefault(static s => s.Sign.IsLoss()) ?? (Sightings.Count > 0 ? Sightings[0] : null);

    /// <summary>The server's id of the connection, whoever tells it.</summary>
    public uint? ThreadId => Connection?.Identity.ThreadId ?? Sightings.FirstOrDefault(static s => s.ThreadId is not null)?.ThreadId;

    /// <summary>Where to look first.</summary>
    public string Source => Told?.Source ?? Connection?.Source ?? "";

    /// <summary>What the evidence leaves open. How far a captured connection came is seen; drivers' words only narrow that.</summary>
    public Phases Phases
    {
        get
        {
            Phases open = PhasesOf(Connection);
            foreach (Sighting one in Sightings)
                if (one.Sign.Phases(one) is var told && (open & told) != 0)
                    open &= told;
            return open;
        }
    }

    /// <summary>How far a captured connection came.</summary>
    public static Phases PhasesOf(Timeline? connection) => connection?.Stage switch
    {
        Stage.Connecting or Stage.AwaitingGreeting => Phases.Connect,
        Stage.AwaitingLogin or Stage.Authenticating => Phases.Login,
        Stage.Commands => Phases.Session,
        _ => Phases.Any,
    };

    /// <summary>The first sighting with one of these signs.</summary>
    public Sighting? Find(params ReadOnlySpan<Sign> signs)
    {
        foreach (Sighting one in Sightings)
            if (signs.Contains(one.Sign))
                return one;
        return null;
    }

    /// <summary>The first ERR of the server with one of these numbers that some source other than the wire quotes.</summary>
    public Sighting? Said(params ReadOnlySpan<int> codes)
    {
        foreach (Sighting one in Sightings)
            if (one is { Sign: Sign.ServerSaid or Sign.ProxyBackendLost, Code: { } code } && codes.Contains(code))
                return one;
        return null;
    }

    /// <summary>The longest time without traffic that a source states, or that the capture shows before the end; null when nobody says.</summary>
    public (TimeSpan Time, string Source)? Idle
    {
        get
        {
            (TimeSpan Time, string Source)? longest = null;
            foreach (Sighting one in Sightings)
                if (one.Idle is { } idle && (longest is null || idle > longest.Value.Time))
                    longest = (idle, one.Source);
            return longest ?? (Connection is { Ending: { } ending } connection ? (ending.IdleBefore, connection.At(ending.At.Packet)) : null);
        }
    }

    /// <summary>Drivers and frameworks seen in it.</summary>
    public IEnumerable<string> Stack => Sightings.SelectMany(static one => one.Stack).Distinct();
}
