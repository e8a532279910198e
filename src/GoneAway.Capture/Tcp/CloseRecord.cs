using GoneAway.Model;

namespace GoneAway.Capture.Tcp;

/// <summary>Gathers how a connection is closed and what comes after.</summary>
internal sealed class CloseRecord
{
    private const long ResetPair = 10_000_000;

    private Side by;
    private EndKind kind;
    private Moment at;
    private Moment? lastData;
    private byte ttl;
    private int ipId = -1;
    private int previousIpId = -1;
    private bool hasTimestamps;
    private bool usesTimestamps;
    private long sequenceOffset;
    private long unacknowledgedClientBytes;
    private Moment? otherSide;
    private Moment? firstReset;
    private Side firstResetBy;
    private bool resetBothWays;
    private Moment? clientDataAfter;
    private int clientDataAfterCount;
    private bool serverClosed;

    /// <summary>Nothing more is due: a RST, or a FIN of each side.</summary>
    public bool IsComplete => firstReset is not null || otherSide is not null;

    public bool IsClosed { get; private set; }
    public Side By => by;
    public Moment At => at;

    /// <summary>Takes a FIN or RST.</summary>
    public void Take(in Closing closing)
    {
        if (closing.Kind == EndKind.Reset)
        {
            if (firstReset is null)
                (firstReset, firstResetBy) = (closing.At, closing.By);
            else if (closing.By != firstResetBy && closing.At.At.UnixNanoseconds - firstReset.Value.At.UnixNanoseconds <= ResetPair)
                resetBothWays = true;
        }
        if (closing.By == Side.Server)
            serverClosed = true;
        if (IsClosed)
        {
            if (closing.By != by)
                otherSide ??= closing.At;
            return;
        }
        IsClosed = true;
        by = closing.By;
        kind = closing.Kind;
        at = closing.At;
        lastData = closing.LastData;
        ttl = closing.Ttl;
        ipId = closing.IpId;
        previousIpId = closing.PreviousIpId;
        hasTimestamps = closing.HasTimestamps;
        usesTimestamps = closing.UsesTimestamps;
        sequenceOffset = closing.SequenceOffset;
        unacknowledgedClientBytes = closing.UnacknowledgedClientBytes;
    }

    /// <summary>The client sent data that is not COM_QUIT; true when the server had closed before.</summary>
    public bool TakeClientData(in Moment moment)
    {
        if (!serverClosed)
            return false;
        clientDataAfter ??= moment;
        clientDataAfterCount++;
        return true;
    }

    public Ending? Build(Moment? quit, Moment? dataBeforeUnsolicited, TlsAlert? alert, Moment first)
    {
        if (!IsClosed)
            return null;
        Moment anchor = dataBeforeUnsolicited ?? lastData ?? first;
        return new Ending
        {
            By = by,
            Kind = kind,
            At = at,
            Quit = quit is { } q && q.At <= at.At ? quit : null,
            IdleBefore = at.At - anchor.At,
            LastDataBefore = dataBeforeUnsolicited ?? lastData,
            OtherSide = otherSide,
            FirstReset = firstReset,
            FirstResetBy = firstReset is null ? null : firstResetBy,
            ClientDataAfter = clientDataAfter,
            ClientDataAfterCount = clientDataAfterCount,
            Ttl = ttl,
            IpId = ipId,
            PreviousIpId = previousIpId,
            HasTimestamps = hasTimestamps,
            UsesTimestamps = usesTimestamps,
            SequenceOffset = sequenceOffset,
            ResetBothWays = resetBothWays,
            UnacknowledgedClientBytes = unacknowledgedClientBytes,
            Alert = alert,
        };
    }

    /// <summary>A FIN or RST with what stands around it.</summary>
    internal readonly record struct Closing(
        Side By, EndKind Kind, Moment At, Moment? LastData, byte Ttl, int IpId, int PreviousIpId,
        bool HasTimestamps, bool UsesTimestamps, long SequenceOffset, long UnacknowledgedClientBytes);
}
