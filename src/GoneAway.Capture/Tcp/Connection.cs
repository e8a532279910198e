using System.Net;
using GoneAway.Capture.Decoding;
using GoneAway.Model;

namespace GoneAway.Capture.Tcp;

/// <summary>One TCP connection while it is watched: opening, two streams, closing, and the decoder of what they carry.</summary>
internal sealed class Connection
{
    private readonly Recorder recorder = new();
    private readonly ConnectionDecoder decoder;
    private readonly HalfStream client;
    private readonly HalfStream server;
    private readonly CloseRecord close = new();
    private readonly Moment first;
    private Moment last;
    private Moment? syn;
    private Moment? synAck;
    private Moment? established;
    private Moment? refused;
    private int synRetransmissions;

    public Connection(FlowKey key, uint hash, int number, bool clientIsLow, IKillObserver kills, in Moment at)
    {
        Key = key;
        Hash = hash;
        Number = number;
        ClientIsLow = clientIsLow;
        first = last = at;
        decoder = new ConnectionDecoder(recorder, kills);
        client = new HalfStream(Side.Client, decoder);
        server = new HalfStream(Side.Server, decoder);
    }

    public FlowKey Key { get; }
    public uint Hash { get; }
    public int Number { get; }
    public bool ClientIsLow { get; }
    public bool IsClosed => close.IsComplete || refused is not null;
    public Moment Last => last;
    public bool IsMySql => decoder.Protocol == Protocol.MySql;
    public IPEndPoint Client => ClientIsLow ? Key.Low : Key.High;
    public IPEndPoint Server => ClientIsLow ? Key.High : Key.Low;

    /// <summary>A SYN for the same addresses and ports begins another connection, unless it is the same SYN again.</summary>
    public bool IsReusedBy(in TcpSegment segment) =>
        segment.Syn && !segment.Ack && (syn is null || close.IsClosed || refused is not null || client.Next != segment.Sequence + 1);

    public void Take(in TcpSegment segment, Side side, byte ttl, int ipId, in Moment at)
    {
        HalfStream own = side == Side.Client ? client : server;
        HalfStream other = side == Side.Client ? server : client;
        if (own.IsDuplicate(segment, ipId, at.At.UnixNanoseconds))
            return;
        last = at;
        if (segment.Syn)
            TakeSyn(segment, side, own, ttl, at);
        else if (segment.Rst)
            TakeReset(segment, side, own, ttl, ipId, at);
        else
            TakeSegment(segment, side, own, other, ttl, ipId, at);
        own.Counters.LastSegment = at;
        own.Counters.LastIpId = ipId;
    }

    /// <summary>An ICMP error that says that the SYN could not be delivered.</summary>
    public void TakeUnreachable(in Moment at)
    {
        if (synAck is null && !server.Started)
            refused ??= at;
    }

    private void TakeSyn(in TcpSegment segment, Side side, HalfStream own, byte ttl, in Moment at)
    {
        if (side == Side.Client && !segment.Ack)
        {
            if (syn is null)
            {
                syn = at;
                recorder.Stage = Stage.Connecting;
                recorder.Add(at, Side.Client, EventKind.Opening);
                decoder.BeginAtOpening();
            }
            else
            {
                synRetransmissions++;
                recorder.Add(at, Side.Client, EventKind.Retransmission, 0, "SYN");
            }
        }
        else if (synAck is null)
        {
            synAck = at;
            if (syn is null)
                decoder.BeginAtOpening();
            recorder.Add(at, Side.Server, EventKind.Accepted);
            client.Acknowledge(segment.Acknowledgement, at);
        }
        own.Counters.UsesTimestamps = segment.HasTimestamps;
        own.Counters.UsualTtl = ttl;
        own.Take(segment, at);
    }

    private void TakeSegment(in TcpSegment segment, Side side, HalfStream own, HalfStream other, byte ttl, int ipId, in Moment at)
    {
        if (syn is null && synAck is null && !client.Started && !server.Started)
            decoder.BeginInTheMiddle();
        if (established is null && side == Side.Client && synAck is not null)
        {
            established = at;
            if (recorder.Stage is Stage.Connecting or Stage.Unknown)
                recorder.Stage = Stage.AwaitingGreeting;
        }
        if (own.Counters.UsualTtl == 0 || own.Counters.Segments == 0)
            own.Counters.UsualTtl = ttl;
        if (!own.Counters.UsesTimestamps && syn is null && segment.HasTimestamps)
            own.Counters.UsesTimestamps = true;
        if (segment.Ack)
            other.Acknowledge(segment.Acknowledgement, at);
        if (segment.Length > 0 && side == Side.Client && (int)(segment.Sequence + (uint)segment.Length - own.Next) > 0 && !IsQuitOnly(segment)
            && close.TakeClientData(at))
            recorder.OnViolation(ViolationKind.DataAfterServerClose, Side.Client, segment.Payload, at);
        Moment? dataBefore = LastData;
        own.Take(segment, at);
        if (!segment.Fin)
            return;
        if (!close.IsClosed || close.By != side)
            recorder.Add(at, side, EventKind.Fin);
        TakeClosing(side, EndKind.Fin, segment, own, ttl, ipId, at, segment.Length > 0 ? at : dataBefore);
    }

    private void TakeReset(in TcpSegment segment, Side side, HalfStream own, byte ttl, int ipId, in Moment at)
    {
        bool unopened = side == Side.Server && !server.Started && syn is not null && synAck is null;
        if (unopened)
        {
            refused ??= at;
            recorder.Add(at, Side.Server, EventKind.Refused);
            return;
        }
        // What stands in order behind a gap is heard before the end.
        client.Flush(at);
        server.Flush(at);
        recorder.Add(at, side, EventKind.Reset);
        TakeClosing(side, EndKind.Reset, segment, own, ttl, ipId, at, LastData);
    }

