using GoneAway.Model;

namespace GoneAway.Capture.Tcp;

/// <summary>What becomes of the bytes of one direction.</summary>
internal interface IStreamSink
{
    /// <summary>The next bytes in order.</summary>
    void OnData(Side side, ReadOnlySpan<byte> bytes, in Moment at);

    /// <summary>Bytes that the capture does not have.</summary>
    void OnGap(Side side, long count, in Moment at);

    void OnEvent(Side side, EventKind kind, long amount, in Moment at);
}

/// <summary>
/// One direction of a TCP connection: puts segments in order, whatever their order, overlap or loss,
/// and counts what they tell of the path.
/// </summary>
internal sealed class HalfStream(Side side, IStreamSink sink)
{
    private const int MaxHeldBytes = 4 << 20;
    private const int MaxHeldSegments = 512;
    private const int SettledSegments = 3;
    private const long SettledAfter = 200_000_000;

    private List<Held>? held;
    private int heldBytes;
    private uint next;
    private uint acknowledged;
    private bool acknowledgedKnown;
    private int windowScale;
    private uint lastSequence;
    private uint lastAcknowledgement;
    private int lastLength = -1;
    private byte lastFlags;
    private ushort lastWindow;
    private long lastTime;
    private int largestUnacknowledged;

    public bool Started { get; private set; }
    /// <summary>The sequence number due next.</summary>
    public uint Next => next;
    public StreamCounters Counters;

    /// <summary>Bytes sent that the other side has not acknowledged.</summary>
    public long InFlight => acknowledgedKnown ? Math.Max(0, (int)(next - acknowledged)) : 0;

    /// <summary>The same segment seen twice, as captures on several interfaces have it.</summary>
    public bool IsDuplicate(in TcpSegment segment, int ipId, long time)
    {
        bool same = segment.Sequence == lastSequence && segment.Length == lastLength && segment.Flags == lastFlags
            && segment.Acknowledgement == lastAcknowledgement && segment.Window == lastWindow
            && ipId == Counters.LastIpId && ipId > 0 && time - lastTime < 2_000_000;
        lastSequence = segment.Sequence;
        lastLength = segment.Length;
        lastFlags = segment.Flags;
        lastAcknowledgement = segment.Acknowledgement;
        lastWindow = segment.Window;
        lastTime = time;
        return same;
    }

    /// <summary>Takes a segment's place in the stream and its payload.</summary>
    public void Take(in TcpSegment segment, in Moment at)
    {
        if (segment.Syn)
        {
            if (segment.WindowScale >= 0)
                windowScale = segment.WindowScale;
            if (!Started)
                Start(segment.Sequence + 1);
            return;
        }
        if (!Started)
            Start(segment.Sequence);
        TrackWindow(segment, at);
        int length = segment.Length;
        int ahead = (int)(segment.Sequence - next);
        if (length > 0)
        {
            if (ahead == 0)
                Deliver(segment.Payload, length, at);
            else if (ahead > 0)
                Hold(segment, at);
            else
                TakeOld(segment, ahead, at);
            if (held is { Count: > 0 })
                Drain(at, force: false);
        }
        else if (ahead == -1 && (segment.Flags & 7) == 0 && segment.Ack)
        {
            Counters.KeepAlives++;
            Counters.UnansweredKeepAlives++;
            sink.OnEvent(side, EventKind.KeepAlive, 0, at);
        }
    }

    /// <summary>The other side acknowledged up to here.</summary>
    public void Acknowledge(uint number, in Moment at)
    {
        if (!acknowledgedKnown || (int)(number - acknowledged) > 0)
        {
            acknowledged = number;
            acknowledgedKnown = true;
            Counters.UnansweredRetransmissions = 0;
            Counters.StuckSegment = 0;
            if (Counters.UnacknowledgedSince is not null && (int)(next - number) <= 0)
            {
                Counters.UnacknowledgedSince = null;
                Counters.LargestAcknowledged = Math.Max(Counters.LargestAcknowledged, largestUnacknowledged);
                largestUnacknowledged = 0;
            }
        }
        Counters.UnansweredKeepAlives = 0;
        // Acknowledged beyond what was captured: the capture lost it.
        if (held is { Count: > 0 })
            Drain(at, force: false);
    }

    /// <summary>Nothing more will come: gives out what is held, gaps and all.</summary>
    public void Flush(in Moment at)
    {
        if (held is { Count: > 0 })
            Drain(at, force: true);
        if (Started && acknowledgedKnown && (int)(acknowledged - next) > 1)
        {
            long missing = (int)(acknowledged - next) - 1;
            next = acknowledged;
            sink.OnGap(side, missing, at);
        }
    }

    private void Start(uint sequence)
    {
        next = sequence;
        Started = true;
    }

