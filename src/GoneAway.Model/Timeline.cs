using System.Globalization;
using System.Net;

namespace GoneAway.Model;

/// <summary>How far a connection got.</summary>
public enum Stage : byte
{
    /// <summary>Seen from its middle: how it began is not known.</summary>
    Unknown,
    /// <summary>SYN sent, nothing back.</summary>
    Connecting,
    /// <summary>TCP is open, no greeting yet.</summary>
    AwaitingGreeting,
    /// <summary>Greeting sent, no (complete) login yet.</summary>
    AwaitingLogin,
    /// <summary>TLS requested; what follows is encrypted.</summary>
    Encrypted,
    /// <summary>Login sent, not yet answered for good.</summary>
    Authenticating,
    /// <summary>Logged in: commands and responses.</summary>
    Commands,
}

/// <summary>All that is known of one connection, from its first packet to what came after its end.</summary>
public sealed record Timeline
{
    /// <summary>The evidence it was read from: a capture's name as given by the user.</summary>
    public required string Source { get; init; }
    /// <summary>Counts connections in the order in which their source first shows them, from 1.</summary>
    public required int Number { get; init; }
    public required IPEndPoint Client { get; init; }
    public required IPEndPoint Server { get; init; }
    public required Stage Stage { get; init; }
    public required Opening Opening { get; init; }
    public required Identity Identity { get; init; }
    public required SideActivity ClientActivity { get; init; }
    public required SideActivity ServerActivity { get; init; }
    public required Work Work { get; init; }
    /// <summary>Null while nobody has closed it.</summary>
    public required Ending? Ending { get; init; }
    /// <summary>ERR packets in order; at most 16, the first 8 and the last 8.</summary>
    public required IReadOnlyList<ServerError> Errors { get; init; }
    /// <summary>Breaks of the protocol in order; at most 16, the first ones.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }
    /// <summary>The last events, oldest first, the end included; at most 32.</summary>
    public required IReadOnlyList<ConnectionEvent> LastEvents { get; init; }
    /// <summary>First and last packet of the connection in its source.</summary>
    public required Moment First { get; init; }
    public required Moment Last { get; init; }
    /// <summary>The last moment that the source covers at all: silence before it was really silence.</summary>
    public required Instant ObservedUntil { get; init; }
    /// <summary>True when bytes are missing (lost by the capture, or cut by its snap length), so that silence proves less.</summary>
    public required bool HasGaps { get; init; }
    /// <summary>False for what one end tells of its own connection: it sees no windows and no TTLs.</summary>
    public bool SeesPackets { get; init; } = true;

    public SideActivity Activity(Side side) => side == Side.Client ? ClientActivity : ServerActivity;
    public bool EndedBy(Side side) => Ending?.By == side;
    /// <summary>"capture.pcap#12": the form of a source in reports.</summary>
    public string At(long packet) => packet > 0 ? $"{Source}#{packet}" : Source;
}

/// <summary>A packet and its time.</summary>
public readonly record struct Moment(Instant At, long Packet);

/// <summary>The beginning of a connection; a moment is null when it was not seen.</summary>
public sealed record Opening
{
    public Moment? Syn { get; init; }
    /// <summary>How often the SYN was sent again.</summary>
    public int SynRetransmissions { get; init; }
    public Moment? SynAck { get; init; }
    /// <summary>RST, or an ICMP error, in answer to the SYN.</summary>
    public Moment? Refused { get; init; }
    /// <summary>The client's ACK that completes the TCP handshake.</summary>
    public Moment? Established { get; init; }
    public Moment? Greeting { get; init; }
    public Moment? TlsRequest { get; init; }
    public Moment? Login { get; init; }
    public Moment? LoggedIn { get; init; }
    /// <summary>The first bytes of each side (at most 64), whatever they are.</summary>
    public ReadOnlyMemory<byte> FirstClientBytes { get; init; }
    public ReadOnlyMemory<byte> FirstServerBytes { get; init; }
    public Moment? FirstClientData { get; init; }
    public Moment? FirstServerData { get; init; }
}

/// <summary>Who is talking, from the greeting and the login.</summary>
public sealed record Identity
{
    /// <summary>As sent, without MariaDB's <c>5.5.5-</c> prefix.</summary>
    public string? ServerVersion { get; init; }
    public bool IsMariaDb { get; init; }
    /// <summary>The connection id of the greeting: the server's log calls it thread id.</summary>
    public uint? ThreadId { get; init; }
    public string? User { get; init; }
    public string? Schema { get; init; }
    /// <summary>Connection attribute <c>program_name</c>.</summary>
    public string? Program { get; init; }
    /// <summary>Connection attribute <c>_pid</c>.</summary>
    public int? Pid { get; init; }
    /// <summary>Connection attribute <c>_client_name</c> with <c>_client_version</c>.</summary>
    public string? Driver { get; init; }
    public string? ServerAuthPlugin { get; init; }
    public string? ClientAuthPlugin { get; init; }
    /// <summary>Capability flags of the greeting and of the login; 0 when not seen.</summary>
    public ulong ServerCapabilities { get; init; }
    public ulong ClientCapabilities { get; init; }
    /// <summary>CLIENT_INTERACTIVE (0x400): interactive_timeout applies instead of wait_timeout.</summary>
    public bool Interactive { get; init; }
    public bool UsesTls { get; init; }
    public bool Compressed { get; init; }
}

