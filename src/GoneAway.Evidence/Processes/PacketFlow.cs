namespace GoneAway.Evidence.Processes;

/// <summary>One connection to MySQL in a packet list, as far as its lines have been read.</summary>
internal sealed class PacketFlow
{
    public required string ClientHost { get; init; }
    public required int ClientPort { get; init; }
    public required string ServerHost { get; init; }
    public required int ServerPort { get; init; }
    /// <summary>What the client writes.</summary>
    public TracedSocket Stream { get; } = new();
    public uint? ThreadId { get; set; }
    public int Syns { get; set; }
    public int FirstSyn { get; set; } = -1;
    public bool Answered { get; set; }
    public bool ServerSpoke { get; set; }
    public bool Over { get; set; }
    /// <summary>The client's data that nothing has acknowledged: line, sequence number, how often sent, and how long the connection had been silent.</summary>
    public int DataLine { get; set; } = -1;
    public long? DataSequence { get; set; }
    public int Sent { get; set; }
    public TimeSpan? IdleBefore { get; set; }
    /// <summary>The client spoke last; since when.</summary>
    public bool Awaiting { get; set; }
    public TimeSpan? AskedAt { get; set; }
    public TimeSpan? LastTraffic { get; set; }
    /// <summary>COM_QUIT was seen, or a packet of its size right before the client's FIN.</summary>
    public bool Quit { get; set; }
    public long LastClientLength { get; set; }
}
