using GoneAway.Capture.Decoding;
using GoneAway.Capture.Files;
using GoneAway.Capture.Packets;
using GoneAway.Capture.Tcp;
using GoneAway.Model;

namespace GoneAway.Capture;

/// <summary>
/// Reads a capture once, front to back: frames, TCP streams, MySQL packets, timelines.
/// Holds the connections that are open, and at most <see cref="MaxLingering"/> that have just been closed.
/// </summary>
public sealed class CaptureAnalyzer(string source, IConnectionObserver observer) : IKillObserver
{
    private const int MaxLingering = 20_000;
    private const long Linger = 60_000_000_000;
    private static readonly HashSet<int> WellKnownPorts = [3306, 33060];

    private readonly FlowTable<Connection> flows = new();
    private readonly Queue<Connection> lingering = new();
    private readonly FragmentTable fragments = new();
    private readonly HashSet<(UInt128, ushort)> servers = [];
    private int connections;
    private long lastTime;

    /// <summary>Ports that speak MySQL whatever their first bytes: for connections that never got a greeting.</summary>
    public IReadOnlySet<int> Ports { get; init; } = WellKnownPorts;

    /// <summary>Frames that carry no TCP, or nothing that could be read.</summary>
    public long Skipped { get; private set; }

    /// <summary>True when a file that begins with these bytes (four or more) is a capture.</summary>
    public static bool IsCapture(ReadOnlySpan<byte> head) => CaptureFile.IsMagic(head);

    /// <summary>Reads until the capture ends or is damaged.</summary>
    /// <returns>What became of the input; <c>unrecognised</c> when it is no capture.</returns>
    public InputSummary Analyze(Stream stream, Action<long>? progress = null)
    {
        CaptureFile? file = CaptureFile.Open(stream, out string? reason);
        if (file is null)
            return new InputSummary(source, "unrecognised", 0, 0, reason);
        int unknownLinkType = -1;
        while (file.TryNext(out Frame frame))
        {
            if ((file.Records & 0xFFFF) == 0)
                progress?.Invoke(file.Offset);
            if (!Take(frame))
            {
                Skipped++;
                if (!LinkLayer.IsKnown(frame.LinkType))
                    unknownLinkType = frame.LinkType;
            }
        }
        foreach (Connection connection in flows.ToList().OrderBy(static c => c.Number))
            Finish(connection);
        string? note = file.Damage;
        if (unknownLinkType >= 0)
            note = (note is null ? "" : note + "; ") + $"frames of link type {unknownLinkType} were not understood";
        return new InputSummary(source, file.Kind, file.Records, Skipped, note);
    }

    private bool Take(in Frame frame)
    {
        if (!LinkLayer.TryGetIp(frame.LinkType, frame.Bytes, out ReadOnlySpan<byte> bytes))
            return false;
        int onWire = frame.OriginalLength - (frame.Bytes.Length - bytes.Length);
        if (!IpPacket.TryRead(bytes, onWire, out IpPacket packet))
            return false;
        if (packet.IsIcmp)
            return TakeIcmp(packet, frame);
        if (!packet.IsTcp && !packet.IsFragment)
            return false;
        if (!packet.IsFragment)
            return TakeTcp(packet, packet.Payload, packet.PayloadLength, frame);
        return fragments.TryComplete(packet, frame.Time, out byte[] whole) && TakeTcp(packet, whole, whole.Length, frame);
    }

    private bool TakeTcp(in IpPacket packet, ReadOnlySpan<byte> payload, int length, in Frame frame)
    {
        if (!TcpSegment.TryRead(payload, length, out TcpSegment segment))
            return false;
        lastTime = Math.Max(lastTime, frame.Time);
        var at = new Moment(new Instant(frame.Time), frame.Number);
        FlowKey key = FlowKey.Of(packet.Source, packet.Destination, segment.SourcePort, segment.DestinationPort, out bool fromLow);
        uint hash = key.Hash();
        Connection? connection = flows.Find(key, hash);
        if (connection is not null && connection.IsReusedBy(segment))
        {
            Finish(connection);
            connection = null;
        }
        if (connection is null)
        {
            // A stray RST or FIN of a connection that was never seen tells nothing.
            if (segment.Rst)
                return true;
            connection = new Connection(key, hash, ++connections, ClientIsLow(key, segment, fromLow), this, at);
            flows.Add(key, hash, connection);
            Expire();
        }
        bool wasClosed = connection.IsClosed;
        bool wasMySql = connection.IsMySql;
        connection.Take(segment, fromLow == connection.ClientIsLow ? Side.Client : Side.Server, packet.Ttl, packet.Identification, at);
        if (!wasMySql && connection.IsMySql)
            servers.Add(ServerOf(connection));
        if (!wasClosed && connection.IsClosed)
            lingering.Enqueue(connection);
        return true;
    }