/// <summary>What one side sent, as TCP shows it.</summary>
public sealed record SideActivity
{
    /// <summary>First and last segment with new data.</summary>
    public Moment? FirstData { get; init; }
    public Moment? LastData { get; init; }
    /// <summary>Last segment of any kind, keep-alives and bare ACKs included.</summary>
    public Moment? LastSegment { get; init; }
    public long Bytes { get; init; }
    public long Segments { get; init; }
    /// <summary>Segments that carried bytes sent before.</summary>
    public int Retransmissions { get; init; }
    /// <summary>Retransmissions of the last data that the other side never acknowledged.</summary>
    public int UnansweredRetransmissions { get; init; }
    /// <summary>When the data that was never acknowledged was first sent; null when all is acknowledged.</summary>
    public Moment? UnacknowledgedSince { get; init; }
    /// <summary>Bytes sent and not acknowledged when the source ends or the connection ended.</summary>
    public long BytesInFlight { get; init; }
    public int KeepAlives { get; init; }
    /// <summary>Keep-alive probes that got no answer, at the end.</summary>
    public int UnansweredKeepAlives { get; init; }
    /// <summary>How long this side advertised a receive window of zero, in all and at the longest.</summary>
    public TimeSpan ZeroWindowTotal { get; init; }
    public TimeSpan ZeroWindowLongest { get; init; }
    /// <summary>Start of a zero window that was still closed at the end (or when the connection ended).</summary>
    public Moment? ZeroWindowSince { get; init; }
    /// <summary>The usual IP TTL or hop limit of this side's segments before the end; 0 when unknown.</summary>
    public byte UsualTtl { get; init; }
    /// <summary>The largest segment that the other side acknowledged; 0 when none.</summary>
    public int LargestAcknowledgedSegment { get; init; }
    /// <summary>The size of the segment retransmitted without answer; 0 when none.</summary>
    public int StuckSegment { get; init; }
}

/// <summary>A command of the client.</summary>
public sealed record CommandSeen
{
    /// <summary>First byte of the packet.</summary>
    public required byte Code { get; init; }
    /// <summary>COM_QUERY and so on.</summary>
    public required string Name { get; init; }
    public required Moment At { get; init; }
    /// <summary>Payload length in bytes as the packet headers announce it (all parts of a split packet that were seen).</summary>
    public required long Length { get; init; }
    /// <summary>Bytes of it that really came.</summary>
    public long Received { get; init; }
    /// <summary>The beginning of the statement, at most 200 characters, control characters escaped; null when it has no text.</summary>
    public string? Text { get; init; }
    /// <summary>Rows and payload bytes of its answer so far.</summary>
    public long Rows { get; init; }
    public long ResponseBytes { get; init; }
    /// <summary>First and last packet of the answer so far.</summary>
    public Moment? ResponseStart { get; init; }
    public Moment? ResponseEnd { get; init; }
}

/// <summary>Commands and responses.</summary>
public sealed record Work
{
    public long Commands { get; init; }
    public long Rows { get; init; }
    /// <summary>The command that was not (completely) answered when the connection ended or the source ends.</summary>
    public CommandSeen? Pending { get; init; }
    /// <summary>The last command that was answered completely.</summary>
    public CommandSeen? LastAnswered { get; init; }
    /// <summary>Status flags of the last OK or EOF: 0x0001 in transaction, 0x0008 more results.</summary>
    public ushort StatusFlags { get; init; }
    public bool InTransaction => (StatusFlags & 1) != 0;
    /// <summary>The largest packet that the client announced, payload bytes, all parts of a split packet together.</summary>
    public long LargestClientPacket { get; init; }
    public Moment? LargestClientPacketAt { get; init; }
    /// <summary>wait_timeout, interactive_timeout, net_write_timeout ... that this session set or read, by name in lower case.</summary>
    public IReadOnlyDictionary<string, SettingSeen> Settings { get; init; } = new Dictionary<string, SettingSeen>();
    /// <summary>Times (at most 4) at which a command was sent while an earlier one was not yet answered.</summary>
    public IReadOnlyList<Moment> Overlaps { get; init; } = [];
    public long OverlapCount { get; init; }
    /// <summary>A LOCAL INFILE upload was asked for and not yet ended.</summary>
    public bool UploadOpen { get; init; }
    /// <summary>The server stopped in the middle of a result set that had begun.</summary>
    public bool InsideResult { get; init; }
}