    private void TakeOld(in TcpSegment segment, int ahead, in Moment at)
    {
        int length = segment.Length;
        if (length == 1 && ahead == -1)
        {
            Counters.KeepAlives++;
            Counters.UnansweredKeepAlives++;
            sink.OnEvent(side, EventKind.KeepAlive, 1, at);
            return;
        }
        Counters.Retransmissions++;
        if (acknowledgedKnown && (int)(segment.Sequence + (uint)length - acknowledged) > 0)
        {
            Counters.UnansweredRetransmissions++;
            Counters.StuckSegment = length;
        }
        sink.OnEvent(side, EventKind.Retransmission, length, at);
        int fresh = length + ahead;
        if (fresh <= 0)
            return;
        ReadOnlySpan<byte> payload = segment.Payload.Length > -ahead ? segment.Payload[-ahead..] : default;
        Deliver(payload, fresh, at);
    }

    private void Deliver(ReadOnlySpan<byte> payload, int length, in Moment at)
    {
        ref StreamCounters counters = ref Counters;
        next += (uint)length;
        counters.Bytes += length;
        counters.Segments++;
        counters.FirstData ??= at;
        counters.LastData = at;
        counters.UnacknowledgedSince ??= at;
        if (length > largestUnacknowledged)
            largestUnacknowledged = length;
        if (!payload.IsEmpty)
            sink.OnData(side, payload.Length <= length ? payload : payload[..length], at);
        if (payload.Length < length)
            sink.OnGap(side, length - payload.Length, at);
    }

    private void Hold(in TcpSegment segment, in Moment at)
    {
        held ??= [];
        if (held.Count >= MaxHeldSegments || heldBytes >= MaxHeldBytes)
            Drain(at, force: true);
        if ((int)(segment.Sequence - next) <= 0)
        {
            Take(segment, at);
            return;
        }
        int index = held.Count;
        while (index > 0 && (int)(held[index - 1].Sequence - segment.Sequence) > 0)
            index--;
        if (index > 0 && held[index - 1].Sequence == segment.Sequence && held[index - 1].Length >= segment.Length)
        {
            Counters.Retransmissions++;
            return;
        }
        held.Insert(index, new Held(segment.Sequence, segment.Length, segment.Payload.ToArray(), at));
        heldBytes += segment.Payload.Length;
    }

    private void Drain(in Moment now, bool force)
    {
        while (held!.Count > 0)
        {
            Held first = held[0];
            int ahead = (int)(first.Sequence - next);
            if (ahead > 0)
            {
                if (!force && !IsLost(first, now))
                    return;
                next += (uint)ahead;
                sink.OnGap(side, ahead, first.At);
                continue;
            }
            held.RemoveAt(0);
            heldBytes -= first.Bytes.Length;
            int fresh = first.Length + ahead;
            if (fresh > 0)
                Deliver(first.Bytes.Length > -ahead ? first.Bytes.AsSpan(-ahead) : default, fresh, first.At);
        }
    }

    /// <summary>The receiver has what the capture lacks, and it is not just late.</summary>
    private bool IsLost(in Held first, in Moment now) =>
        acknowledgedKnown && (int)(acknowledged - next) > 0
        && (held!.Count >= SettledSegments || now.At.UnixNanoseconds - first.At.At.UnixNanoseconds > SettledAfter);

    private void TrackWindow(in TcpSegment segment, in Moment at)
    {
        if (segment.Rst)
            return;
        if ((uint)segment.Window << windowScale == 0)
        {
            if (Counters.ZeroWindowSince is null)
            {
                Counters.ZeroWindowSince = at;
                sink.OnEvent(side, EventKind.WindowClosed, 0, at);
            }
        }
        else if (Counters.ZeroWindowSince is not null)
        {
            CloseZeroWindow(at.At);
            sink.OnEvent(side, EventKind.WindowOpened, segment.Window << windowScale, at);
        }
    }

    /// <summary>Counts a zero window that lasts until now.</summary>
    public void CloseZeroWindow(Instant now)
    {
        if (Counters.ZeroWindowSince is not { } since)
            return;
        TimeSpan span = now - since.At;
        Counters.ZeroWindowTotal += span;
        if (span > Counters.ZeroWindowLongest)
            Counters.ZeroWindowLongest = span;
        Counters.ZeroWindowSince = null;
    }

    private readonly record struct Held(uint Sequence, int Length, byte[] Bytes, Moment At);
}

/// <summary>What one direction showed so far; see <see cref="SideActivity"/> for the meanings.</summary>
internal struct StreamCounters
{
    public StreamCounters() { }

    public Moment? FirstData = null;
    public Moment? LastData = null;
    public Moment? LastSegment = null;
    public Moment? UnacknowledgedSince = null;
    public Moment? ZeroWindowSince = null;
    public TimeSpan ZeroWindowTotal = default;
    public TimeSpan ZeroWindowLongest = default;
    public long Bytes = 0;
    public long Segments = 0;
    public int Retransmissions = 0;
    public int UnansweredRetransmissions = 0;
    public int KeepAlives = 0;
    public int UnansweredKeepAlives = 0;
    public int StuckSegment = 0;
    public int LargestAcknowledged = 0;
    public int LastIpId = -1;
    public byte UsualTtl = 0;
    public bool UsesTimestamps = false;
}