    /// <summary>Destination unreachable, with the header of the packet that could not be delivered.</summary>
    private bool TakeIcmp(in IpPacket packet, in Frame frame)
    {
        bool v6 = packet.Source.Length == 16;
        if (packet.Payload.Length < 8 || packet.Payload[0] != (v6 ? 1 : 3)
            || !IpPacket.TryRead(packet.Payload[8..], packet.Payload.Length - 8, out IpPacket inner) || !inner.IsTcp || inner.Payload.Length < 8)
            return false;
        var sourcePort = (ushort)(inner.Payload[0] << 8 | inner.Payload[1]);
        var destinationPort = (ushort)(inner.Payload[2] << 8 | inner.Payload[3]);
        FlowKey key = FlowKey.Of(inner.Source, inner.Destination, sourcePort, destinationPort, out _);
        if (flows.Find(key, key.Hash()) is { } connection && !connection.IsClosed)
        {
            connection.TakeUnreachable(new Moment(new Instant(frame.Time), frame.Number));
            if (connection.IsClosed)
                lingering.Enqueue(connection);
        }
        return true;
    }

    /// <summary>Who is the client: the SYN says it; else a known server, a well-known port, the lower port.</summary>
    private bool ClientIsLow(in FlowKey key, in TcpSegment segment, bool fromLow)
    {
        if (segment.Syn)
            return segment.Ack ? !fromLow : fromLow;
        if (servers.Contains((key.HighAddress, key.HighPort)) || Ports.Contains(key.HighPort))
            return true;
        if (servers.Contains((key.LowAddress, key.LowPort)) || Ports.Contains(key.LowPort))
            return false;
        return key.LowPort > key.HighPort;
    }

    private static (UInt128, ushort) ServerOf(Connection connection) => connection.ClientIsLow
        ? (connection.Key.HighAddress, connection.Key.HighPort)
        : (connection.Key.LowAddress, connection.Key.LowPort);

    private void Expire()
    {
        while (lingering.TryPeek(out Connection? oldest)
            && (lingering.Count > MaxLingering || lastTime - oldest.Last.At.UnixNanoseconds > Linger))
        {
            lingering.Dequeue();
            if (ReferenceEquals(flows.Find(oldest.Key, oldest.Hash), oldest))
                Finish(oldest);
        }
    }

    private void Finish(Connection connection)
    {
        flows.Remove(connection.Key, connection.Hash);
        bool expected = Ports.Contains(connection.Server.Port) || servers.Contains(ServerOf(connection));
        // Bytes of another protocol matter only where MySQL was to be expected; silence everywhere else is nothing at all.
        if (!connection.IsMySql && !expected)
            return;
        Timeline timeline = connection.Build(source, new Instant(lastTime));
        observer.OnConnection(timeline, connection.Summarise(timeline), AttemptOf(timeline));
    }

    private static ConnectAttempt? AttemptOf(Timeline timeline)
    {
        Opening opening = timeline.Opening;
        if ((opening.Syn ?? opening.SynAck) is not { } begun)
            return null;
        ConnectOutcome outcome = opening switch
        {
            { Refused: not null } => ConnectOutcome.Refused,
            { Greeting: not null } => ConnectOutcome.Greeted,
            { SynAck: null, FirstServerData: null } => ConnectOutcome.NoAnswer,
            { FirstServerData: null } => ConnectOutcome.Silent,
            _ => timeline.Errors.Count > 0 ? ConnectOutcome.Rejected : ConnectOutcome.Silent,
        };
        return new ConnectAttempt(timeline.Client, timeline.Server, begun.At, outcome, timeline.Identity.ThreadId ?? 0, begun.Packet);
    }

    void IKillObserver.Look(ReadOnlySpan<byte> command, in Moment at, Recorder recorder)
    {
        if (KillReader.TryRead(command, out uint threadId, out bool queryOnly))
            observer.OnKill(new KillSeen(threadId, queryOnly, at.At, $"{source}#{at.Packet}", recorder.User, recorder.Program));
    }
}