    private void TakeClosing(Side side, EndKind kind, in TcpSegment segment, HalfStream own, byte ttl, int ipId, in Moment at, Moment? lastData)
    {
        if (kind == EndKind.Fin && close.IsClosed && close.By == side)
            return;
        close.Take(new CloseRecord.Closing(side, kind, at, lastData, ttl, ipId, own.Counters.LastIpId, segment.HasTimestamps,
            own.Counters.UsesTimestamps, own.Started ? (int)(segment.Sequence - own.Next) : 0, client.InFlight));
    }

    private Moment? LastData => recorder.LastData;

    private static bool IsQuitOnly(in TcpSegment segment) =>
        segment.Length == 5 && segment.Payload.SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0, 1]);

    public bool SawDataAfterQuit
    {
        get
        {
            foreach (Violation violation in recorder.Violations)
                if (violation.Kind == ViolationKind.DataAfterQuit)
                    return true;
            return false;
        }
    }

    /// <summary>Ends the watch and tells all.</summary>
    public Timeline Build(string source, Instant observedUntil)
    {
        client.Flush(last);
        server.Flush(last);
        // Zero windows and unanswered bytes last until the connection's end, or to the end of what was observed.
        Instant end = close.IsClosed ? last.At : observedUntil;
        if (decoder.StrayClientBytes > 0)
            recorder.OnViolation(ViolationKind.NotMySql, Side.Client, StrayBytes(), recorder.LastData ?? last);
        CommandSeen? unfinished = decoder.UnfinishedCommand();
        return new Timeline
        {
            Source = source,
            Number = Number,
            Client = Client,
            Server = Server,
            Stage = recorder.Stage,
            Opening = BuildOpening(),
            Identity = recorder.BuildIdentity(decoder.Tracker.ServerCapabilities, decoder.Tracker.ClientCapabilities, decoder.Tracker.CompressionStarted),
            ClientActivity = BuildActivity(client, end),
            ServerActivity = BuildActivity(server, end),
            Work = recorder.BuildWork(decoder.Tracker.Status, decoder.Tracker.InsideResult,
                decoder.Tracker.Phase == Wire.Session.SessionPhase.Uploading, unfinished ?? EncryptedCommand()),
            Ending = close.Build(recorder.Quit, recorder.DataBeforeUnsolicited, recorder.Alert, first),
            Errors = recorder.Errors,
            Violations = recorder.Violations,
            LastEvents = recorder.BuildEvents(),
            First = first,
            Last = last,
            ObservedUntil = observedUntil,
            HasGaps = recorder.HasGaps,
        };
    }

    private byte[] StrayBytes()
    {
        // Fewer than four bytes at a packet boundary: all that the client sent last.
        var stray = new byte[decoder.StrayClientBytes];
        decoder.CopyStray(stray);
        return stray;
    }

    private CommandSeen? EncryptedCommand() => decoder.EncryptedAnswerDue && client.Counters.LastData is { } sent
        ? new CommandSeen { Code = 0, Name = "(encrypted)", At = sent, Length = 0 }
        : null;

    private Opening BuildOpening() => new()
    {
        Syn = syn,
        SynRetransmissions = synRetransmissions,
        SynAck = synAck,
        Refused = refused,
        Established = established,
        Greeting = recorder.Greeting,
        TlsRequest = recorder.TlsRequest,
        Login = recorder.Login,
        LoggedIn = recorder.LoggedIn,
        FirstClientBytes = recorder.FirstBytesOf(Side.Client),
        FirstServerBytes = recorder.FirstBytesOf(Side.Server),
        FirstClientData = recorder.FirstClientData,
        FirstServerData = recorder.FirstServerData,
    };

    private static SideActivity BuildActivity(HalfStream half, Instant end)
    {
        Moment? zeroWindowSince = half.Counters.ZeroWindowSince;
        half.CloseZeroWindow(end);
        ref readonly StreamCounters counters = ref half.Counters;
        return new SideActivity
        {
            FirstData = counters.FirstData,
            LastData = counters.LastData,
            LastSegment = counters.LastSegment,
            Bytes = counters.Bytes,
            Segments = counters.Segments,
            Retransmissions = counters.Retransmissions,
            UnansweredRetransmissions = counters.UnansweredRetransmissions,
            UnacknowledgedSince = counters.UnacknowledgedSince,
            BytesInFlight = half.InFlight,
            KeepAlives = counters.KeepAlives,
            UnansweredKeepAlives = counters.UnansweredKeepAlives,
            ZeroWindowTotal = counters.ZeroWindowTotal,
            ZeroWindowLongest = counters.ZeroWindowLongest,
            ZeroWindowSince = zeroWindowSince,
            UsualTtl = counters.UsualTtl,
            LargestAcknowledgedSegment = counters.LargestAcknowledged,
            StuckSegment = counters.StuckSegment,
        };
    }

    /// <summary>The short form, kept for every connection.</summary>
    public EndingSummary? Summarise(Timeline timeline) => timeline.Ending is { } ending
        ? new EndingSummary(Client, Server, ending.At.At, ending.By, ending.Kind, ending.IsClean && !SawDataAfterQuit, ending.IdleBefore,
            timeline.Stage == Stage.Commands, timeline.Identity.ThreadId ?? 0, ending.At.Packet)
        : null;
}