/// <summary>A server variable seen on the wire.</summary>
public readonly record struct SettingSeen(string Value, Moment At)
{
    /// <summary>The value as a number, in the variable's own unit; null when it is none.</summary>
    public double? Number => double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}

/// <summary>An ERR packet.</summary>
public sealed record ServerError
{
    public required int Code { get; init; }
    /// <summary>Five characters, or null where the packet has none.</summary>
    public string? SqlState { get; init; }
    /// <summary>As sent, control characters escaped.</summary>
    public required string Message { get; init; }
    public required byte Sequence { get; init; }
    public required Moment At { get; init; }
    /// <summary>Nothing had been asked: the server spoke unasked.</summary>
    public required bool Unsolicited { get; init; }
    public required Stage Stage { get; init; }
    /// <summary>Payload length in bytes: drivers print it as "packet size".</summary>
    public required int Length { get; init; }
}

/// <summary>The kinds of break of the protocol.</summary>
public enum ViolationKind : byte
{
    /// <summary>Bytes that are no MySQL packet where one had to come.</summary>
    NotMySql,
    /// <summary>A packet with another sequence id than the one due.</summary>
    WrongSequence,
    /// <summary>A command sent while the answer of an earlier one was not complete.</summary>
    CommandWhileBusy,
    /// <summary>Data from the client after COM_QUIT.</summary>
    DataAfterQuit,
    /// <summary>Data from the client after the server had closed.</summary>
    DataAfterServerClose,
    /// <summary>A server packet that no command asked for and that is no ERR.</summary>
    UnexpectedResponse,
    /// <summary>A packet whose contents cannot be read.</summary>
    Malformed,
}

/// <summary>A break of the protocol.</summary>
public sealed record Violation
{
    public required ViolationKind Kind { get; init; }
    public required Side Side { get; init; }
    public required Moment At { get; init; }
    /// <summary>Sequence ids; -1 where it does not apply.</summary>
    public int ExpectedSequence { get; init; } = -1;
    public int ReceivedSequence { get; init; } = -1;
    /// <summary>The bytes themselves, at most 128.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }
}

/// <summary>How a connection was closed.</summary>
public enum EndKind : byte
{
    Fin,
    Reset,
}

/// <summary>The end of a connection.</summary>
public sealed record Ending
{
    /// <summary>Who sent the first FIN or RST.</summary>
    public required Side By { get; init; }
    public required EndKind Kind { get; init; }
    public required Moment At { get; init; }
    /// <summary>COM_QUIT, when the client sent one and nothing was pending: a clean close.</summary>
    public Moment? Quit { get; init; }
    /// <summary>Time between the last data of either side (an unsolicited ERR right before the end left out) and the end.</summary>
    public required TimeSpan IdleBefore { get; init; }
    /// <summary>The last data that counts for <see cref="IdleBefore"/>.</summary>
    public Moment? LastDataBefore { get; init; }
    /// <summary>The other side's own FIN or RST, when it came.</summary>
    public Moment? OtherSide { get; init; }
    /// <summary>First RST of either side and who sent it.</summary>
    public Moment? FirstReset { get; init; }
    public Side? FirstResetBy { get; init; }
    /// <summary>Data from the client after the server's FIN or RST (first, and how often).</summary>
    public Moment? ClientDataAfter { get; init; }
    public int ClientDataAfterCount { get; init; }
    /// <summary>IP TTL (or hop limit) of the closing segment; 0 when unknown.</summary>
    public byte Ttl { get; init; }
    /// <summary>IPv4 identification of the closing segment and of the same side's segment before; -1 when unknown.</summary>
    public int IpId { get; init; } = -1;
    public int PreviousIpId { get; init; } = -1;
    /// <summary>The closing segment carried TCP timestamps / the connection had agreed on them.</summary>
    public bool HasTimestamps { get; init; }
    public bool UsesTimestamps { get; init; }
    /// <summary>For a RST: sequence number minus the one due from that side.</summary>
    public long SequenceOffset { get; init; }
    /// <summary>Both sides got a RST with the other's address within 10 ms: what a middlebox does.</summary>
    public bool ResetBothWays { get; init; }
    /// <summary>The server closed with bytes of the client that it had not acknowledged or not read (kernel turns FIN to RST).</summary>
    public long UnacknowledgedClientBytes { get; init; }
    /// <summary>A TLS alert shortly before the end: level 2 is fatal; null when none was seen in the clear.</summary>
    public TlsAlert? Alert { get; init; }
    public bool IsClean => Quit is not null;
}

/// <summary>A TLS alert sent in the clear (RFC 8446, 6).</summary>
public sealed record TlsAlert(Side By, byte Level, byte Description, Moment At);
